import { ChildProcess, spawn, spawnSync, SpawnSyncReturns } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { reachedIn } from './binary-log-archive';
import { end, freePort, IN_MEMORY, type Running, runningOn, until } from './real-server';

const SRC = path.join(__dirname, '../../src');
/** That of the database and its user. */
export const PASSWORD = 'p:a\\s "\'$(w)';

/** A product of which servers run on this machine. */
export interface SqlProduct {
  readonly name: 'mysql' | 'mariadb';
  readonly server: string;
  readonly client: string;
  readonly dump: string;
  /** The command that makes the data of a server in the folder of the variable DATA, with a root that needs no password. */
  readonly initialize: string;
  /** Options of every server, and of one with a log. */
  readonly options: readonly string[];
  readonly logOptions: readonly string[];
  /** What the containers of this product have in addition. */
  readonly env: NodeJS.ProcessEnv;
  /** Where the server is in its log. */
  readonly status: string;
  /** Folders of its scripts, later ones first. */
  readonly scripts: readonly string[];
}

/** What runs as root says so. */
export const AS_ROOT: readonly string[] = process.getuid?.() === 0 ? ['--user=root'] : [];

/** The data of a server with an empty database and a user, made once. */
let template: string | undefined;

export function forgetTemplate(): void {
  if (template !== undefined) fs.rmSync(template, { recursive: true });
}

/** Whether this command succeeds on this machine. */
export function succeeds(command: string): boolean {
  return spawnSync('sh', ['-c', command]).status === 0;
}

/** Where a program of this machine is, for a script that takes its place and runs it. */
export function programPath(name: string): string {
  return spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim();
}

/** A server of this machine, with the scripts of dumps, log archives and restores as they are in a Pod, but for their paths. */
export class RealSql {
  private readonly folder = fs.mkdtempSync(path.join(IN_MEMORY, 'real-sql-'));
  private readonly running = new Set<ChildProcess>();
  private server?: ChildProcess;
  private archiver?: Running;
  private port = 0;

  public constructor(private readonly product: SqlProduct) {
    for (const name of ['files', 'state', 'tmp', 'tools']) fs.mkdirSync(this.file(name));
    this.tool('sync', ''); // not the other data of this machine
    for (const where of ['kit/founding', 'backup/scripts', ...product.scripts]) {
      for (const script of fs.readdirSync(path.join(SRC, where)).filter(name => name.endsWith('.sh'))) {
        const text = fs.readFileSync(path.join(SRC, where, script), 'utf8').replace(/\/var\/run\/mysqld\/mysqld\.sock/g, this.file('restored.sock'));
        fs.writeFileSync(this.file(`files/${script}`), text);
      }
    }
    fs.writeFileSync(this.file('files/start.sh'), 'exec "$@"\n'); // what the volume holds is tested elsewhere
    fs.writeFileSync(this.file('username'), 'app');
    this.setPassword(PASSWORD);
  }

  /** What the Secret has: the server knows it as of its next start. */
  public setPassword(password: string): void {
    fs.writeFileSync(this.file('password'), password);
  }

  /** Replaces a program for all scripts. */
  public tool(name: string, body: string): void {
    fs.writeFileSync(this.file(`tools/${name}`), `#!/bin/bash\n${body}\n`, { mode: 0o755 });
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

  public async start(options: readonly string[] = []): Promise<void> {
    this.server = await this.serve('server', [`--datadir=${this.file('data')}`, `--port=${this.port}`, '--bind-address=127.0.0.1', '--log-bin=binlog', '--sync-binlog=1',
      ...this.product.logOptions, ...options], `exec bash "${this.file('files')}/start-with-log.sh" ${this.product.server} "$@"`);
  }

  public async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await end(this.server, signal);
  }

  /** Runs a statement as root on the server, or on the restored one; by default in the database. */
  public sql(statement: string, { where = 'server', database = 'app' } = {}): string {
    const { status, stdout, stderr } = this.run(
      `MYSQL_PWD="$3" ${this.product.client} --no-defaults --socket="$0" -u root -N -B -e "$1" $2`,
      [this.file(`${where}.sock`), statement, database, where === 'template' ? '' : PASSWORD]);
    if (status !== 0) throw new Error(`${statement}: ${stderr}`);
    return stdout.trim();
  }

  /** Runs a statement as root on the server, and lets the test go on meanwhile. */
  public async inBackground(statement: string): Promise<void> {
    const child = spawn('bash', ['-c', `MYSQL_PWD="$2" exec ${this.product.client} --no-defaults --socket="$0" -u root -e "$1" app`, this.file('server.sock'), statement, PASSWORD],
      { env: this.environment(), stdio: 'ignore' });
    await new Promise(resolve => child.on('exit', resolve));
  }

  public backup(env: NodeJS.ProcessEnv = {}): SpawnSyncReturns<string> {
    return this.run('bash files/backup.sh', [], {
      BACKUPS: this.file('store/shop'), LOGS: this.file('store/shop/log'), METHOD: 'dump', PRODUCT: this.product.name, KEEP_COUNT: '9', KEEP_SECONDS: '0', ...env,
    });
  }

  /** Starts the archiver, without waiting for anything. */
  public archive(env: NodeJS.ProcessEnv = {}): Running {
    return this.archiver = this.spawn('exec bash files/archive.sh', { LOGS: this.file('store/shop/log'), SET: 'shop', METHOD: 'dump', PAUSE: '0.2', ...env });
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
    const [name, position] = this.sql(this.product.status).split('\t');
    const reached = this.file(`store/shop/log/${run}/0-reached.partial`);
    await until('all of the log in the archive', () => {
      const said = fs.existsSync(reached) ? fs.readFileSync(reached, 'utf8') : '';
      return (said.includes(`file: ${name}\n`) && Number(/position: (\d+)/.exec(said)?.[1]) >= Number(position)) ||
        `${said}${this.list(`store/shop/log/${run}`).join(' ')}; ${this.archiver?.lastSaid()}; ${this.serverLog()}`;
    });
  }

  /** Waits until the archiver has noted that it has everything up to a time, although nothing is written. */
  public async archivedUntil(run: string, time: string): Promise<void> {
    const reached = this.file(`store/shop/log/${run}/0-reached.partial`);
    await until(`the archive up to ${time}`, () => {
      const said = fs.readFileSync(reached, 'utf8');
      return reachedIn(said) > time || said;
    });
  }

  /** The end of the log of the server, and how it ended, if it has. */
  private serverLog(): string {
    const { exitCode, signalCode } = this.server ?? {};
    return `${fs.readFileSync(this.file('server.log'), 'utf8').slice(-800)}; ended: ${exitCode ?? signalCode ?? 'no'}`;
  }

  /** Restores into a server that no client reaches, as the image does, and asks it; or says why not. */
  public async restore(
    env: NodeJS.ProcessEnv, statements: readonly string[] = [], options: readonly string[] = ['--log-bin=binlog'],
  ): Promise<{ status: number | null; stderr: string; answers: string[] }> {
    template ??= await this.makeTemplate();
    fs.rmSync(this.file('restored'), { recursive: true, force: true });
    fs.cpSync(template, this.file('restored'), { recursive: true });
    const server = await this.serve('restored', [`--datadir=${this.file('restored')}`, '--skip-networking', ...options], `exec ${this.product.server} "$@"`);
    try {
      const { status, stderr } = this.run('bash files/restore.sh', [], { BACKUPS: this.file('store/shop'), BACKUP: 'latest', UNTIL: '', METHOD: 'dump', PRODUCT: this.product.name, ...env });
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
    return this.run('bash files/restore-snapshot.sh "$@"', ['bash', '--no-defaults', ...AS_ROOT, ...this.product.options, ...this.ofRestored(), '--log-bin=binlog'], {
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
    const server = await this.serve('restored', [`--datadir=${this.file('restored')}`, '--log-bin=binlog', `--port=${await freePort()}`, '--bind-address=127.0.0.1'],
      `exec ${this.product.server} "$@"`);
    try {
      return statements.map(statement => {
        const { stdout, stderr } = this.run(`MYSQL_PWD="$1" ${this.product.client} --no-defaults --socket="$0" -u "$2" -N -B app -e "$3"`,
          [this.file('restored.sock'), password, user, statement]);
        return (stdout || stderr).trim();
      });
    } finally {
      await end(server, 'SIGTERM');
    }
  }

  protected ofRestored(): string[] {
    const paths = { 'datadir': 'restored', 'socket': 'restored.sock', 'tmpdir': 'tmp', 'pid-file': 'restored.pid' };
    return Object.entries(paths).map(([option, name]) => `--${option}=${this.file(name)}`);
  }

  public async end(): Promise<void> {
    for (const child of this.running) await end(child, 'SIGKILL');
    await end(this.server, 'SIGKILL');
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  private async makeTemplate(): Promise<string> {
    const made = fs.mkdtempSync(path.join(os.tmpdir(), 'real-sql-template-'));
    const { status, stderr } = this.run(this.product.initialize, [], { DATA: made });
    if (status !== 0) throw new Error(stderr);
    const server = await this.serve('template', [`--datadir=${made}`, '--skip-networking', '--skip-log-bin'], `exec ${this.product.server} "$@"`);
    const password = PASSWORD.replace(/[\\']/g, '\\$&');
    for (const statement of ['create database app', `create user app@'%' identified by '${password}'`, "grant all on app.* to app@'%'", `alter user root@localhost identified by '${password}'`]) {
      this.sql(statement, { where: 'template', database: '' });
    }
    await end(server, 'SIGTERM');
    fs.rmSync(`${made}/auto.cnf`, { force: true }); // each server has an identifier of its own
    return made;
  }

  private async serve(name: string, options: string[], command: string): Promise<ChildProcess> {
    const log = this.file(`${name}.log`);
    const child = spawn('bash', ['-c', command, 'bash', '--no-defaults', ...AS_ROOT, `--socket=${this.file(`${name}.sock`)}`, `--tmpdir=${this.file('tmp')}`, `--pid-file=${this.file(`${name}.pid`)}`,
      '--innodb-buffer-pool-size=32M', '--innodb-flush-log-at-trx-commit=2', ...this.product.options, ...options],
    { cwd: this.folder, env: this.environment(), stdio: ['ignore', 'ignore', fs.openSync(log, 'a')] });
    await until('a server that answers', () => {
      if (child.exitCode !== null) throw new Error(`the server ended: ${fs.readFileSync(log, 'utf8').slice(-1000)}`);
      const { status, stderr } = this.run(`${this.product.client} --no-defaults --socket="$0" -u nobody -e "do 1"`, [this.file(`${name}.sock`)]);
      return status === 0 || stderr.includes('ERROR 1') || fs.readFileSync(log, 'utf8').slice(-500);
    });
    return child;
  }

  protected run(command: string, args: string[], env: NodeJS.ProcessEnv = {}, seconds = 60): SpawnSyncReturns<string> {
    return spawnSync('timeout', [`${seconds}`, 'bash', '-c', command, ...args], { encoding: 'utf8', cwd: this.folder, env: this.environment(env), stdio: ['ignore', 'pipe', 'pipe'] });
  }

  protected spawn(command: string, env: NodeJS.ProcessEnv): Running {
    const child = spawn('bash', ['-c', command], { cwd: this.folder, env: this.environment(env), stdio: ['ignore', 'ignore', 'pipe'], detached: true });
    return runningOn(child, this.running);
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
      BINARY_LOG: 'on',
      USERNAME_FILE: this.file('username'),
      PASSWORD_FILE: this.file('password'),
      MYSQL_DATABASE: 'app',
      MYSQL_PASSWORD_FILE: this.file('password'),
      MARIADB_PASSWORD_FILE: this.file('password'),
      CLIENT: this.product.client,
      DUMP: this.product.dump,
      SERVER: this.product.server,
      ...this.product.env,
      ...env,
    };
  }
}
