import { Running } from './real-server';
import { RealSql, SqlProduct } from './real-sql';

/** What the server has of the rows that were written. */
export const COUNT = 'select count(*), max(id) from data';

/** Where the runs of the archive are. */
export const LOG = 'store/shop/log';

/** The beginning of a second, after everything that was written so far, and before anything that comes. */
export async function moment(): Promise<string> {
  await new Promise(resolve => setTimeout(resolve, 1000 - Date.now() % 1000 + 20));
  return `${new Date().toISOString().slice(0, 19)}.000000Z`;
}

/** A server of this machine with a table, whose binary log is archived. */
export class ArchivedSql extends RealSql {
  public static async create(product: SqlProduct): Promise<ArchivedSql> {
    const server = new ArchivedSql(product);
    await server.begin();
    return server;
  }

  /** The last row that was written. */
  public written = 0;

  /** Starts another server: the one that was there before is lost. */
  public async begin(): Promise<void> {
    await this.found();
    this.sql('create table data (id int primary key)');
    this.written = 0;
  }

  /** Writes rows, each of which is acknowledged when its statement returns. */
  public write(rows = 5): void {
    for (let i = 0; i < rows; i++) this.sql(`insert into data values (${++this.written})`);
  }

  /** The answer to COUNT of a server that has all of them. */
  public get all(): string {
    return `${this.written}\t${this.written}`;
  }

  public async startArchiver(): Promise<Running> {
    const archiver = this.archive();
    await archiver.said('receiving the binary log');
    return archiver;
  }

  public get runs(): string[] {
    return this.list(LOG);
  }

  public filesOf(run: string): string[] {
    return this.list(`${LOG}/${run}`).filter(name => name.startsWith('binlog.'));
  }

  /** Makes a dump, and returns its name. */
  public dump(): string {
    const { status, stderr } = this.backup();
    expect({ status, stderr }).toMatchObject({ status: 0 });
    return /backup (\S+) is complete/.exec(stderr)?.[1] ?? '';
  }

  /** What a restored server answers. */
  public async restored(env: NodeJS.ProcessEnv, statements: readonly string[] = [COUNT], options?: readonly string[]): Promise<string[]> {
    const { status, stderr, answers } = await this.restore(env, statements, options);
    expect({ status, stderr }).toMatchObject({ status: 0 });
    return answers;
  }

  /** Expects a restore to be refused. */
  public async refused(env: NodeJS.ProcessEnv, reason: RegExp): Promise<void> {
    const { status, stderr } = await this.restore(env);
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringMatching(reason) as string });
  }
}
