import { Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { postgresCopies, postgresDumps, postgresSnapshots } from './backups';
import { HBA_FILE, HUGE_PAGES, MAX_STANDBYS, MIN_MEMORY, MIN_STORAGE, postgresArguments, postgresParameters, sharedMemoryMiB } from './parameters';
import { POSTGRES_SETTINGS } from './setting-names';
import * as scripts from './shell';
import { invalid } from '../../../base/errors';
import { mebibytes } from '../../../base/quantity';
import type { MemberGroup } from '../../../kit/design';
import { EndpointTarget } from '../../../kit/endpoint-target';
import { FOUNDING_SH, LOCK_SH } from '../../../kit/founding/shell';
import { settingsOf } from '../../../kit/listed-settings';
import { MemberMount } from '../../../kit/member-mount';
import { plainEnv } from '../../../kit/plain-env';
import { within } from '../../../kit/probe-budget';
import { Members } from '../../../workload/members';
import type { DatabaseDesign, DatabaseRequest, IDatabaseEngine } from '../../i-database-engine';
import type { PostgresVersion } from '../../postgres-version';
import { type ConnectionNames, FILES_PATH, PASSWORD_FILE, commonConnection, commonMounts, USERNAME_FILE } from '../common';
import type { Parameters } from '../server-parameters';

const PORT = 5432;

/** The default termination grace period, in which the server writes its memory to disk. */
const GRACE = Duration.minutes(2);

/** @see https://www.postgresql.org/docs/current/libpq-envars.html */
const CONNECTION: ConnectionNames = { host: 'PGHOST', port: 'PGPORT', databaseName: 'PGDATABASE', username: 'PGUSER', password: 'PGPASSWORD' };

/** The scripts, with the files that they source. */
const FILES = {
  'pg_hba.conf': HBA_FILE,
  'founding.sh': FOUNDING_SH,
  'lock.sh': LOCK_SH,
  'member.sh': scripts.MEMBER_SH,
  'volume.sh': scripts.VOLUME_SH,
  'verify.sh': scripts.VERIFY_SH,
  'standby.sh': scripts.STANDBY_SH,
  'recover.sh': scripts.RECOVER_SH,
  'prepare.sh': scripts.PREPARE_SH,
  'decide.sh': scripts.DECIDE_SH,
  'serve.sh': scripts.SERVE_SH,
  'gate.sh': scripts.GATE_SH,
  'is-started.sh': scripts.IS_STARTED_SH,
  'is-ready.sh': scripts.IS_READY_SH,
  'is-alive.sh': scripts.IS_ALIVE_SH,
  'before-stop.sh': scripts.BEFORE_STOP_SH,
};

/** PostgreSQL from the official image, with the primary at ordinal 0 and streaming standbys. */
export class PostgresEngine implements IDatabaseEngine {
  public readonly name = 'postgres';

  /** @param maxStaleness the maximum age of the data that a standby serves; unlimited if undefined */
  public constructor(private readonly version: PostgresVersion, private readonly maxStaleness?: Duration) {}

  public design(request: DatabaseRequest): DatabaseDesign {
    this.require(request);
    const { names, readReplicas } = request;
    const port: kplus.ContainerPort = { name: this.name, number: PORT };
    const parameters = this.parametersOf(request);
    const image = this.imageOf(request);
    const backups = { request, image, user: userOf(image), port: PORT, major: this.version.major, data: `${this.dataPath()}/pgdata`, parameters };
    return {
      groups: [this.members(request, port, parameters)],
      write: { name: names.serviceName(), group: names, ports: [port], target: EndpointTarget.member(0) },
      read: readReplicas === 0 ? undefined : { name: names.serviceName('read'), group: names, ports: [port] },
      connection: commonConnection(request, PORT, CONNECTION),
      dumps: postgresDumps(backups),
      physical: postgresCopies(backups),
      snapshots: postgresSnapshots(),
    };
  }

  private members(request: DatabaseRequest, port: kplus.ContainerPort, parameters: Parameters): MemberGroup {
    const { names, resources, startupBudget } = request;
    const image = this.imageOf(request);
    const dataPath = this.dataPath();
    const memory = mebibytes(request.memory);
    const grace = request.terminationGrace ?? GRACE;
    const server = { image, args: postgresArguments(parameters), env: plainEnv(this.environment(request, dataPath, parameters)), resources };
    return {
      names,
      members: Members.replicas(1 + request.readReplicas),
      user: userOf(image),
      terminationGrace: GRACE,
      mounts: [
        ...commonMounts(request, dataPath, FILES),
        MemberMount.folder('/var/run/postgresql'),
        MemberMount.folder('/tmp'),
        MemberMount.sharedMemory(Size.mebibytes(sharedMemoryMiB(memory))),
        MemberMount.memberCount(),
      ],
      prepare: [{ ...server, name: 'prepare', command: script('prepare') }],
      containers: [{
        ...server,
        name: this.name,
        command: script('serve'),
        ports: [port],
        startup: kplus.Probe.fromCommand(script('is-started'), within(startupBudget)),
        readiness: kplus.Probe.fromCommand(script('is-ready'), { ...within(Duration.seconds(15)), timeoutSeconds: Duration.seconds(10) }),
        liveness: kplus.Probe.fromCommand(script('is-alive'), within(Duration.minutes(1), Duration.seconds(10))),
        preStop: script('before-stop', `${Math.floor(grace.toSeconds({ integral: false }) / 2)}`),
      }],
    };
  }

  private parametersOf(request: DatabaseRequest): Parameters {
    return postgresParameters({
      path: request.path,
      name: request.names.set,
      memory: mebibytes(request.memory),
      storage: mebibytes(request.storage.size),
      standbys: request.readReplicas,
      hbaFile: `${FILES_PATH}/pg_hba.conf`,
      parameters: request.parameters,
      allowed: { list: settingsOf(POSTGRES_SETTINGS, 'PostgreSQL', `${this.version.major}`), unlisted: request.unlistedSettings },
    });
  }

  private imageOf({ image }: DatabaseRequest): string {
    return image ?? this.version._image;
  }

  private environment(
    { names, databaseName, readReplicas }: DatabaseRequest, dataPath: string, { huge_pages: hugePages }: Parameters,
  ): { [name: string]: string } {
    return {
      PGDATA: `${dataPath}/pgdata`, // not the mount path itself: initdb rejects the lost+found of a new disk
      POSTGRES_USER_FILE: USERNAME_FILE,
      POSTGRES_PASSWORD_FILE: PASSWORD_FILE,
      POSTGRES_DB: databaseName,
      POSTGRES_INITDB_ARGS: `--data-checksums --set huge_pages=${/^(on|try)$/.test(hugePages) ? hugePages : HUGE_PAGES}`,
      PGPASSFILE: '/tmp/.pgpass',
      PGSERVICEFILE: '/tmp/.pg_service.conf',
      ...names.haveDnsNames || readReplicas > 0
        ? { PRIMARY_HOST: names.podDnsName(0), MEMBERS_HOST: names.domain }
        : { PRIMARY_HOST: names.podName(0), MEMBERS_HOST: names.set }, // a single member asks nobody
      ...this.maxStaleness && { MAX_STALENESS: `${this.maxStaleness.toSeconds()}` },
    };
  }

  /**
   * The mount path, which must be exactly the path that the image declares as its volume. Otherwise the container runtime would mount an
   * anonymous volume there, even inside our mount, and delete it with the container.
   */
  private dataPath(): string {
    return this.version.major >= 18 ? '/var/lib/postgresql' : '/var/lib/postgresql/data';
  }

  private require(request: DatabaseRequest): void {
    if (request.readReplicas > MAX_STANDBYS) {
      throw invalid(request.path, { property: 'readReplicas', got: request.readReplicas, expected: `at most ${MAX_STANDBYS} for ${this.name}` });
    }
    const memory = mebibytes(request.memory);
    if (memory < MIN_MEMORY) {
      throw invalid(request.path, { property: 'resources.memory.limit', got: `${memory}Mi`, expected: `at least ${MIN_MEMORY}Mi for PostgreSQL` });
    }
    const storage = mebibytes(request.storage.size);
    if (storage < MIN_STORAGE) {
      throw invalid(request.path, { property: 'storage.size', got: `${storage}Mi`, expected: `at least ${MIN_STORAGE}Mi for PostgreSQL: the initial databases and the WAL fill half of that` });
    }
    if (/^template[01]$/.test(request.databaseName)) {
      throw invalid(request.path, { property: 'databaseName', got: request.databaseName, expected: 'a name that is not reserved by PostgreSQL' });
    }
  }
}

/** The user of an image flavor, which owns the data: one flavor cannot open the data of another. */
function userOf(image: string): number {
  return image.slice(image.lastIndexOf('/') + 1).includes('alpine') ? 70 : 999;
}

/** The command that runs a script. */
function script(name: string, ...args: string[]): string[] {
  return ['bash', `${FILES_PATH}/${name}.sh`, ...args];
}
