import * as fs from 'node:fs';
import type { RealPostgres } from './real-postgres';

/** Where a server of `RealPostgres` has its physical backups. */
export const PHYSICAL = 'memory/store/orders/physical';

/** What makes a server record which blocks change. */
export const RECORDING = { summarize_wal: 'on' };

/** Makes incremental backups of a real server, and restores them. */
export class IncrementalBackups {
  public constructor(private readonly postgres: RealPostgres) {}

  /** Backs up, with up to two incremental backups after a full one. */
  public make(env: NodeJS.ProcessEnv = {}): { name: string; stderr: string; base?: string } {
    const { status, stderr } = this.postgres.backup(this.env(env));
    expect({ status, stderr }).toMatchObject({ status: 0 });
    const name = /backup (\S+) is complete/.exec(stderr)?.[1] ?? '';
    return { name, stderr, base: this.fact(name, 'since') };
  }

  /** What the Job is told. */
  public env(env: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
    return { FULL_EVERY: '3', CATALOG: this.postgres.file('memory/store/orders'), ...env };
  }

  /** What a new database has that begins with the newest backup, or with another one. */
  public async restored(env: NodeJS.ProcessEnv, ...statements: string[]): Promise<string[]> {
    const { status, stderr } = this.postgres.restore(env);
    expect({ status, stderr }).toMatchObject({ status: 0 });
    return this.postgres.askRestored(...statements);
  }

  private fact(name: string, key: string): string | undefined {
    return new RegExp(`^${key}: (.*)$`, 'm').exec(fs.readFileSync(this.postgres.file(`${PHYSICAL}/${name}/BACKUP`), 'utf8'))?.[1];
  }
}
