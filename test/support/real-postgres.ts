import { ChildProcess, spawn, spawnSync, SpawnSyncReturns } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { end, freePort, IN_MEMORY, type Running, runningOn, until } from './real-server';

const SRC = path.join(__dirname, '../../src');
const OLDEST = 15; // the first one that the scripts work with: pg_receivewal begins where its slot is

/** Where the programs of the newest PostgreSQL on this machine are; undefined if there is none of this major release or later. */
export function postgresPrograms(oldest = OLDEST): string | undefined {
  const root = '/usr/lib/postgresql';
  if (!fs.existsSync(root)) return undefined;
  const [newest] = fs.readdirSync(root).map(Number).filter(major => major >= oldest && fs.existsSync(`${root}/${major}/bin/postgres`)).sort((a, b) => b - a);
  return newest === undefined ? undefined : `${root}/${newest}/bin`;
}

/** The server refuses to run as root. */
const user = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

const HBA = 'local all all trust\nlocal replication all trust\nhost all all all scram-sha-256\nhost replication all all scram-sha-256\n';

/** The data of an empty database, made once. */
let template: string | undefined;

export function forgetTemplate(): void {
  if (template !== undefined) fs.rmSync(template, { recursive: true });
}

/**
 * A PostgreSQL server of this machine, with the scripts of backups, log archives and restores as they are in a Pod, but for their paths. Segments of
 * the log have 1 MiB, and pauses are short.
 */
export class RealPostgres {
  private readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), 'real-postgres-'));
  /** Data, which is written and synced a lot. */
  private readonly memory = fs.mkdtempSync(path.join(IN_MEMORY, 'real-postgres-data-'));
  private readonly running = new Set<ChildProcess>();
  private server?: ChildProcess;
  private port = 0;

  public constructor(private readonly programs: string) {
    for (const name of ['files', 'bin', 'sockets', 'restored-sockets', 'standby-sockets', 'state', 'restored-state']) fs.mkdirSync(this.file(name));
    fs.symlinkSync(this.memory, this.file('memory'));
    fs.mkdirSync(this.file('memory/volume'));
    for (const where of ['kit/founding', 'backup/scripts', 'database/engines/postgres']) {
      for (const script of fs.readdirSync(path.join(SRC, where)).filter(name => name.endsWith('.sh'))) fs.copyFileSync(path.join(SRC, where, script), this.file(`files/${script}`));
    }
    fs.copyFileSync(this.file('files/base-backup.sh'), this.file('files/dump.sh'));
    fs.writeFileSync(this.file('hba'), HBA);
    fs.writeFileSync(this.file('username'), 'app');
    fs.writeFileSync(this.file('password'), "p:a\\s 's$(w)");
    fs.writeFileSync(this.file('other-password'), 'another');
    fs.writeFileSync(this.file('members'), '1\n');
    this.tool('sleep', 'exec /bin/sleep 0.2');
    this.tool('sync', 'exit 0');
    this.tool('getent', 'echo "127.0.0.1 STREAM"');
    spawnSync('chmod', ['-R', 'a+rX', this.folder, this.memory]);
    if (user.uid !== undefined) spawnSync('chown', ['-R', `${user.uid}:${user.gid}`, this.folder, this.memory]);
  }

  public file(name: string): string {
    return path.join(this.folder, name);
  }

  public tool(name: string, script: string): void {
    fs.writeFileSync(this.file(`bin/${name}`), `#!/bin/bash\n${script}\n`, { mode: 0o755 });
  }

  public list(name: string): string[] {
    return fs.existsSync(this.file(name)) ? fs.readdirSync(this.file(name)).filter(entry => !entry.startsWith('.')).sort() : [];
  }

  /** Starts an empty database: a copy of one that is made once, or one with an identifier of its own. */
  public async found(parameters: { [name: string]: string } = {}, { another = false } = {}): Promise<void> {
    if (another || template === undefined) {
      this.must([
        'initdb -D "$PGDATA" -U app --pwfile="$POSTGRES_PASSWORD_FILE" --wal-segsize=1 --data-checksums -N >/dev/null',
        'echo "create database app" | postgres --single -D "$PGDATA" postgres >/dev/null',
      ].join(' && '));
    }
    if (template === undefined) {
      template = fs.mkdtempSync(path.join(os.tmpdir(), 'real-postgres-template-'));
      spawnSync('cp', ['-a', this.file('memory/volume/pgdata'), template]);
    } else if (!another) {
      spawnSync('cp', ['-a', path.join(template, 'pgdata'), this.file('memory/volume/')]);
    }
    await this.start(parameters);
  }

  public async start(parameters: { [name: string]: string } = {}): Promise<void> {
    this.port = await freePort();
    this.server = await this.serve('memory/volume/pgdata', 'sockets', parameters);
  }

  public async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<void> {
    await end(this.server, signal);
  }

  /** Runs a statement on the server, or on the restored one. */
  public sql(statement: string, where: 'sockets' | 'restored-sockets' = 'sockets'): string {
    return this.must(`psql -XAtqw -v ON_ERROR_STOP=1 -h ${this.file(where)} -p ${where === 'sockets' ? this.port : 5432} -U app -d app -c "$1"`, statement).trim();
  }

  /**
   * Commits one row after the other into `data`, each with the next number, until the server or the returned writer ends.
   *
   * @returns the numbers of the rows that were acknowledged so far, which `end` waits for the last of
   */
  public writing(): { acknowledged(): string[]; end(): Promise<string[]> } {
    const command = 'yes "insert into data select coalesce(max(id), 0) + 1 from data returning id;" | exec psql -XAtq -h "$1" -p "$2" -U app -d app';
    const child = spawn('bash', ['-c', command, 'bash', this.file('sockets'), `${this.port}`], {
      ...user, env: this.environment(), stdio: ['ignore', 'pipe', 'ignore'], detached: true,
    });
    this.running.add(child);
    let printed = '';
    child.stdout?.on('data', (chunk: Buffer) => { printed += chunk.toString(); });
    const closed = new Promise(resolve => child.on('close', resolve));
    // Not a line that is printed in part only.
    const acknowledged = () => printed.split('\n').slice(0, -1);
    return {
      acknowledged,
      end: async () => {
        await closed;
        this.running.delete(child);
        return acknowledged();
      },
    };
  }

  /** How many commits wait for the archiver. */
  public waiting(): number {
    return Number(this.sql("select count(*) from pg_stat_activity where wait_event = 'SyncRep'"));
  }

  /** The time of the server. */
  public now(): string {
    return this.sql("select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')");
  }

  public backup(env: NodeJS.ProcessEnv = {}): SpawnSyncReturns<string> {
    return this.run('bash "$FILES/backup.sh"', [], this.backupEnv(env));
  }

  public backingUp(env: NodeJS.ProcessEnv = {}): Running {
    return this.spawn('exec bash "$FILES/backup.sh"', this.backupEnv(env));
  }

  /** Starts the archiver, without waiting for anything. */
  public archive(env: NodeJS.ProcessEnv = {}): Running {
    return this.spawn('exec bash "$FILES/archive.sh"', {
      ...env, HOSTNAME: 'orders-log-0', SET: 'orders', LOGS: this.file('memory/store/orders/log'), PRIMARY_HOST: `localhost port=${this.port}`, HEARTBEAT: '1',
    });
  }

  /** Waits until the archiver is ready. */
  public ready(): Promise<void> {
    return until('an archiver that is ready', () => this.notReady() || true);
  }

  /** Why the archiver is not ready; empty if it is. */
  public notReady(): string {
    const { status, stdout } = this.run('bash "$FILES/archive-ready.sh"', [], { LOGS: this.file('memory/store/orders/log') });
    return status === 0 ? '' : stdout.trim();
  }

  /** Waits until the archive has all that the server has written, and ends what it was asked to. */
  public async archived(): Promise<void> {
    const written = this.sql('select pg_current_wal_flush_lsn()');
    await until('all of the log in the archive', () =>
      (this.sql(`select count(*) from pg_stat_replication where application_name = 'orders-log-0' and flush_lsn >= '${written}'`) === '1' || 'not yet'));
  }

  public restore(env: NodeJS.ProcessEnv = {}): SpawnSyncReturns<string> {
    return this.run('bash "$FILES/restore-base-backup.sh" --hba_file="$HBA" --max_connections=20 --fsync=off', [], this.restoreEnv(env));
  }

  public restoring(env: NodeJS.ProcessEnv = {}): Running {
    return this.spawn('exec bash "$FILES/restore-base-backup.sh" --hba_file="$HBA" --max_connections=20 --fsync=off', this.restoreEnv(env));
  }

  /** Brings what a snapshot of the volume would, were it taken at this moment: the server is killed, its volume is copied, and it starts again. */
  public async snapshot(): Promise<void> {
    await this.stop('SIGKILL');
    await this.left('memory/volume/pgdata');
    this.forgetRestored();
    this.must('cp -a "$1" "$2"', this.file('memory/volume'), this.file('memory/restored'));
    await this.start();
  }

  /** Keeps a copy of the volume, as a snapshot does. */
  public async keepVolume(): Promise<void> {
    await this.snapshot();
    fs.renameSync(this.file('memory/restored'), this.file('memory/kept'));
  }

  /** Replaces the volume by the copy. */
  public bringBackVolume(parameters: { [name: string]: string }): Promise<void> {
    return this.continueOn('memory/kept', parameters);
  }

  /** Starts a standby of the server, and returns what stops it. */
  public async follow(parameters: { [name: string]: string }): Promise<() => Promise<void>> {
    const connection = `host=${this.file('sockets')} port=${this.port} user=app dbname=postgres`;
    this.must('pg_basebackup -D "$1" -d "$2" -R -X stream -c fast --no-sync', this.file('memory/standby/pgdata'), connection);
    const standby = await this.serve('memory/standby/pgdata', 'standby-sockets', { ...parameters, listen_addresses: '', archive_mode: 'off' });
    return () => end(standby, 'SIGINT');
  }

  /** Waits until the standby has replayed all that the server has written. */
  public async followed(): Promise<void> {
    const written = this.sql('select pg_current_wal_flush_lsn()');
    await until('a standby that has replayed all', () => this.sql(`select count(*) from pg_stat_replication where replay_lsn >= '${written}'`) === '1' || 'not yet');
  }

  /** Replaces the server by the standby, which was stopped, and promotes it. */
  public async promoteStandby(parameters: { [name: string]: string }): Promise<void> {
    await this.continueOn('memory/standby', parameters);
    expect(this.sql('select pg_promote()')).toBe('t');
  }

  /** Replaces the server by the restored one. */
  public becomeRestored(parameters: { [name: string]: string }): Promise<void> {
    return this.continueOn('memory/restored', parameters);
  }

  private async continueOn(volume: string, parameters: { [name: string]: string }): Promise<void> {
    await this.stop();
    fs.rmSync(this.file('memory/volume'), { recursive: true });
    fs.renameSync(this.file(volume), this.file('memory/volume'));
    await this.start(parameters);
  }

  public restoreSnapshot(env: NodeJS.ProcessEnv = {}): SpawnSyncReturns<string> {
    return this.run('bash "$FILES/restore-snapshot.sh" --hba_file="$HBA" --max_connections=20 --fsync=off', [], this.restoreEnv({ SNAPSHOT: 'orders-nightly-1', ...env }));
  }

  /** Does what comes after a restore, before the server. */
  public prepareRestored(): SpawnSyncReturns<string> {
    return this.run('bash "$FILES/prepare.sh" --hba_file="$HBA"', [], this.restoreEnv({}));
  }

  /** Whether somebody may log in to the restored server over the network. */
  public async mayLogIn(login: string, password: string): Promise<boolean> {
    const port = `${await freePort()}`;
    const server = await this.serve('memory/restored/pgdata', 'restored-sockets', { port });
    try {
      const command = 'PGPASSWORD="$1" PGUSER="$2" PGPASSFILE=/dev/null psql -XAtqw -h 127.0.0.1 -p "$3" -d app -c "select 1"';
      return this.run(command, [password, login, port]).status === 0;
    } finally {
      await end(server, 'SIGINT');
    }
  }

  /** Waits until no process of a killed server works in a folder any more: with a container, all of them end at once. */
  public left(folder: string): Promise<void> {
    const cwd = fs.realpathSync(this.file(folder));
    const worksThere = (pid: string) => { try { return fs.readlinkSync(`/proc/${pid}/cwd`).startsWith(cwd); } catch { return false; } };
    return until(`nobody in ${cwd}`, () => !fs.readdirSync('/proc').some(worksThere) || 'somebody');
  }

  /** Starts the restored server, asks it, and throws it away with its data. */
  public askRestored(...statements: string[]): Promise<string[]> {
    return this.readRestored(() => statements.map(statement => this.sql(statement, 'restored-sockets')));
  }

  /** Everything in all databases of the server, as statements, but for the rows of unlogged tables. */
  public dump(where: 'sockets' | 'restored-sockets' = 'sockets'): string {
    const port = where === 'sockets' ? this.port : 5432;
    const file = this.file('memory/dump.sql');
    this.must(`pg_dumpall -w -h ${this.file(where)} -p ${port} -U app --no-role-passwords --no-unlogged-table-data -f ${file}`);
    return fs.readFileSync(file, 'utf8').replace(/^\\(un)?restrict .*$/gm, '');
  }

  /** The same of the restored server, which is thrown away. */
  public dumpRestored(): Promise<string> {
    return this.readRestored(() => this.dump('restored-sockets'));
  }

  private async readRestored<T>(read: () => T): Promise<T> {
    const server = await this.serve('memory/restored/pgdata', 'restored-sockets', { listen_addresses: '' });
    try {
      return read();
    } finally {
      await end(server, 'SIGINT');
      this.forgetRestored();
    }
  }

  public forgetRestored(): void {
    fs.rmSync(this.file('memory/restored'), { recursive: true, force: true });
  }

  public must(command: string, ...args: string[]): string {
    const { status, stdout, stderr } = this.run(command, args);
    if (status !== 0) throw new Error(`${command} ${args.join(' ')}\n${stderr}`);
    return stdout;
  }

  public async end(): Promise<void> {
    for (const child of this.running) await end(child, 'SIGKILL');
    await end(this.server, 'SIGKILL');
    for (const folder of [this.folder, this.memory]) fs.rmSync(folder, { recursive: true, force: true });
  }

  private backupEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
    return {
      HOSTS: '127.0.0.1',
      PORT: `${this.port}`,
      USERNAME_FILE: this.file('username'),
      PASSWORD_FILE: this.file('password'),
      TMPDIR: this.file('state'),
      BACKUPS: this.file('memory/store/orders/physical'),
      LOGS: this.file('memory/store/orders/log'),
      DATABASE: 'orders',
      PRODUCT: 'postgres',
      KEEP_COUNT: '9',
      KEEP_SECONDS: '0',
      ...env,
    };
  }

  private restoreEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
    return {
      HOSTNAME: 'restored-0',
      STATE: this.file('restored-state'),
      TMPDIR: this.file('restored-state'),
      PGDATA: this.file('memory/restored/pgdata'),
      SOCKETS: this.file('restored-sockets'),
      BACKUPS: this.file('memory/store/orders'),
      BACKUP: 'latest',
      UNTIL: '',
      POSTGRES_PASSWORD_FILE: this.file('other-password'),
      ...env,
    };
  }

  private async serve(data: string, sockets: string, parameters: { [name: string]: string }): Promise<ChildProcess> {
    const settings = Object.entries({
      hba_file: this.file('hba'),
      listen_addresses: '127.0.0.1',
      unix_socket_directories: this.file(sockets),
      fsync: 'off',
      max_wal_size: '8MB',
      min_wal_size: '2MB',
      wal_keep_size: '2MB',
      ...sockets === 'sockets' ? { port: `${this.port}` } : {},
      ...parameters,
    }).map(([name, value]) => `--${name}=${value}`);
    const child = spawn('postgres', ['-D', this.file(data), ...settings], { ...user, env: this.environment(), stdio: ['ignore', 'ignore', fs.openSync(this.file('server.log'), 'a')] });
    const port = parameters.port ?? (sockets === 'sockets' ? this.port : 5432);
    await until('a server that answers', () =>
      (this.run(`pg_isready -q -h ${this.file(sockets)} -p ${port}`, []).status === 0 || fs.readFileSync(this.file('server.log'), 'utf8').slice(-500)));
    return child;
  }

  private run(command: string, args: string[], env: NodeJS.ProcessEnv = {}): SpawnSyncReturns<string> {
    return spawnSync('timeout', ['60', 'bash', '-c', command, 'bash', ...args], { ...user, encoding: 'utf8', cwd: this.folder, env: this.environment(env) });
  }

  private spawn(command: string, env: NodeJS.ProcessEnv): Running {
    const child = spawn('bash', ['-c', command], { ...user, cwd: this.folder, env: this.environment(env), stdio: ['ignore', 'ignore', 'pipe'], detached: true });
    return runningOn(child, this.running);
  }

  private environment(env: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
    return {
      PATH: `${this.file('bin')}:${this.programs}:${process.env.PATH}`,
      FILES: this.file('files'),
      HBA: this.file('hba'),
      HOME: this.folder,
      HOSTNAME: 'orders-0',
      PGDATA: this.file('memory/volume/pgdata'),
      PGPASSFILE: this.file('.pgpass'),
      STATE: this.file('state'),
      MEMBERS_FILE: this.file('members'),
      DECISION_FILE: this.file('decision'),
      POSTGRES_USER_FILE: this.file('username'),
      POSTGRES_PASSWORD_FILE: this.file('password'),
      POSTGRES_DB: 'app',
      MEMBERS_HOST: 'invalid',
      PRIMARY_HOST: 'invalid',
      ...env,
    };
  }
}
