import { App, Chart, Cron, Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import * as fc from 'fast-check';
import { labels, optional, setNames, sizes, statefulPods, storages } from './arbitraries';
import {
  BackupDestination, BackupMethod, BackupProps, BackupRetention, BackupVerification, DatabaseEngine, MariadbVersion, MysqlVersion, ObjectStoreOptions,
  PersistentVolumeClaim, PostgresVersion, RedisDatabase, RedisFlavor, RedisTopology, RestoreSource, StatefulDatabase, StatefulPodsProps, StorageProps,
} from 'cdk8s-stateful';

/** Random backups of every product: objects of classes are made when an input is used. */

/** What databases of all products have in common. */
interface DatabaseProps extends StatefulPodsProps {
  readonly storage: StorageProps;
  readonly resources: kplus.ContainerResources;
  readonly restoreFrom?: RestoreSource;
}

/** A database of some product, as far as its backups go. */
export interface BackedUpProduct {
  readonly create: (chart: Chart, id: string, props: DatabaseProps) => StatefulDatabase | RedisDatabase;
  /** How it is backed up to files. */
  readonly methods: readonly BackupMethod[];
  /** Which backups its log continues, if it can be archived, and the image that this needs. */
  readonly log?: { readonly method: BackupMethod; readonly image?: string; readonly synchronous?: boolean };
  /** Whether its physical backups can be incremental. */
  readonly increments?: boolean;
  /** Whether a snapshot of a volume has all data. */
  readonly snapshots: boolean;
}

const { DUMP, PHYSICAL } = BackupMethod;

const postgres: fc.Arbitrary<BackedUpProduct> = fc.record({
  version: fc.constantFrom(PostgresVersion.V16, PostgresVersion.V17, PostgresVersion.V18),
  readReplicas: fc.integer({ min: 0, max: 2 }),
  synchronous: fc.boolean(),
  increments: fc.boolean(),
}).map(({ version, readReplicas, synchronous, increments: wanted }) => {
  const increments = wanted && version.major >= 17;
  const parameters: { [name: string]: string } = increments ? { summarize_wal: 'on' } : {};
  return {
    create: (chart, id, props) => new StatefulDatabase(chart, id, {
      ...props, readReplicas, parameters, engine: DatabaseEngine.postgres({ version }),
    }),
    methods: [DUMP, PHYSICAL],
    log: { method: PHYSICAL, synchronous },
    increments,
    snapshots: true,
  };
});

const mysql: fc.Arbitrary<BackedUpProduct> = fc.constantFrom(MysqlVersion.V8_4, MysqlVersion.V9_7).map(version => ({
  create: (chart, id, props) => new StatefulDatabase(chart, id, {
    ...props, engine: DatabaseEngine.mysql({ version }), parameters: { log_bin: 'binlog', gtid_mode: 'ON' },
  }),
  methods: [DUMP, PHYSICAL],
  log: { method: DUMP, image: 'percona/percona-server:1' },
  snapshots: true,
}));

const mariadb: fc.Arbitrary<BackedUpProduct> = fc.constantFrom(MariadbVersion.V10_11, MariadbVersion.V11_4, MariadbVersion.V11_8).map(version => ({
  create: (chart, id, props) => new StatefulDatabase(chart, id, {
    ...props,
    storage: { ...props.storage, accessMode: kplus.PersistentVolumeAccessMode.READ_WRITE_ONCE }, // which physical backups need
    engine: DatabaseEngine.mariadb({ version }),
    parameters: { log_bin: 'binlog' },
  }),
  methods: [DUMP, PHYSICAL],
  log: { method: DUMP },
  snapshots: true,
}));

const redis: fc.Arbitrary<BackedUpProduct> = fc.record({
  flavor: fc.constantFrom(...Object.values(RedisFlavor)),
  sentinel: fc.option(fc.record({ replicas: fc.integer({ min: 1, max: 3 }), dataLink: fc.boolean() }), { nil: undefined }),
}).map(({ flavor, sentinel }) => ({
  create: (chart, id, props) => new RedisDatabase(chart, id, { ...props, flavor, topology: sentinel && RedisTopology.sentinel(sentinel) }),
  methods: [DUMP],
  snapshots: sentinel === undefined,
}));

export const backedUpProducts = fc.oneof(postgres, mysql, mariadb, redis);

/** Large enough for the servers of all products, whatever their settings here. */
const LEAST_VOLUME = Size.gibibytes(4);
const LEAST_MEMORY = Size.gibibytes(1);

const serverResources = fc.integer({ min: LEAST_MEMORY.toMebibytes(), max: 1100 }).map(limit => ({ memory: { limit: Size.mebibytes(limit) } }));
const storageClasses = labels.map(name => ({ name }));
const seconds = (min: number) => fc.integer({ min, max: 1_000_000 }).map(amount => Duration.seconds(amount));

/** What a container of a Job may use: a request that is the limit, or is left out. */
const jobResources: fc.Arbitrary<kplus.ContainerResources> = fc.record({
  cpu: fc.integer({ min: 1, max: 4000 }).map(amount => ({ request: kplus.Cpu.millis(amount) })),
  memory: fc.tuple(sizes, fc.boolean()).map(([limit, request]) => ({ limit, ...request && { request: limit } })),
  ephemeralStorage: sizes.map(request => ({ request })),
}, { requiredKeys: [] });

const schedules = fc.constantFrom(Cron.daily(), Cron.hourly(), Cron.weekly(), Cron.schedule({ minute: '*/7', hour: '3-5', weekDay: '1,5' }));

/** Names that the objects of one test may have together: they begin with different letters. */
const named = (first: string) => setNames.map(name => `${first}${name.slice(0, 30)}x`);

/** The Pods and the volume of a database. */
export const databases = fc.record({
  pods: statefulPods,
  name: named('d'),
  egress: fc.boolean(),
  registry: fc.option(labels.map(name => kplus.Secret.fromSecretName(new App(), 'Registry', name)), { nil: undefined }),
  storage: storages(LEAST_VOLUME),
  resources: serverResources,
}).map(({ pods, registry: dockerRegistryAuth, ...props }) => ({ ...pods, ...props, dockerRegistryAuth }));

/** The name of a database that is restored beside it. */
export const restoredNames = named('r');

/** When, and how, `most` backups at most are made. */
export const backupSettings = (most: number): fc.Arbitrary<Omit<BackupProps, 'destination'>> => fc.record({
  schedule: schedules,
  keep: optional<BackupRetention>({ count: fc.integer({ min: 1, max: most }), age: seconds(1) }),
  name: named('b'),
  timeZone: fc.constantFrom('Asia/Tokyo', 'Europe/Berlin', 'Etc/UTC'),
  suspend: fc.boolean(),
  deadline: seconds(60),
  resources: jobResources,
}, { requiredKeys: ['schedule'] });

export const verifications: fc.Arbitrary<BackupVerification> = fc.record({
  schedule: schedules,
  query: fc.string({ maxLength: 200 }).filter(query => query.trim() !== ''),
  name: named('v'),
  scratchSize: fc.integer({ min: LEAST_VOLUME.toMebibytes(), max: 65536 }).map(amount => Size.mebibytes(amount)),
  scratchClass: storageClasses,
  resources: serverResources,
  deadline: seconds(60),
}, { requiredKeys: ['schedule'] });

export const logArchives = fc.record({
  storage: storages(Size.gibibytes(1)),
  name: named('a'),
  resources: jobResources,
}, { requiredKeys: [] });

const objectStores: fc.Arbitrary<Omit<ObjectStoreOptions, 'config'>> = fc.record({
  remote: fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.+@ -]{0,20}$/),
  path: fc.stringMatching(/^[!-.0-~][!-~]{0,30}$/),
  configKey: fc.stringMatching(/^[-_a-zA-Z0-9]([-._a-zA-Z0-9]{0,40}[-_a-zA-Z0-9])?$/),
  stagingSize: sizes,
  stagingClass: storageClasses,
  image: fc.constant('rclone:1'),
}, { requiredKeys: ['remote', 'path'] });

/** Where files go: a claim of the chart, or an object store. */
export const fileDestinations: fc.Arbitrary<(chart: Chart) => BackupDestination> = fc.oneof(
  sizes.map(size => (chart: Chart) => BackupDestination.claim(new PersistentVolumeClaim(chart, 'Backups', { size }))),
  objectStores.map(store => (chart: Chart) => BackupDestination.objectStore({ ...store, config: kplus.Secret.fromSecretName(chart, 'Rclone', 'rclone') })),
);
