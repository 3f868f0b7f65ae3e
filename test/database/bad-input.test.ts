import { Chart, Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { newChart } from '../support/manifests';
import { expectInvalid, type Refusal } from '../support/refusals';
import {
  DatabaseCredentials, DatabaseEngine, MariadbVersion, MysqlVersion,
  PostgresVersion, Provisioner, StatefulDatabase, StatefulDatabaseProps, StorageClass, VolumeDataSource, VolumeSnapshot,
} from 'cdk8s-stateful';

type BadInput = [what: string, act: (chart: Chart) => void, refusal: Refusal];

const postgres = DatabaseEngine.postgres({ version: PostgresVersion.V17 });
const mysql = DatabaseEngine.mysql({ version: MysqlVersion.V9_7 });
const mariadb = DatabaseEngine.mariadb({ version: MariadbVersion.V11_8 });

const withProps = (props: Partial<StatefulDatabaseProps>, id = 'Orders') => (chart: Chart) => {
  new StatefulDatabase(chart, id, { engine: postgres, storage: { size: Size.gibibytes(20) }, ...props });
};
const withParameter = (name: string, value: string, engine = postgres) => withProps({ engine, parameters: { [name]: value } });
const memory = (limit: number, request = limit) => ({ memory: { limit: Size.mebibytes(limit), request: Size.mebibytes(request) } });
const tag = (least: string, hint = "With floating tags such as 'latest', the server would change without notice.") =>
  `expected an image tag that begins with a release of at least ${least}. ${hint}`;
const noEnsureInitdb = 'Older images have no docker-ensure-initdb.sh, which creates the database before the server starts.';
const nameOfDatabase = "expected at most 63 letters, digits and '_', not starting with a digit.";
const files = 'the library manages the locations of files.';

const refused: BadInput[] = [
  ['a name of 53 characters', withProps({ name: 'a'.repeat(53) }),
    `test/Orders: invalid 'name': got '${'a'.repeat(53)}', expected at most 52 characters: lower-case letters, digits and '-', beginning with a letter, ending with a letter or digit.`],
  ['two databases of one name', chart => { withProps({})(chart); withProps({ name: 'orders' }, 'Other')(chart); },
    "test/Other: the StatefulSet name 'orders' is already taken in the namespace 'shop' by test/Orders. Two sets of the same name would share their volumes: change the 'name' of one of them."],
  ['an empty database name', withProps({ databaseName: '' }), `test/Orders: invalid 'databaseName': got '', ${nameOfDatabase}`],
  ['a database name with a dash', withProps({ databaseName: 'my-app' }), `test/Orders: invalid 'databaseName': got 'my-app', ${nameOfDatabase}`],
  ['a database name of 64 letters', withProps({ databaseName: 'a'.repeat(64) }), `test/Orders: invalid 'databaseName': got '${'a'.repeat(64)}', ${nameOfDatabase}`],
  ['a database that PostgreSQL has', withProps({ databaseName: 'template1' }), "test/Orders: invalid 'databaseName': got 'template1', expected a name that is not reserved by PostgreSQL."],
  ['a database that MySQL has', withProps({ engine: mysql, databaseName: 'mysql' }), "test/Orders: invalid 'databaseName': got 'mysql', expected a name that is not reserved by the server."],
  ['a database that MariaDB has', withProps({ engine: mariadb, databaseName: 'Sys' }), "test/Orders: invalid 'databaseName': got 'Sys', expected a name that is not reserved by the server."],
  ['minus one read replica', withProps({ readReplicas: -1 }), "test/Orders: invalid 'readReplicas': got -1, expected a whole number of at least 0."],
  ['half a read replica', withProps({ readReplicas: 0.5 }), "test/Orders: invalid 'readReplicas': got 0.5, expected a whole number of at least 0."],
  ['more read replicas than the primary feeds', withProps({ readReplicas: 10 }), "test/Orders: invalid 'readReplicas': got 10, expected at most 9 for postgres."],
  ['a read replica of MySQL', withProps({ engine: mysql, readReplicas: 1 }),
    "test/Orders: invalid 'readReplicas': got 1, expected 0, because mysql runs as a single instance. Omit it, or use DatabaseEngine.postgres, which supports read replicas."],
  ['a shared volume', withProps({ storage: { size: Size.gibibytes(1), accessMode: kplus.PersistentVolumeAccessMode.READ_WRITE_MANY } }),
    "test/Orders: invalid 'storage.accessMode': got 'ReadWriteMany', expected ReadWriteOnce or ReadWriteOncePod. Two servers on one volume corrupt its data."],
  ['a volume that is a raw device', withProps({ storage: { size: Size.gibibytes(1), volumeMode: kplus.PersistentVolumeMode.BLOCK } }),
    "test/Orders: invalid 'storage.volumeMode': got 'Block', expected Filesystem. This product needs a file system: omit it."],
  ['file storage', chart => {
    const storageClass = new StorageClass(chart, 'Files', { provisioner: Provisioner.nfs({ server: 'nfs.example', share: '/exports' }) });
    withProps({ storage: { size: Size.gibibytes(1), storageClass } })(chart);
  }, "test/Orders: invalid 'storage.storageClass': got 'files', expected a class of block storage. "
    + 'A shared file system may acknowledge a write before it is on disk, and lose the end of a log: use block storage.'],
  ['replicas that all begin with one snapshot', chart => {
    const dataSource = VolumeDataSource.fromSnapshot(VolumeSnapshot.fromName(chart, 'Before', 'before'));
    withProps({ readReplicas: 1, storage: { size: Size.gibibytes(20), dataSource } })(chart);
  }, "test/Orders: all 2 members would start from the same 'storage.dataSource'. "
    + "Replicas copy the primary: restore only its claim, by a PersistentVolumeClaim named 'data-orders-0' with that source, and omit it here."],
  ['a volume of no size', withProps({ storage: { size: Size.gibibytes(0) } }),
    "test/Orders: invalid 'storage.size': got '0 bytes', expected at least 1 and less than 2^63 bytes, without a fraction. For example Size.gibibytes(20)."],
  ['too little memory for PostgreSQL', withProps({ resources: memory(128) }), "test/Orders: invalid 'resources.memory.limit': got '128Mi', expected at least 256Mi for PostgreSQL."],
  ['too little storage for PostgreSQL', withProps({ storage: { size: Size.mebibytes(128) } }), "test/Orders: invalid 'storage.size': got '128Mi', expected at least 256Mi for PostgreSQL: the initial databases"],
  ['too little memory for MySQL', withProps({ engine: mysql, resources: memory(512) }), "test/Orders: invalid 'resources.memory.limit': got '512Mi', expected at least 768Mi for MySQL."],
  ['too little memory for MariaDB', withProps({ engine: mariadb, resources: memory(256) }), "test/Orders: invalid 'resources.memory.limit': got '256Mi', expected at least 512Mi for MariaDB."],
  ['a memory request above the limit', withProps({ resources: memory(512, 1024) }), 'test/Orders: the memory request 1Gi exceeds the limit 512Mi. Set only the limit: the request is then equal to it.'],
  ['shared buffers beyond the memory', withParameter('shared_buffers', '2GB'),
    'test/Orders: shared_buffers 2GB, maintenance_work_mem 64MB, work_mem 2621kB, 100 connections of 2 MiB and 128 MiB of /dev/shm need 2443 MiB, but the memory limit is 1024 MiB. '
    + "Raise 'resources.memory.limit' or lower the parameters."],
  ['shared buffers in blocks beyond the memory', withParameter('shared_buffers', '262144'), 'test/Orders: shared_buffers 262144, maintenance_work_mem'],
  ['more connections than the memory holds', withParameter('max_connections', '500'), '500 connections of 2 MiB and 128 MiB of /dev/shm need 1449 MiB, but the memory limit is 1024 MiB'],
  ['a buffer pool beyond the memory', withParameter('innodb-buffer-pool-size', '1G', mysql),
    'test/Orders: 10 connections of 2.4 MiB, the 544 MiB that MySQL itself uses and a buffer pool of 1024 MiB exceed the memory limit of 1024 MiB.'],
  ['a size that is none', withParameter('work_mem', 'much'), "test/Orders: invalid 'parameters.work_mem': got 'much', expected a number with an optional unit: B, kB, MB, GB, TB."],
  ['a size in a unit that PostgreSQL does not know', withParameter('work_mem', '1M'), "got '1M', expected a number with an optional unit: B, kB, MB, GB, TB."],
  ['connections that are no number', withParameter('max_connections', 'many'), "test/Orders: invalid 'parameters.max_connections': got 'many', expected a whole number of at least 1."],
  ['too few WAL senders', withProps({ readReplicas: 2, parameters: { max_wal_senders: '5' } }), "test/Orders: invalid 'parameters.max_wal_senders': got '5', expected a whole number of at least 6."],
  ['a log that standbys cannot follow', withParameter('wal_level', 'minimal'),
    "test/Orders: invalid 'parameters.wal_level': got 'minimal', expected 'replica' or 'logical'. Standbys could not replicate."],
  ['a log that is kept without end', withParameter('max_slot_wal_keep_size', '-1'),
    "test/Orders: invalid 'parameters.max_slot_wal_keep_size': got '-1', expected a size above zero. Without a limit, the WAL kept for a standby that is down fills the volume of the primary, which then stops."],
  ['a log of standbys that is kept without end, with a unit', withParameter('max_slot_wal_keep_size', ' -1MB '), "got ' -1MB ', expected a size above zero."],
  ['a log of standbys of nothing', withParameter('max_slot_wal_keep_size', '0 MB'), "got '0 MB', expected a size above zero."],
  ['a log that standbys cannot follow, written otherwise', withParameter('WAL-Level', 'Minimal'), "test/Orders: invalid 'parameters.wal_level': got 'Minimal', expected"],
  ['shared buffers beyond the memory, written otherwise', withParameter('Shared_Buffers', '900GB'), 'test/Orders: shared_buffers 900GB, maintenance_work_mem'],
  ['more shared buffers than the memory holds, in a fraction', withParameter('shared_buffers', '1.5GB'), 'test/Orders: shared_buffers 1.5GB, maintenance_work_mem'],
  ['a parameter in two ways of writing', withProps({ parameters: { 'work_mem': '1MB', 'Work-Mem': '2MB' } }),
    "test/Orders: the parameters 'work_mem' and 'Work-Mem' are the same to the server. Omit one of them."],
  ['a buffer pool with and without a prefix', withProps({ engine: mysql, parameters: { 'innodb_buffer_pool_size': '1M', 'loose-innodb-buffer-pool-size': '9G' } }),
    "the parameters 'innodb_buffer_pool_size' and 'loose-innodb-buffer-pool-size' are the same to the server."],
  ['a buffer pool beyond the memory, with a prefix', withParameter('loose-innodb-buffer-pool-size', '1G', mysql), 'a buffer pool of 1024 MiB exceed the memory limit of 1024 MiB.'],
  ['a buffer pool in a fraction, which MySQL does not read', withParameter('innodb_buffer_pool_size', '0.1G', mysql), "got '0.1G', expected a number with an optional unit:"],
  ['a primary that waits for nobody', withParameter('Synchronous_standby_names', 'ANY 1 (*)'),
    "test/Orders: the parameter 'synchronous_standby_names' is 'ANY 1 (*)', which requires at least 1 of the named standbys, but there are no standbys, so all commits would wait indefinitely. "
    + "Increase 'readReplicas', or omit the parameter."],
  ['a primary that waits for two of one', withProps({ readReplicas: 1, parameters: { synchronous_standby_names: 'FIRST 2 ("orders-1", "orders-2")' } }),
    "test/Orders: the parameter 'synchronous_standby_names' is 'FIRST 2 (\"orders-1\", \"orders-2\")', which requires at least 2 of the named standbys, but it names 1 of orders-1, so all commits would wait indefinitely."],
  ['a primary that waits for a standby that is none of the set', withProps({ readReplicas: 1, parameters: { synchronous_standby_names: 'ANY 1 ("orders-2", standby)' } }),
    'which requires at least 1 of the named standbys, but it names 0 of orders-1, so all commits would wait indefinitely. Use the names of the Pods as names of the standbys, or omit the parameter.'],
  ['a primary that waits for anybody', withProps({ readReplicas: 2, parameters: { synchronous_standby_names: 'ANY 1 (*)' } }),
    "test/Orders: invalid 'parameters.synchronous_standby_names': got 'ANY 1 (*)', expected the names of standbys, such as 'ANY 1 (\"orders-1\", \"orders-2\")'. "
    + "'*' also matches physical backups, log archives and clones while they run: commits could be acknowledged that no standby has."],
  ['names of standbys that the server refuses', withProps({ readReplicas: 1, parameters: { synchronous_standby_names: 'ANY 1 (orders-1)' } }),
    "test/Orders: invalid 'parameters.synchronous_standby_names': got 'ANY 1 (orders-1)', expected a comma-separated list of names, alone or in ANY 1 (…) or FIRST 1 (…). "
    + "Names with '-' must be in double quotes: 'ANY 1 (\"orders-1\")'."],
  ...['max_wal_size', 'max_slot_wal_keep_size', 'wal_keep_size'].map((name): BadInput => [`${name} beyond the volume`, withParameter(name, '20GB'),
    `test/Orders: the parameter '${name}' is '20GB', but the volume has 20480 MiB: the WAL would fill it, and the server would stop. Raise 'storage.size'`]),
  ...['restore_command', 'recovery_target_time', 'recovery-target'].map((name): BadInput => [`${name}, which standbys are checked by`, withParameter(name, 'x'),
    `test/Orders: 'parameters.${name}' must not be set: standbys`]),
  ['a bound for staleness that no probe could keep', () => DatabaseEngine.postgres({ version: PostgresVersion.V17, maxStaleness: Duration.seconds(5) }),
    "DatabaseEngine.postgres: invalid 'maxStaleness': got '5 s', expected at least 30 s"],
  ['a parameter that is none', withParameter('work mem', '1MB'), "test/Orders: invalid 'parameters.work mem': got 'work mem', expected the name of a server parameter."],
  ['a parameter of two lines', withParameter('work_mem', '1MB\nfsync=off'), 'expected a single line of text. Quote numbers and booleans: \'100\', \'on\'.'],
  ['a parameter that is a number, from JavaScript', withProps(JSON.parse('{ "parameters": { "max_connections": 100 } }')),
    { where: 'test/Orders', property: 'parameters.max_connections', got: 100, allowed: 'a string', hint: "Quote it: '100'." }],
  ['another data directory', withParameter('data_directory', '/x'), `test/Orders: 'parameters.data_directory' must not be set: ${files}`],
  ['another hba file', withParameter('HBA_FILE', '/x'), `test/Orders: 'parameters.HBA_FILE' must not be set: ${files}`],
  ['another data directory, with dashes', withParameter('data-directory', '/x'), `test/Orders: 'parameters.data-directory' must not be set: ${files}`],
  ['half written pages', withParameter('full-page-writes', 'off'), "'parameters.full-page-writes' must not be set: a crash would corrupt committed data."],
  ['another primary', withParameter('primary_conninfo', 'host=x'), "'parameters.primary_conninfo' must not be set: each standby generates its own."],
  ['standbys that serve nothing', withParameter('hot_standby', 'off'), "'parameters.hot_standby' must not be set: standbys must serve reads to be ready."],
  ['a MySQL without a network', withParameter('skip-networking', 'on', mysql), "'parameters.skip-networking' must not be set: probes and clients connect over the network."],
  ['another port', withParameter('port', '1'), "test/Orders: 'parameters.port' must not be set: Services, probes and NetworkPolicies depend on it."],
  ['another address', withParameter('listen_addresses', 'localhost'), "'parameters.listen_addresses' must not be set: probes and clients connect over the network."],
  ['no fsync', withParameter('fsync', 'off'), "'parameters.fsync' must not be set: a crash would lose or corrupt committed data."],
  ['another data directory of MySQL', withParameter('datadir', '/x', mysql), `test/Orders: 'parameters.datadir' must not be set: ${files}`],
  ['the same with a prefix', withParameter('loose-bind-address', '::1', mariadb), "'parameters.loose-bind-address' must not be set: probes and clients connect over the network."],
  ['the beginning of a name that MySQL completes', withParameter('skip-grant', '1', mysql), "'parameters.skip-grant' must not be set: it would allow connections without a password."],
  ['a start-up of seconds', withProps({ startupBudget: Duration.seconds(30) }), "test/Orders: invalid 'startupBudget': got '30 seconds', expected at least one minute. "
    + 'Crash recovery takes minutes, and starts from the beginning if it is interrupted.'],
  ['an init script in a folder', withProps({ initScripts: { 'a/b.sql': '' } }), "test/Orders: invalid 'initScripts': got 'a/b.sql', expected a file name of letters, digits, '-', '_' and '.'."],
  ['an init script of 2 MiB', withProps({ initScripts: { 'a.sql': 'x'.repeat(2 ** 21) } }), "test/Orders: invalid 'initScripts': got '2097152 bytes', expected at most 1 MiB in total. Load larger data with a client."],
  ['a release that is none', () => { PostgresVersion.of('latest'); }, `PostgresVersion.of: invalid 'version': got 'latest', ${tag('16.2')}`],
  ['a PostgreSQL that is too old', () => { PostgresVersion.of('15.8'); }, `PostgresVersion.of: invalid 'version': got '15.8', ${tag('16.2', noEnsureInitdb)}`],
  ['a PostgreSQL whose image lacks a script', () => { PostgresVersion.of('16.1-bookworm'); }, `PostgresVersion.of: invalid 'version': got '16.1-bookworm', ${tag('16.2', noEnsureInitdb)}`],
  ['the first PostgreSQL 16', () => { PostgresVersion.of('16.0'); }, `PostgresVersion.of: invalid 'version': got '16.0', ${tag('16.2', noEnsureInitdb)}`],
  ['a MySQL that is too old', () => { MysqlVersion.of('8.0'); }, `MysqlVersion.of: invalid 'version': got '8.0', ${tag('8.4')}`],
  ['a MariaDB that is too old', () => { MariadbVersion.of('10.6'); }, `MariadbVersion.of: invalid 'version': got '10.6', ${tag('10.11')}`],
  ["a MariaDB on Red Hat's base", () => { MariadbVersion.of('11.8.8-ubi9'); }, "MariadbVersion.of: invalid 'version': got '11.8.8-ubi9', expected a tag of an image based on Ubuntu. "
    + "The images based on Red Hat UBI have their socket in a directory that is read-only here. Use '11.8.8'."],
  ['a release of another product', () => {
    // @ts-expect-error the types tell them apart
    DatabaseEngine.mysql({ version: MariadbVersion.V11_8 });
  }, "DatabaseEngine.mysql: invalid 'version': got a MariadbVersion, expected a MysqlVersion. Use MysqlVersion.V9_7, MysqlVersion.of(…)."],
  ['a release as a text, from JavaScript', () => { DatabaseEngine.postgres(JSON.parse('{ "version": "17" }')); },
    "DatabaseEngine.postgres: invalid 'version': got '17', expected a PostgresVersion."],
  ['no release, from JavaScript', () => { DatabaseEngine.mariadb(JSON.parse('{}')); }, "DatabaseEngine.mariadb: invalid 'version': got undefined, expected a MariadbVersion."],
  ['an empty release', () => { MariadbVersion.of(''); }, `MariadbVersion.of: invalid 'version': got '', ${tag('10.11')}`],
  ['one key for user and password', chart => { DatabaseCredentials.fromSecret(kplus.Secret.fromSecretName(chart, 'S', 's'), { usernameKey: 'x', passwordKey: 'x' }); },
    "DatabaseCredentials.fromSecret: invalid 'passwordKey': got 'x', expected a key other than 'usernameKey'."],
  ['a key that no Secret has', chart => { DatabaseCredentials.fromSecret(kplus.Secret.fromSecretName(chart, 'S', 's'), { usernameKey: 'a b' }); },
    "DatabaseCredentials.fromSecret: invalid 'usernameKey': got 'a b', expected the key of a Secret: letters, digits, '-', '_' and '.'."],
];

test.each(refused)('%s is refused in the constructor', (_, act, refusal) => {
  expectInvalid(() => act(newChart('shop')), refusal);
});
