import { Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { HBA_FILE, MAX_STANDBYS, MIN_MEMORY, postgresArguments, postgresParameters, sharedMemoryMiB } from './postgres-parameters';
import { IS_READY, PREPARE, SERVE } from './postgres-scripts';
import { invalid } from '../../private/errors';
import { within } from '../../private/probe-budget';
import { mebibytes } from '../../private/quantity';
import { DatabaseConnectionNames, DatabaseRequest, DatabaseServer, IDatabaseEngine } from '../database-engine';
import { PostgresVersion } from '../postgres-version';

/** How long a server may replay its log after a crash, or a standby may take to become consistent. */
const RECOVERY = Duration.minutes(30);

/** @see https://www.postgresql.org/docs/current/libpq-envars.html */
const CONNECTION: DatabaseConnectionNames = { host: 'PGHOST', port: 'PGPORT', databaseName: 'PGDATABASE', username: 'PGUSER', password: 'PGPASSWORD' };

/** PostgreSQL by the official image: the primary at ordinal 0, standbys that stream from it. */
export class PostgresEngine implements IDatabaseEngine {
  public readonly name = 'postgres';
  public readonly port = 5432;
  public readonly maxReadReplicas = MAX_STANDBYS;

  public constructor(private readonly version: PostgresVersion) {}

  public bind(request: DatabaseRequest): DatabaseServer {
    const memory = mebibytes(request.memory);
    this.require(request, memory);
    const image = request.image ?? this.version._image;
    const dataPath = this.dataPath();
    const isReady = `${request.filesPath}/is-ready.sh`;
    const parameters = postgresParameters({
      path: request.path,
      memory,
      storage: mebibytes(request.storage),
      standbys: request.readReplicas,
      hbaFile: `${request.filesPath}/pg_hba.conf`,
      parameters: request.parameters,
    });
    return {
      image,
      user: image.slice(image.lastIndexOf('/') + 1).includes('alpine') ? 70 : 999, // the number belongs to the flavour: data of one is not the other's
      dataPath,
      prepareCommand: ['bash', `${request.filesPath}/prepare.sh`],
      command: ['bash', `${request.filesPath}/serve.sh`],
      args: postgresArguments(parameters),
      files: { 'pg_hba.conf': HBA_FILE, 'prepare.sh': PREPARE, 'serve.sh': SERVE, 'is-ready.sh': IS_READY },
      env: {
        PGDATA: `${dataPath}/pgdata`, // not the mount itself: initdb refuses the lost+found of a fresh disk
        POSTGRES_USER_FILE: request.usernameFile,
        POSTGRES_PASSWORD_FILE: request.passwordFile,
        POSTGRES_DB: request.databaseName,
        POSTGRES_INITDB_ARGS: '--data-checksums',
        PGPASSFILE: '/tmp/.pgpass',
        PRIMARY_HOST: request.primaryHost,
        MEMBERS_HOST: request.membersHost,
      },
      writablePaths: ['/var/run/postgresql', '/tmp'],
      sharedMemory: Size.mebibytes(sharedMemoryMiB(memory)),
      startup: kplus.Probe.fromCommand(['bash', isReady], within(RECOVERY)),
      readiness: kplus.Probe.fromCommand(['bash', isReady], within(Duration.seconds(15))),
      liveness: kplus.Probe.fromCommand(['bash', '-c', `bash ${isReady}; [ $? -ne 2 ]`], within(Duration.minutes(1), Duration.seconds(10))),
      connection: CONNECTION,
      terminationGrace: Duration.minutes(2),
      podManagement: kplus.PodManagementPolicy.PARALLEL, // standbys wait for the primary by themselves
    };
  }

  /**
   * Exactly the folder that the image declares as its volume: a container runtime puts a volume of its own, which dies
   * with the container, over a declared folder that nothing is mounted to, be it within our mount.
   */
  private dataPath(): string {
    return this.version.major >= 18 ? '/var/lib/postgresql' : '/var/lib/postgresql/data';
  }

  private require(request: DatabaseRequest, memory: number): void {
    if (memory < MIN_MEMORY) {
      throw invalid(request.path, { property: 'resources.memory.limit', got: `${memory}Mi`, expected: `at least ${MIN_MEMORY}Mi for PostgreSQL` });
    }
    if (/^template[01]$/.test(request.databaseName)) {
      throw invalid(request.path, { property: 'databaseName', got: request.databaseName, expected: 'a name that PostgreSQL does not use itself' });
    }
  }
}
