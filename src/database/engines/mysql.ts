import { Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { CONNECTION, DATA_PATH, firstStartProbe, mysqlArguments, mysqlParameters, requireOwnDatabase, START } from './mysql-family';
import { within } from '../../private/probe-budget';
import { mebibytes } from '../../private/quantity';
import { DatabaseRequest, DatabaseServer, IDatabaseEngine } from '../database-engine';
import { MysqlVersion } from '../mysql-version';

/** Over the network, where the temporary server of the first init does not listen. A refused login is an answer too. */
const PING = 'mysqladmin ping -h 127.0.0.1';

/** MySQL by the official image, as a single instance. */
export class MysqlEngine implements IDatabaseEngine {
  public readonly name = 'mysql';
  public readonly port = 3306;
  public readonly maxReadReplicas = 0;

  public constructor(private readonly version: MysqlVersion) {}

  public bind(request: DatabaseRequest): DatabaseServer {
    requireOwnDatabase(request);
    const memory = mebibytes(request.memory);
    return {
      image: request.image ?? this.version._image,
      user: 999,
      dataPath: DATA_PATH,
      command: ['bash', `${request.filesPath}/start.sh`, 'mysqld'],
      args: mysqlArguments(mysqlParameters(request, memory, { product: 'MySQL', base: 512 })),
      files: { 'start.sh': START },
      env: {
        MYSQL_DATABASE: request.databaseName,
        MYSQL_USER_FILE: request.usernameFile,
        MYSQL_PASSWORD_FILE: request.passwordFile,
        MYSQL_ROOT_PASSWORD_FILE: request.passwordFile,
        MYSQL_ROOT_HOST: 'localhost', // the socket only
      },
      writablePaths: ['/var/run/mysqld', '/tmp', '/var/lib/mysql-files'],
      startup: kplus.Probe.fromCommand(firstStartProbe(PING), within(Duration.minutes(30))),
      readiness: kplus.Probe.fromCommand(PING.split(' '), within(Duration.seconds(15))),
      liveness: kplus.Probe.fromTcpSocket({ port: this.port, ...within(Duration.minutes(1), Duration.seconds(10)) }), // answers under any load
      connection: CONNECTION,
      terminationGrace: Duration.minutes(2),
    };
  }
}
