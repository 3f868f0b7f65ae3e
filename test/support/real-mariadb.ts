import { ChildProcess, spawn, spawnSync, SpawnSyncReturns } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { end, freePort, type Running, until } from './real-server';

const SRC = path.join(__dirname, '../../src');
const PASSWORD = 'p:a\\s "\'$(w)';

/** Whether the programs of MariaDB are on this machine. */
export function hasMariadb(): boolean {
  return ['mariadbd', 'mariadb', 'mariadb-binlog', 'mariadb-dump', 'mariadb-install-db'].every(program => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0);
}

const asRoot = process.getuid?.() === 0 ? ['--user=root'] : [];

/** The data of a server with an empty database and a user, made once. */
let template: string | undefined;

export function forgetTemplate(): void {
  if (template !== undefined) fs.rmSync(template, { recursive: true });
}

/** A MariaDB server of this machine, with the scripts of dumps, log archives and restores as they are in a Pod, but for their paths. */
export class RealMariadb {
  private readonly folder = fs.mkdtempSync(path.join(fs.existsSync('/dev/shm') ? '/dev/shm' : os.tmpdir(), 'real-mariadb-'));
  private readonly running = new Set<ChildProcess>();
  private server?: ChildProcess;
  private port = 0;

  public constructor() {
    for (const name of ['files', 'state', 'tmp', 'tools']) fs.mkdirSync(this.file(name));
    fs.writeFileSync(this.file('tools/sync'), '#!/bin/bash\n', { mode: 0o755 }); // not the other data of this machine
    for (const where of ['kit/founding', 'backup/scripts', 'database/engines/mysql', 'database/engines/mariadb']) {
      for (const script of fs.readdirSync(path.join(SRC, where)).filter(name => name.endsWith('.sh'))) {
        const text = fs.readFileSync(path.join(SRC, where, script), 'utf8').replace(/\/var\/run\/mysqld\/mysqld\.sock/g, this.file('restored.sock'));
        fs.writeFileSync(this.file(`files/${script}`), text);
      }
    }
    fs.writeFileSync(this.file('files/start.sh'), 'exec "$@"\n'); // what the volume holds is tested elsewhere
    fs.writeFileSync(this.file('username'), 'app');
    fs.writeFileSync(this.file('password'), PASSWORD);
  }

  public file(name: string): string {
    return path.join(this.folder, name);
  }

  public list(name: string): string[] {
    return fs.existsSync(this.file(name)) ? fs.readdirSync(this.file(name)).filter(entry => !entry.startsWith('.')).sort() : [];
  }

  /** Starts a server with an empty database; one that was there before is lost. */
  public async found(): Promise<void> {
    template ??= await this.makeTemplate();
    fs.rmSync(this.file('data'), { recursive: true, force: true });
    fs.cpSync(template, this.file('data'), { recursive: true });
    this.port = await freePort();
    await this.start();
  }

  public async start(): Promise<void> {
    this.server = await this.serve('server', [`--datadir=${this.file('data')}`, `--port=${this.port}`, '--bind-address=127.0.0.1', '--log-bin=binlog', '--binlog-format=ROW', '--sync-binlog=1'],
      `exec bash "${this.file('files')}/start-with-log.sh" mariadbd "$@"`);
  }

  public async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await end(this.server, signal);
  }

  /** Runs a statement as root on the server, or on the restored one; by default in the database. */
  public sql(statement: string, { where = 'server', database = 'app' } = {}): string {
    const { status, stdout, stderr } = this.run(
      `MYSQL_PWD=${where === 'template' ? '' : '$(cat "$PASSWORD_FILE")'} mariadb --no-defaults --socket="$0" -u root -N -B -e "$1" $2`, [this.file(`${where}.sock`), statement, database]);
    if (status !== 0) throw new Error(`${statement}: ${stderr}`);
    return stdout.trim();
  }

  public backup(env: NodeJS.ProcessEnv = {}): SpawnSyncReturns<string> {
    return this.run('bash files/backup.sh', [], {
      BACKUPS: this.file('store/shop'), LOGS: this.file('store/shop/log'), METHOD: 'dump', PRODUCT: 'mariadb', KEEP_COUNT: '9', KEEP_SECONDS: '0', BINARY_LOG: 'on', DUMP_OPTIONS: '--skip-ssl', ...env,
    });
  }

  /** Starts the archiver, without waiting for anything. */
  public archive(): Running {
    return this.spawn('exec bash files/archive.sh', { LOGS: this.file('store/shop/log'), SET: 'shop', METHOD: 'dump', PAUSE: '0.2' });
  }

  /** Why the archiver is not ready; empty if it is. */
  public notReady(): string {
    const { status, stdout } = this.run('bash files/archive-ready.sh', [], { LOGS: this.file('store/shop/log') });
    return status === 0 ? '' : stdout.trim();
  }

  /** Waits until the archiver is ready. */
  public ready(): Promise<void> {
    return until('an archiver that is ready', () => this.notReady() || true);
  }

  /** Waits until the archive has all that the server has written. */
  public async archived(run: string): Promise<void> {
    const [name, position] = this.sql('show binlog status').split('\t');
    const reached = this.file(`store/shop/log/${run}/0-reached.partial`);
    await until('all of the log in the archive', () => {
      const said = fs.existsSync(reached) ? fs.readFileSync(reached, 'utf8') : '';
      return (said.includes(`file: ${name}\n`) && Number(/position: (\d+)/.exec(said)?.[1]) >= Number(position)) || said;
    });
  }

  /** Restores into a server that no client reaches, as the image does, and asks it; or says why not. */
  public async restore(env: NodeJS.ProcessEnv, ...statements: string[]): Promise<{ status: number | null; stderr: string; answers: string[] }> {
    template ??= await this.makeTemplate();
    fs.rmSync(this.file('restored'), { recursive: true, force: true });
    fs.cpSync(template, this.file('restored'), { recursive: true });
    const server = await this.serve('restored', [`--datadir=${this.file('restored')}`, '--skip-networking', '--log-bin=binlog'], 'exec mariadbd "$@"');
    try {
      const { status, stderr } = this.run('bash files/restore.sh', [], { BACKUPS: this.file('store/shop'), BACKUP: 'latest', UNTIL: '', METHOD: 'dump', PRODUCT: 'mariadb', ...env });
      return { status, stderr, answers: status === 0 ? statements.map(statement => this.sql(statement, { where: 'restored' })) : [] };
    } finally {
      await end(server, 'SIGKILL');
    }
  }

  /** Brings what a snapshot of the volume would, were it taken at this moment: the server is killed, its volume is copied, and it starts again. */
  public async snapshot(): Promise<void> {
    await this.stop('SIGKILL');
    this.emptyRestored();
    fs.cpSync(this.file('data'), this.file('restored'), { recursive: true });
    await this.start();
  }

  public emptyRestored(): void {
    fs.rmSync(this.file('restored'), { recursive: true, force: true });
    fs.mkdirSync(this.file('restored'));
  }

  public restoreSnapshot(env: NodeJS.ProcessEnv = {}): SpawnSyncReturns<string> {
    fs.writeFileSync(this.file('other-user'), "o'ne");
    fs.writeFileSync(this.file('other-password'), 'an\\o"the\'r');
    return this.run('bash files/restore-snapshot.sh "$@"', ['bash', '--no-defaults', ...asRoot, ...this.ofRestored(), '--log-bin=binlog'], {
      HOSTNAME: 'restored-0',
      FILES: this.file('files'),
      DATA_PATH: this.file('restored'),
      SNAPSHOT: 'shop-nightly-1',
      USERNAME_FILE: this.file('other-user'),
      PASSWORD_FILE: this.file('other-password'),
      ...env,
    });
  }

  /** What the restored server answers to somebody who logs in. */
  public async askRestored(user: string, password: string, ...statements: string[]): Promise<string[]> {
    const server = await this.serve('restored', [`--datadir=${this.file('restored')}`, '--log-bin=binlog', `--port=${await freePort()}`, '--bind-address=127.0.0.1'], 'exec mariadbd "$@"');
    try {
      return statements.map(statement => {
        const { stdout, stderr } = this.run('MYSQL_PWD="$1" mariadb --no-defaults --socket="$0" -u "$2" -N -B app -e "$3"', [this.file('restored.sock'), password, user, statement]);
        return (stdout || stderr).trim();
      });
    } finally {
      await end(server, 'SIGTERM');
    }
  }

  private ofRestored(): string[] {
    return [`--datadir=${this.file('restored')}`, `--socket=${this.file('restored.sock')}`, `--tmpdir=${this.file('tmp')}`, `--pid-file=${this.file('restored.pid')}`];
  }

  public async end(): Promise<void> {
    for (const child of this.running) await end(child, 'SIGKILL');
    await end(this.server, 'SIGKILL');
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  private async makeTemplate(): Promise<string> {
    const made = fs.mkdtempSync(path.join(os.tmpdir(), 'real-mariadb-template-'));
    const { status, stderr } = this.run(`mariadb-install-db --no-defaults ${asRoot.join(' ')} --datadir=${made} --skip-test-db --auth-root-authentication-method=normal >/dev/null`, []);
    if (status !== 0) throw new Error(stderr);
    const server = await this.serve('template', [`--datadir=${made}`, '--skip-networking'], 'exec mariadbd "$@"');
    const password = PASSWORD.replace(/[\\']/g, '\\$&');
    for (const statement of ['create database app', `create user app@'%' identified by '${password}'`, "grant all on app.* to app@'%'", `alter user root@localhost identified by '${password}'`]) {
      this.sql(statement, { where: 'template', database: '' });
    }
    await end(server, 'SIGTERM');
    return made;
  }

  private async serve(name: string, options: string[], command: string): Promise<ChildProcess> {
    const log = this.file(`${name}.log`);
    const child = spawn('bash', ['-c', command, 'bash', '--no-defaults', ...asRoot, `--socket=${this.file(`${name}.sock`)}`, `--tmpdir=${this.file('tmp')}`, `--pid-file=${this.file(`${name}.pid`)}`,
      '--innodb-buffer-pool-size=32M', '--innodb-flush-log-at-trx-commit=2', ...options],
    { cwd: this.folder, env: this.environment(), stdio: ['ignore', 'ignore', fs.openSync(log, 'a')] });
    await until('a server that answers', () => {
      if (child.exitCode !== null) throw new Error(`the server ended: ${fs.readFileSync(log, 'utf8').slice(-1000)}`);
      const { status, stderr } = this.run('mariadb --no-defaults --socket="$0" -u nobody -e "do 1"', [this.file(`${name}.sock`)]);
      return status === 0 || stderr.includes('ERROR 1') || fs.readFileSync(log, 'utf8').slice(-500);
    });
    return child;
  }

  private run(command: string, args: string[], env: NodeJS.ProcessEnv = {}): SpawnSyncReturns<string> {
    return spawnSync('timeout', ['60', 'bash', '-c', command, ...args], { encoding: 'utf8', cwd: this.folder, env: this.environment(env) });
  }

  private spawn(command: string, env: NodeJS.ProcessEnv): Running {
    const child = spawn('bash', ['-c', command], { cwd: this.folder, env: this.environment(env), stdio: ['ignore', 'ignore', 'pipe'], detached: true });
    this.running.add(child);
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => { said += chunk.toString(); });
    return {
      said: text => until(`'${text}'`, () => said.includes(text) || said.slice(-800)),
      kill: async (signal = 'SIGKILL') => {
        if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, signal);
        await end(child, signal);
        this.running.delete(child);
      },
    };
  }

  private environment(env: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
    return {
      PATH: `${this.file('tools')}:${process.env.PATH}`,
      HOSTNAME: 'shop-0',
      TMPDIR: this.file('tmp'),
      STATE: this.file('state'),
      ACCOUNTS: this.file('accounts.sql'),
      SOCKET: this.file('restored.sock'),
      DATABASE: 'shop',
      DATABASE_NAME: 'app',
      HOST: '127.0.0.1',
      HOSTS: '127.0.0.1',
      PORT: `${this.port}`,
      LOG_ACCOUNT: 'stateful_log',
      USERNAME_FILE: this.file('username'),
      PASSWORD_FILE: this.file('password'),
      MARIADB_PASSWORD_FILE: this.file('password'),
      CLIENT: 'mariadb',
      DUMP: 'mariadb-dump',
      SERVER: 'mariadbd',
      ...env,
    };
  }
}
