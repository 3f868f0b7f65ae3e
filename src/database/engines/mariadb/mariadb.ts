import { Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { binaryLogDefaults, mariadbLog } from './binary-log';
import { mariadbCopies } from './copies';
import { MARIADB_SETTINGS } from './setting-names';
import { ANSWERS_SH } from './shell';
import { lineOf, settingsOf } from '../../../kit/listed-settings';
import { within } from '../../../kit/probe-budget';
import type { DatabaseDesign, DatabaseRequest, IDatabaseEngine } from '../../i-database-engine';
import type { MariadbVersion } from '../../mariadb-version';
import { PASSWORD_FILE, USERNAME_FILE } from '../common';
import { ANSWERS, mysqlArguments, requireOwnDatabase, singleInstance } from '../mysql/family';
import type { Footprint } from '../mysql/memory';
import { valueOf } from '../mysql/parameter-names';
import { mysqlParameters } from '../mysql/parameters';

/** Directories on the volume that MariaDB, unlike MySQL, would list as databases. */
const NO_DATABASES = ['lost+found', '.tmp'];

const FOOTPRINT: Footprint = {
  product: 'MariaDB',
  base: 256,
  performanceSchema: { on: false, size: 128 },
  buffers: { thread_stack: 0.3, sort_buffer_size: 2, join_buffer_size: 0.25, read_buffer_size: 0.125, read_rnd_buffer_size: 0.25 },
};

/** MariaDB as a single instance of the official image. */
export class MariadbEngine implements IDatabaseEngine {
  public readonly name = 'mariadb';

  public constructor(private readonly version: MariadbVersion) {}

  public design(request: DatabaseRequest): DatabaseDesign {
    requireOwnDatabase(request);
    const list = settingsOf(MARIADB_SETTINGS, FOOTPRINT.product, lineOf(this.version.version, 2));
    const given = mysqlParameters(request, FOOTPRINT, list);
    const parameters = { ...valueOf(given, 'log_bin') === undefined ? {} : binaryLogDefaults(given), ...given };
    const image = request.image ?? this.version._image;
    const args = [...mysqlArguments(parameters), ...NO_DATABASES.map(folder => `--ignore-db-dir=${folder}`)];
    return singleInstance(request, {
      name: this.name,
      image,
      program: 'mariadbd',
      args,
      env: {
        MARIADB_DATABASE: request.databaseName,
        MARIADB_USER_FILE: USERNAME_FILE,
        MARIADB_PASSWORD_FILE: PASSWORD_FILE,
        MARIADB_ROOT_PASSWORD_FILE: PASSWORD_FILE,
        MARIADB_ROOT_HOST: 'localhost', // the socket only
        MARIADB_AUTO_UPGRADE: '1', // otherwise a newer release would run with the old system tables
      },
      answers: ANSWERS_SH,
      tools: { CLIENT: 'mariadb', DUMP: 'mariadb-dump', DUMP_OPTIONS: '--skip-ssl' },
      writablePaths: ['/run/mysqld', '/tmp'],
      log: mariadbLog(request, parameters, image),
      copies: mariadbCopies(this.name, parameters, args),
      // A TCP probe would write a line to the log each time. Starting a client can be slow under load, hence five minutes.
      liveness: kplus.Probe.fromCommand(ANSWERS, within(Duration.minutes(5), Duration.seconds(30))),
    });
  }
}
