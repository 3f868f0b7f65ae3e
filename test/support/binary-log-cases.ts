import * as fs from 'node:fs';
import { ArchivedSql, COUNT, moment } from './archived-sql';
import { programPath } from './real-sql';

/** How the archives of two products differ. */
interface BinaryLogCases {
  readonly test: jest.It;
  /** The server of the case that runs. */
  readonly server: () => ArchivedSql;
  /** The program that receives the log. */
  readonly receiver: string;
  /** What the archiver says of another server. */
  readonly another: string;
}

/** The cases that MySQL and MariaDB have in common, with a real server of this machine: docs/states/backup.md names them. */
export function binaryLogCases({ test, server, receiver, another }: BinaryLogCases): void {
  describe('a restore', () => {
    test('to a point in time has everything acknowledged by then, and nothing later; the archiver killed and the server killed leave no gap', async () => {
      const shop = server();
      const archiver = await shop.startArchiver();
      shop.write();
      const dump = shop.dump();
      shop.sql('create table later (id int primary key); insert into later values (7)');
      shop.write();
      await archiver.kill();
      shop.write();
      shop.sql('flush binary logs');
      shop.write();
      shop.sql('flush binary logs');
      await shop.startArchiver();
      shop.write();
      await shop.stop('SIGKILL');
      await shop.start();
      shop.write();
      const time = await moment();
      shop.sql('drop table data');
      await shop.archived(shop.runs[0]);
      expect(shop.runs).toHaveLength(1);
      expect(shop.filesOf(shop.runs[0])).toEqual(['binlog.000001', 'binlog.000002', 'binlog.000003', 'binlog.000004.partial']);
      expect(await shop.restored({ UNTIL: time }, [COUNT, 'select id from later'])).toEqual([shop.all, '7']);
      expect(await shop.restored({}, ["select count(*) from information_schema.tables where table_schema = 'app' and table_name = 'data'"])).toEqual(['0']);
      expect(await shop.restored({ BACKUP: dump })).toEqual(['5\t5']);
    });

    test('to a time at which nobody wrote, and none beyond the archive or before the first dump', async () => {
      const shop = server();
      const early = await moment();
      await shop.startArchiver();
      shop.dump();
      shop.write();
      await shop.archived(shop.runs[0]);
      await moment();
      const quiet = await moment();
      await moment();
      await shop.archivedUntil(shop.runs[0], quiet);
      expect(await shop.restored({ UNTIL: quiet })).toEqual([shop.all]);
      await shop.refused({ UNTIL: '2099-01-01T00:00:00.000000Z' }, /the archive ends before 2099-01-01T00:00:00.000000Z: its last event is from 20\d\d-.*, and it is complete up to 20/);
      await shop.refused({ UNTIL: early }, /no dump ended before/);
    });
  });

  describe('the archiver', () => {
    test('begins a run where the server does not keep what follows, and is ready again once a dump belongs to it', async () => {
      const shop = server();
      let archiver = await shop.startArchiver();
      shop.dump();
      shop.write();
      await shop.archived(shop.runs[0]);
      expect(shop.notReady()).toBe('');
      await archiver.kill();
      shop.write();
      shop.sql('flush binary logs');
      // The server keeps the file while it does not know yet that the connection is gone.
      do shop.sql("flush binary logs; purge binary logs to 'binlog.000003'"); while (shop.sql('show binary logs').includes('binlog.000001'));
      shop.write();
      archiver = shop.archive();
      await archiver.said('no longer has the file binlog.000001');
      await archiver.said('receiving the binary log');
      expect(shop.runs).toHaveLength(2);
      await shop.archived(shop.runs[1]);
      expect(shop.notReady()).toMatch(/^No dump has been made since a gap in the archive/);
      await shop.refused({}, /the archive has a gap after the newest dump/);
      shop.dump();
      shop.write();
      await shop.archived(shop.runs[1]);
      await shop.ready();
      expect(await shop.restored({})).toEqual([shop.all]);
    });

    test('begins a run where the server is another one, and never mixes both', async () => {
      const shop = server();
      let archiver = await shop.startArchiver();
      const dump = shop.dump();
      shop.write();
      await shop.archived(shop.runs[0]);
      await shop.stop('SIGKILL');
      await shop.begin(); // another port too, so that the archiver is started anew
      await archiver.kill();
      shop.write(9);
      archiver = shop.archive();
      await archiver.said(another);
      expect(shop.runs).toHaveLength(2);
      await shop.refused({}, /the archive has a gap after the newest dump/);
      expect(await shop.restored({ BACKUP: dump })).toEqual(['0\tNULL']);
      shop.dump();
      await shop.archived(shop.runs[1]);
      expect(await shop.restored({})).toEqual([shop.all]);
    });

    test('waits while the server rejects its password, and goes on when it has it', async () => {
      const shop = server();
      shop.setPassword('another');
      const archiver = shop.archive();
      await archiver.said('does not answer: ERROR 1045');
      expect(shop.runs).toEqual([]);
      expect(shop.notReady()).toBe('The binary log of the server is not being received.');
      await shop.stop();
      await shop.start();
      await archiver.said('receiving the binary log');
    });

    test('connects anew where a connection is stalled', async () => {
      const shop = server();
      shop.tool(receiver, `[ -e "$STATE/stalled" ] || { touch "$STATE/stalled"; exec sleep 1000; }; exec ${programPath(receiver)} "$@"`);
      const archiver = shop.archive({ PATIENCE: '2' });
      await archiver.said('nothing was received for 2 s: reconnecting');
      shop.dump();
      shop.write();
      await shop.archived(shop.runs[0]);
      expect(await shop.restored({})).toEqual([shop.all]);
    });

    test('on a full volume says so, is not ready, and goes on when there is room', async () => {
      const shop = server();
      shop.tool(receiver, `[ ! -e "$STATE/full" ] || { echo "No space left on device" >&2; exit 1; }; exec ${programPath(receiver)} "$@"`);
      fs.writeFileSync(shop.file('state/full'), '');
      const archiver = shop.archive();
      await archiver.said('No space left on device');
      await archiver.said('no longer receiving the log: see above for the reason. Free:');
      expect(shop.notReady()).toBe('The binary log of the server is not being received.');
      fs.rmSync(shop.file('state/full'));
      shop.dump();
      shop.write();
      await shop.archived(shop.runs[0]);
      expect(await shop.restored({})).toEqual([shop.all]);
    });
  });
}
