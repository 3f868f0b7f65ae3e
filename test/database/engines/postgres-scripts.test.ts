import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { IS_READY, PREPARE, SERVE } from '../../../src/database/engines/postgres-scripts';

/** The script runs here as in a Pod, but for the tools of the image, which a test writes. */
let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'postgres-scripts-'));
  fs.writeFileSync(file('username'), 'app');
});
afterEach(() => { fs.rmSync(folder, { recursive: true }); });

const file = (name: string) => path.join(folder, name);

function tool(name: string, script: string): void {
  fs.writeFileSync(file(name), `#!/bin/bash\n${script}\n`, { mode: 0o755 });
}

function data(files: { [name: string]: string }): void {
  fs.mkdirSync(file('pgdata'));
  for (const [name, content] of Object.entries(files)) fs.writeFileSync(path.join(file('pgdata'), name), content);
}

function prepare(hostname: string, args: string[] = []): { status: number | null; stderr: string } {
  return run(PREPARE, hostname, args);
}

function run(script: string, hostname: string, args: string[] = [], env: NodeJS.ProcessEnv = {}): { status: number | null; stderr: string } {
  return spawnSync('bash', ['--norc', '-c', script, 'script.sh', ...args], {
    encoding: 'utf8',
    timeout: 20_000,
    env: {
      PATH: `${folder}:${process.env.PATH}`,
      HOSTNAME: hostname,
      PGDATA: file('pgdata'),
      PGPASSFILE: file('.pgpass'),
      POSTGRES_USER_FILE: file('username'),
      POSTGRES_DB: 'app',
      PRIMARY_HOST: 'orders-0.invalid',
      MEMBERS_HOST: 'members.invalid',
      ...env,
    },
  });
}

describe('a primary', () => {
  test('with data starts with it', () => {
    data({ PG_VERSION: '17' });
    expect(prepare('orders-0')).toMatchObject({ status: 0, stderr: '' });
  });

  test('waits for no standby in its first init, and moves what it made into place', () => {
    tool('getent', 'echo "10.0.0.1 STREAM orders-0"');
    tool('pg_isready', 'exit 2');
    tool('docker-ensure-initdb.sh', `echo "$@" >${folder}/call; mkdir "$PGDATA"; touch "$PGDATA/PG_VERSION"`);
    expect(prepare('orders-0', ['--synchronous_standby_names=*'])).toMatchObject({ status: 0, stderr: '' });
    expect(fs.readFileSync(file('call'), 'utf8')).toBe('postgres --synchronous_standby_names=* -c synchronous_standby_names=\n');
    expect(fs.readdirSync(file('pgdata'))).toEqual(['PG_VERSION']);
  });

  test.each([['serves', 0], ['starts', 1]])('that is empty is not started beside a standby that %s', (_, code) => {
    tool('getent', 'printf "%s\\n" "10.0.0.1 STREAM orders-0" "10.0.0.2 STREAM" "10.0.0.2 DGRAM"');
    tool('pg_isready', `case "$*" in *10.0.0.2*) exit ${code} ;; *) exit 2 ;; esac`);
    const { status, stderr } = prepare('orders-0');
    expect(status).toBe(1);
    expect(stderr).toContain('orders-0: this volume is empty, but the standby at 10.0.0.2 has the data: not starting an empty primary beside it.\n');
    expect(fs.existsSync(file('pgdata'))).toBe(false);
  });

  test('that is empty asks again while the members have no addresses yet', () => {
    tool('getent', `echo asked >>${folder}/asked; [ "$(wc -l <${folder}/asked)" -gt 2 ] && echo "10.0.0.1 STREAM orders-0"`);
    tool('sleep', 'exit 0');
    tool('pg_isready', 'exit 2');
    tool('docker-ensure-initdb.sh', 'mkdir "$PGDATA"; touch "$PGDATA/PG_VERSION"');
    expect(prepare('orders-0')).toMatchObject({ status: 0, stderr: '' });
    expect(fs.readFileSync(file('asked'), 'utf8')).toBe('asked\n'.repeat(3));
  });

  test('that is empty is not started if the members never have addresses', () => {
    tool('getent', 'exit 2');
    tool('sleep', 'exit 0');
    const { status, stderr } = prepare('orders-0');
    expect(status).toBe(1);
    expect(stderr).toContain('orders-0: the name members.invalid has no address, so that this empty primary cannot tell whether standbys have the data: not starting.\n');
    expect(fs.existsSync(file('pgdata'))).toBe(false);
  });

  test('restored from a snapshot of a standby is refused, and its data left alone', () => {
    data({ 'PG_VERSION': '17', 'standby.signal': '' });
    expect(prepare('orders-0')).toMatchObject({
      status: 1,
      stderr: 'orders-0: this volume holds the data of a standby, but this member is the primary and follows nobody: leaving it alone.\n'
        + 'orders-0: Restore a snapshot of the volume of a primary. If there is none, promote this copy apart, and load its dump here.\n',
    });
    expect(fs.readdirSync(file('pgdata')).sort()).toEqual(['PG_VERSION', 'standby.signal']);
  });
});

describe('a standby that was away for too long', () => {
  beforeEach(() => {
    fs.writeFileSync(file('password'), 'secret');
    data({ 'PG_VERSION': '17', 'standby.signal': '', 'base': 'old' });
    tool('pg_controldata', 'echo "Database system identifier:           7"');
    tool('psql', 'case "$(cat)" in *system_identifier*) echo 7 ;; *"select wal_status"*) echo lost ;; esac');
    tool('pg_isready', 'exit 0');
    tool('pg_basebackup', `echo clone >>${folder}/calls; mkdir -p "$PGDATA.tmp"; echo 17 >"$PGDATA.tmp/PG_VERSION"`);
  });
  const prepareStandby = () => run(PREPARE, 'orders-1', [], { POSTGRES_PASSWORD_FILE: file('password') });
  const volume = () => fs.readdirSync(folder).filter(name => name.startsWith('pgdata'));

  test('clones the primary anew', () => {
    expect(prepareStandby()).toMatchObject({ status: 0 });
    expect(fs.readdirSync(file('pgdata')).sort()).toEqual(['PG_VERSION', 'standby.signal']);
  });

  test.each(['standby.signal', 'PG_VERSION'])('clones it also if the deletion of its data was interrupted after %s', first => {
    tool('rm', `if [ -e "\${@: -1}/${first}" ]; then /bin/rm "\${@: -1}/${first}"; exit 137; fi; /bin/rm "$@"`);
    expect(prepareStandby().status).not.toBe(0);
    expect(volume()).toEqual(['pgdata.tmp']);
    expect(prepareStandby()).toMatchObject({ status: 0 });
    expect(fs.readdirSync(file('pgdata')).sort()).toEqual(['PG_VERSION', 'standby.signal']);
  });
});

test('a standby of another primary says how it is made anew, in an order that waits for nothing', () => {
  fs.writeFileSync(file('password'), 'secret');
  data({ 'PG_VERSION': '17', 'standby.signal': '' });
  tool('pg_controldata', 'echo "Database system identifier:           7"');
  tool('psql', 'echo 8');
  const { status, stderr } = run(PREPARE, 'orders-1', [], { POSTGRES_PASSWORD_FILE: file('password') });
  expect(status).toBe(1);
  expect(stderr).toContain("To clone the new primary, delete the claim of this member with '--wait=false', then its Pod.\n");
});

describe('a member that is granted another database', () => {
  const other = { PGHOST: 'other', PGPORT: '1', PGDATABASE: 'other', PGUSER: 'other', PGPASSWORD: 'other' };

  test.each([
    ['prepares', PREPARE, 'docker-ensure-initdb.sh'],
    ['serves', SERVE, 'postgres'],
    ['is asked', IS_READY, 'pg_isready'],
  ])('%s without its variables', (_, script, name) => {
    tool('getent', 'echo "10.0.0.1 DGRAM"');
    tool(name, `compgen -e PG >${folder}/variables; mkdir -p "$PGDATA"`);
    if (script === SERVE) data({});
    expect(run(script, 'orders-0', [], other)).toMatchObject({ status: 0, stderr: '' });
    expect(fs.readFileSync(file('variables'), 'utf8').trimEnd().split('\n').filter(variable => variable in other)).toEqual([]);
  });
});
