import { Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { CONNECTION, DATA_PATH, firstStartProbe, mysqlArguments, mysqlParameters, requireOwnDatabase, START } from './mysql-family';
import { within } from '../../private/probe-budget';
import { mebibytes } from '../../private/quantity';
import { DatabaseRequest, DatabaseServer, IDatabaseEngine } from '../database-engine';
import { MariadbVersion } from '../mariadb-version';

/** The image's own check, over the network, where the temporary server of the first init does not listen. */
const CHECK = 'healthcheck.sh --connect --innodb_initialized';

/** MariaDB by the official image, as a single instance. */
export class MariadbEngine implements IDatabaseEngine {
  public readonly name = 'mariadb';
  public readonly port = 3306;
  public readonly maxReadReplicas = 0;

  public constructor(private readonly version: MariadbVersion) {}

  public bind(request: DatabaseRequest): DatabaseServer {
    requireOwnDatabase(request);
    const memory = mebibytes(request.memory);
    const parameters = mysqlParameters(request, memory, { product: 'MariaDB', base: 256 });
    return {
      image: request.image ?? this.version._image,
      user: 999,
      dataPath: DATA_PATH,
      command: ['bash', `${request.filesPath}/start.sh`, 'mariadbd'],
      args: mysqlArguments({ ...parameters, ignore_db_dir: 'lost+found' }), // MySQL ignores this folder of a fresh disk by itself
      files: { 'start.sh': START },
      env: {
        MARIADB_DATABASE: request.databaseName,
        MARIADB_USER_FILE: request.usernameFile,
        MARIADB_PASSWORD_FILE: request.passwordFile,
        MARIADB_ROOT_PASSWORD_FILE: request.passwordFile,
        MARIADB_ROOT_HOST: 'localhost', // the socket only
        MARIADB_AUTO_UPGRADE: '1', // else a newer release runs on the old system tables
      },
      writablePaths: ['/run/mysqld', '/tmp'],
      startup: kplus.Probe.fromCommand(firstStartProbe(CHECK), within(Duration.minutes(30))),
      readiness: kplus.Probe.fromCommand(CHECK.split(' '), within(Duration.seconds(15))),
      liveness: kplus.Probe.fromTcpSocket({ port: this.port, ...within(Duration.minutes(1), Duration.seconds(10)) }), // answers under any load
      connection: CONNECTION,
      terminationGrace: Duration.minutes(2),
    };
  }
}
