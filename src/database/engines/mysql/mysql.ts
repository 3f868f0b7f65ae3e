import { Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { identifierDefaults, mysqlLog } from './binary-log';
import { mysqlCopies } from './copies';
import { mysqlArguments, PORT, requireOwnDatabase, singleInstance } from './family';
import type { Footprint } from './memory';
import { valueOf } from './parameter-names';
import { mysqlParameters } from './parameters';
import { MYSQL_SETTINGS } from './setting-names';
import { ANSWERS_SH } from './shell';
import { lineOf, settingsOf } from '../../../kit/listed-settings';
import { within } from '../../../kit/probe-budget';
import type { DatabaseDesign, DatabaseRequest, IDatabaseEngine } from '../../i-database-engine';
import type { MysqlVersion } from '../../mysql-version';
import { PASSWORD_FILE, USERNAME_FILE } from '../common';
import type { Parameters } from '../server-parameters';

const FOOTPRINT: Footprint = {
  product: 'MySQL',
  base: 512,
  performanceSchema: { on: true, size: 192 },
  buffers: { thread_stack: 1, sort_buffer_size: 0.25, join_buffer_size: 0.25, read_buffer_size: 0.125, read_rnd_buffer_size: 0.25 },
  chunks: true,
  temporaryTables: 'temptable_max_ram', // by default at least 1 GiB, regardless of the memory limit
};

/** The seccomp profile of the Pod denies NUMA interleaving, and MySQL would log that for each chunk of the buffer pool. */
const DEFAULTS: Parameters = { innodb_numa_interleave: 'OFF' };

/** MySQL as a single instance of the official image. */
export class MysqlEngine implements IDatabaseEngine {
  public readonly name = 'mysql';

  public constructor(private readonly version: MysqlVersion) {}

  public design(request: DatabaseRequest): DatabaseDesign {
    requireOwnDatabase(request);
    const list = settingsOf(MYSQL_SETTINGS, FOOTPRINT.product, lineOf(this.version.version, 2));
    const given = mysqlParameters(request, FOOTPRINT, list);
    const parameters = { ...DEFAULTS, ...identifierDefaults(given), ...given };
    const image = request.image ?? this.version._image;
    return singleInstance(request, {
      name: this.name,
      image,
      program: 'mysqld',
      args: [...valueOf(parameters, 'log_bin') === undefined ? ['--skip-log-bin'] : [], ...mysqlArguments(parameters)],
      env: {
        MYSQL_DATABASE: request.databaseName,
        MYSQL_USER_FILE: USERNAME_FILE,
        MYSQL_PASSWORD_FILE: PASSWORD_FILE,
        MYSQL_ROOT_PASSWORD_FILE: PASSWORD_FILE,
        MYSQL_ROOT_HOST: 'localhost', // the socket only
      },
      answers: ANSWERS_SH,
      tools: { CLIENT: 'mysql', DUMP: 'mysqldump', DUMP_OPTIONS: '--set-gtid-purged=OFF' },
      log: mysqlLog(request, parameters, image),
      copies: mysqlCopies(this.name, parameters),
      writablePaths: ['/var/run/mysqld', '/tmp', '/var/lib/mysql-files'],
      liveness: kplus.Probe.fromTcpSocket({ port: PORT, ...within(Duration.minutes(1), Duration.seconds(10)) }), // answers under any load
    });
  }
}
