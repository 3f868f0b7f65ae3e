import { type SpawnSyncReturns } from 'node:child_process';
import * as fs from 'node:fs';
import { MARIADB, MARIADB_MISSING } from './real-mariadb';
import type { Running } from './real-server';
import { AS_ROOT, RealSql, succeeds } from './real-sql';

/** Why cases with mariadb-backup cannot run here, if they cannot. */
export const COPY_MISSING = MARIADB_MISSING ?? (succeeds('command -v mariadb-backup && command -v zstd') ? undefined : 'needs in the PATH: mariadb-backup, zstd');

/** Of the user whose database is restored. */
export const OTHER_USER = "o'ne";
export const OTHER_PASSWORD = 'an\\o"the\'r';

/** A MariaDB server with the scripts of its physical backups. */
export class CopiedMariadb extends RealSql {
  public constructor() {
    super(MARIADB);
    const scripts = (name: string) => this.file(`files/${name}`);
    fs.renameSync(scripts('start.sh'), scripts('start-server.sh'));
    fs.copyFileSync(scripts('start-for-copies.sh'), scripts('start.sh'));
    this.gather('job', { 'dump.sh': 'copy.sh' }, 'backup.sh', 'retention.sh', 'while-serving.sh', 'copy-client.sh', 'serving.sh', 'check.sh', 'check-copy.sh');
    fs.writeFileSync(this.file('job/arguments'), ['--no-defaults', ...AS_ROOT, '--log-bin=binlog', '--ignore-db-dir=lost+found', '--ignore-db-dir=.tmp'].map(argument => `${argument}\n`).join(''));
    this.gather('restore', { 'restore.sh': 'restore-copy.sh' }, 'choose.sh', 'physical-backup.sh', 'adopt.sh');
    fs.appendFileSync(this.file('restore/choose.sh'), fs.readFileSync(scripts('choose-alone.sh')));
    fs.writeFileSync(this.file('other-user'), OTHER_USER);
    fs.writeFileSync(this.file('other-password'), OTHER_PASSWORD);
  }

  /** Runs the Job. */
  public copy(env: NodeJS.ProcessEnv = {}): SpawnSyncReturns<string> {
    return this.run(JOB, [], { ...this.jobEnvironment, ...env });
  }

  /** Starts the Job, without waiting for it. */
  public copying(env: NodeJS.ProcessEnv = {}): Running {
    return this.spawn(`exec ${JOB}`, { ...this.jobEnvironment, ...env });
  }

  /** Makes the data of another database, of whose volume it leaves what is there. */
  public restoreCopy(env: NodeJS.ProcessEnv = {}): SpawnSyncReturns<string> {
    fs.mkdirSync(this.file('restored'), { recursive: true });
    return this.run('exec bash restore/restore.sh "$@"', ['bash', '--no-defaults', ...AS_ROOT, ...this.ofRestored(), '--log-bin=binlog'], {
      HOSTNAME: 'restored-0',
      BACKUPS: this.file('store/shop'),
      BACKUP: 'latest',
      UNTIL: '',
      PRODUCT: 'mariadb',
      FILES: this.file('files'),
      DATA_PATH: this.file('restored'),
      USERNAME_FILE: this.file('other-user'),
      PASSWORD_FILE: this.file('other-password'),
      ...env,
    });
  }

  private get jobEnvironment(): NodeJS.ProcessEnv {
    return {
      BACKUPS: this.file('store/shop/physical'),
      PRODUCT: 'mariadb',
      KEEP_COUNT: '9',
      KEEP_SECONDS: '0',
      DATA_PATH: this.file('data'),
      SOCKET: this.file('copy.sock'),
      EVERY: '0.5',
      PATIENCE: '3',
    };
  }

  /** A folder of scripts, as a ConfigMap would have them. */
  private gather(folder: string, renamed: { [name: string]: string }, ...names: string[]): void {
    fs.mkdirSync(this.file(folder));
    for (const [name, source] of [...Object.entries(renamed), ...names.map(same => [same, same])]) {
      fs.copyFileSync(this.file(`files/${source}`), this.file(`${folder}/${name}`));
    }
  }
}

const JOB = 'bash job/while-serving.sh bash job/backup.sh bash job/serving.sh';
