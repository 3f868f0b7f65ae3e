import { Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { newChart } from '../../support/manifests';
import { DatabaseCredentials, DatabaseEngine, DatabaseRequest, MariadbVersion, MemberNames, MysqlVersion } from 'cdk8s-stateful';

const mysql = DatabaseEngine.mysql({ version: MysqlVersion.V9_7 });
const mariadb = DatabaseEngine.mariadb({ version: MariadbVersion.V11_8 });

interface Sizes {
  readonly memory?: number;
  readonly storage?: number;
}

function request(parameters: { [name: string]: string }, { memory = 1024, storage = 20480 }: Sizes): DatabaseRequest {
  const chart = newChart('shop');
  return {
    path: 'test',
    names: MemberNames._of(chart, 'db'),
    databaseName: 'app',
    credentials: DatabaseCredentials.fromSecret(kplus.Secret.fromSecretName(chart, 'Secret', 'db-credentials')),
    resources: {},
    memory: Size.mebibytes(memory),
    storage: { size: Size.mebibytes(storage) },
    readReplicas: 0,
    startupBudget: Duration.minutes(30),
    parameters,
    unlistedSettings: [],
    initScripts: {},
  };
}

/** The options that a server is started with. */
const options = (engine = mysql, parameters = {}, sizes: Sizes = {}) => engine.design(request(parameters, sizes)).groups[0].containers[0].args ?? [];

/** The same by name, and only those that `of` lists. */
function shares(engine = mysql, parameters = {}, memory = 1024, ...of: string[]): { [name: string]: string } {
  const names = of.length > 0 ? of : ['innodb-buffer-pool-size', 'max-connections', 'temptable-max-ram'];
  const all = options(engine, parameters, { memory }).map(option => option.replace('--', '').split('='));
  return Object.fromEntries(all.filter(([name]) => names.includes(name)));
}

describe('the memory limit is divided', () => {
  test.each([
    [768, { 'innodb-buffer-pool-size': '180M', 'max-connections': '25', 'temptable-max-ram': '16M' }],
    [1024, { 'innodb-buffer-pool-size': '361M', 'max-connections': '50', 'temptable-max-ram': '32M' }],
    [16384, { 'innodb-buffer-pool-size': '11904M', 'max-connections': '151', 'temptable-max-ram': '992M' }],
  ])('of %i MiB for MySQL', (memory, expected) => {
    expect(shares(mysql, {}, memory)).toEqual(expected);
  });

  test.each([
    [512, { 'innodb-buffer-pool-size': '192M', 'max-connections': '18' }],
    [1024, { 'innodb-buffer-pool-size': '576M', 'max-connections': '56' }],
  ])('of %i MiB for MariaDB, which needs less memory itself', (memory, expected) => {
    expect(shares(mariadb, {}, memory)).toEqual(expected);
  });

  test('in chunks small enough that MySQL does not round the pool up, and few enough', () => {
    for (const memory of [768, 4096, 65536]) {
      const { 'innodb-buffer-pool-size': pool, 'innodb-buffer-pool-chunk-size': chunk } = shares(mysql, {}, memory, 'innodb-buffer-pool-size', 'innodb-buffer-pool-chunk-size');
      expect(parseInt(pool) / parseInt(chunk)).toBeLessThanOrEqual(100);
      expect(parseInt(chunk)).toBeLessThan(0.03 * parseInt(pool));
    }
  });

  test('by the parameters of the user', () => {
    expect(shares(mysql, { max_connections: '100' })).toMatchObject({ 'max-connections': '100', 'innodb-buffer-pool-size': '242M' });
    expect(shares(mysql, { 'innodb-buffer-pool-size': '400M' })).toMatchObject({ 'max-connections': '33', 'innodb-buffer-pool-size': '400M' });
    expect(shares(mysql, { sort_buffer_size: '4M' })).toMatchObject({ 'max-connections': '19' });
    expect(shares(mysql, { performance_schema: 'OFF' })).toMatchObject({ 'max-connections': '69' });
    expect(shares(mariadb, { performance_schema: 'ON' })).toMatchObject({ 'max-connections': '46' });
    expect(shares(mysql, { temptable_max_ram: '2M' }, 1024, 'temptable-max-ram')).toEqual({ 'temptable-max-ram': '2M' });
  });

  test('parameters of the user take precedence, in either spelling', () => {
    expect(options(mysql, { 'innodb-buffer-pool-size': '256M' })).toContain('--innodb-buffer-pool-size=256M');
    const loose = options(mysql, { 'loose-innodb-buffer-pool-size': '256M' });
    expect(loose).toContain('--loose-innodb-buffer-pool-size=256M');
    expect(loose.join(' ')).not.toContain('--innodb-buffer-pool-size');
    expect(options(mysql, { 'loose-group-replication-start-on-boot': 'off', 'init_connect': 'select $1' }))
      .toEqual(expect.arrayContaining(['--init-connect=select $$1', '--loose-group-replication-start-on-boot=off']));
  });

  test.each([
    ['connections', { max_connections: '400' }, '400 connections of 2.4 MiB, the 544 MiB that MySQL itself uses and a buffer pool of at least 64 MiB exceed the memory limit of 1024 MiB. '
      + "Raise 'resources.memory.limit' or lower 'innodb_buffer_pool_size', 'max_connections' or the buffers of a connection."],
    ['a buffer pool', { innodb_buffer_pool_size: '600M' }, '10 connections of 2.4 MiB, the 544 MiB that MySQL itself uses and a buffer pool of 600 MiB exceed'],
    ['buffers of a connection', { sort_buffer_size: '64M' }, '10 connections of 66.1 MiB'],
    ['both', { innodb_buffer_pool_size: '256M', max_connections: '151' }, '151 connections of 2.4 MiB'],
    ['the performance schema', { performance_schema: 'on' }, 'at least', mariadb, 300],
    ['a number that is none', { max_connections: 'many' }, "invalid 'parameters.max_connections': got 'many', expected a whole number from 1 to 100000."],
  ])('and rejects too much: %s', (_, parameters, message, engine = mysql, memory = 1024) => {
    expect(() => options(engine, parameters, { memory })).toThrow(message);
  });
});

describe('the binary log', () => {
  test('is off by default, in MySQL and MariaDB', () => {
    expect(options(mysql)).toContain('--skip-log-bin');
    expect(options(mariadb).join(' ')).not.toContain('log-bin');
  });

  test.each([['MySQL', mysql], ['MariaDB', mariadb]])('of %s is kept for a day, in files that fit the volume', (_, engine) => {
    const args = options(engine, { log_bin: 'binlog' });
    expect(args).not.toContain('--skip-log-bin');
    expect(args).toEqual(expect.arrayContaining([
      '--log-bin=binlog', '--binlog-expire-logs-seconds=86400', '--max-binlog-size=640M', '--loose-max-binlog-total-size=5120M', '--loose-slave-connections-needed-for-purge=0',
    ]));
    expect(options(engine, { log_bin: 'binlog' }, { storage: 1024 })).toContain('--max-binlog-size=32M');
    expect(options(engine, { log_bin: 'binlog' }, { storage: 102400 })).toContain('--max-binlog-size=1024M');
  });

  test('is kept for the given time', () => {
    const args = options(mysql, { 'log-bin': 'binlog', 'binlog-expire-logs-seconds': '600', 'max_binlog_size': '8M' });
    expect(args.filter(arg => /expire|max-binlog-size/.test(arg))).toEqual(['--binlog-expire-logs-seconds=600', '--max-binlog-size=8M']);
    expect(options(mariadb, { log_bin: 'binlog', expire_logs_days: '2' }).join(' ')).not.toContain('--binlog-expire-logs-seconds');
  });

  test('is not a boolean', () => {
    expect(() => options(mysql, { log_bin: 'ON' })).toThrow("test: the parameter 'log_bin' is the base name of the files, but it is 'ON'. Use a name such as 'binlog', or omit the parameter to keep the binary log off.");
    expect(() => options(mysql, { skip_log_bin: '1' })).toThrow("'parameters.skip_log_bin' must not be set: the binary log is off unless 'log_bin' is set.");
  });
});

describe('files are on the volume', () => {
  test.each([['MySQL', mysql], ['MariaDB', mariadb]])('including temporary files of %s', (_, engine) => {
    expect(options(engine)).toContain('--tmpdir=/var/lib/mysql/.tmp');
    expect(() => options(engine, { tmpdir: '/tmp' })).toThrow("'parameters.tmpdir' must not be set: temporary files are on the volume, so that large ones cannot cause the eviction of the Pod.");
  });

  test.each([
    ['innodb_data_home_dir', '/data'],
    ['innodb_log_group_home_dir', '/tmp/redo'],
    ['innodb_undo_directory', '../undo'],
    ['innodb_undo_dir', '/undo'],
    ['log_bin', '/binlog/binlog'],
    ['log_bin', '/var/lib/mysql/../binlog'],
    ['relay_log', '/tmp/relay'],
    ['loose_innodb_tmpdir', '/tmp'],
    ['general_log_file', '/var/log/general.log'],
    ['aria_log_dir_path', '/tmp', mariadb],
  ])('or they are rejected: %s %s', (name, value, engine = mysql) => {
    expect(() => options(engine, { [name]: value })).toThrow(`test: the parameter '${name}' refers to '${value}', which is not on the volume: it would be lost with the Pod, or is read-only. `
      + 'Use a name without a directory, or a path under /var/lib/mysql.');
  });

  test('in a list, too', () => {
    expect(() => options(mysql, { innodb_data_file_path: 'ibdata1:12M;/other/ibdata2:12M:autoextend' })).toThrow("refers to '/other/ibdata2'");
  });

  test('or in the container log', () => {
    const parameters = {
      log_bin: 'binlog', innodb_undo_directory: '/var/lib/mysql/undo', innodb_data_file_path: 'ibdata1:12M:autoextend', general_log: 'ON', general_log_file: '/dev/stdout', slow_query_log: '1',
    };
    expect(options(mysql, parameters)).toEqual(expect.arrayContaining(['--general-log-file=/dev/stdout', '--general-log=ON', '--innodb-undo-directory=/var/lib/mysql/undo', '--slow-query-log=1']));
  });
});
