import { type SpawnSyncReturns } from 'node:child_process';
import * as fs from 'node:fs';
import { MYSQL } from './real-mysql';
import { AS_ROOT, RealSql } from './real-sql';

/** A MySQL server of this machine that physical backups are made of, with the scripts as they are in the Pods. */
export class ClonedMysql extends RealSql {
  public constructor() {
    super(MYSQL);
    const script = (name: string) => fs.readFileSync(this.file(`files/${name}`), 'utf8');
    for (const name of ['job', 'restore']) fs.mkdirSync(this.file(name));
    for (const name of ['backup.sh', 'retention.sh', 'check.sh', 'choose.sh']) fs.cpSync(this.file(`files/${name}`), this.file(`job/${name}`));
    fs.writeFileSync(this.file('job/dump.sh'), script('clone.sh'));
    fs.writeFileSync(this.file('restore/restore.sh'), script('restore-clone.sh'));
    for (const name of ['physical-backup.sh', 'adopt.sh']) fs.writeFileSync(this.file(`restore/${name}`), script(name));
    fs.writeFileSync(this.file('restore/choose.sh'), script('choose.sh') + script('choose-alone.sh'));
    fs.renameSync(this.file('files/start.sh'), this.file('files/serve.sh'));
    fs.writeFileSync(this.file('files/start.sh'), script('start-with-clone.sh'));
    fs.writeFileSync(this.file('other-user'), "o'ne");
    fs.writeFileSync(this.file('other-password'), 'an\\o"the\'r');
  }

  /** Makes a physical backup; the last three are kept. */
  public backUpFiles(env: NodeJS.ProcessEnv = {}): SpawnSyncReturns<string> {
    return this.run('bash job/backup.sh', [], this.job(env), 200);
  }

  /** Starts to make one, without waiting for it. */
  public startBackup(env: NodeJS.ProcessEnv = {}): ReturnType<RealSql['archive']> {
    return this.spawn('exec bash job/backup.sh', this.job(env));
  }

  /** Restores into the folder `restored`, as it is, as the container before `prepare` does. */
  public restoreFiles(env: NodeJS.ProcessEnv = {}): SpawnSyncReturns<string> {
    return this.run('bash restore/restore.sh "$@"', this.restoreArguments, this.restoring(env), 200);
  }

  public startRestore(env: NodeJS.ProcessEnv = {}): ReturnType<RealSql['archive']> {
    return this.spawn(`exec bash restore/restore.sh ${this.restoreArguments.slice(1).map(argument => `'${argument}'`).join(' ')}`, this.restoring(env));
  }

  /** Whether no process has the lock. */
  public isFree(lock: string): boolean {
    return this.run('flock -n "$0" true', [this.file(lock)]).status === 0;
  }

  private job(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
    return { BACKUPS: this.file('store/shop/physical'), KEEP_COUNT: '3', KEEP_SECONDS: '0', PRODUCT: 'mysql', ...env };
  }

  private get restoreArguments(): string[] {
    return ['bash', '--no-defaults', ...AS_ROOT, ...MYSQL.options, ...this.ofRestored(), '--log-bin=binlog', '--innodb-buffer-pool-size=32M'];
  }

  private restoring(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
    fs.mkdirSync(this.file('restored'), { recursive: true });
    return {
      HOSTNAME: 'restored-0',
      FILES: this.file('files'),
      DATA_PATH: this.file('restored'),
      BACKUPS: this.file('store/shop'),
      BACKUP: 'latest',
      UNTIL: '',
      PRODUCT: 'mysql',
      USERNAME_FILE: this.file('other-user'),
      PASSWORD_FILE: this.file('other-password'),
      ...env,
    };
  }
}
