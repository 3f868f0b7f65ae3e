import { readFileSync } from 'node:fs';
import { PRODUCTS, renderTables, tablesOf, withRelease } from '../../scripts/setting-names';
import type { SettingTable } from '../../src/kit/listed-settings';

test.each(Object.values(PRODUCTS))('$module is as the script writes it: else run “npm run setting-names”', product => {
  expect(readFileSync(product.module, 'utf8')).toBe(renderTables(product, tablesOf(product)));
});

describe('what a release says of its settings', () => {
  test.each([
    ['a view of PostgreSQL', 'postgres', 'DateStyle\nssl_groups\nwork_mem\n', { POSTGRES_SETTINGS: ['datestyle', 'ssl_groups', 'work_mem', 'sort_mem', 'vacuum_mem', 'ssl_ecdh_curve'] }],
    ['the help of MySQL', 'mysql', [
      'mysqld  Ver 9.7.4', '  -a, --ansi          Use ANSI syntax. See', '                      --skip-ansi.', '  --binlog-do-db=name ', '  --wsrep-OSU-method=name',
      'Variables (--variable-name=value)', 'and boolean options {FALSE|TRUE}  Value (after reading options)', '--------- ----', 'max-connections   151', '', 'To see more, type', '',
    ].join('\n'), { MYSQL_SETTINGS: ['ansi', 'binlog_do_db', 'wsrep_osu_method', 'max_connections'] }],
    ['the names of Kafka', 'kafka', 'broker log.retention.hours\ntopic retention.ms\n', { KAFKA_SETTINGS: ['log.retention.hours'], TOPIC_SETTINGS: ['retention.ms'] }],
    ['the answer of Redis', 'redis', 'hz\n10\nsave\n\nport\n6379\n', { REDIS_SETTINGS: ['hz', 'save', 'port'] }],
    ['the source of Valkey', 'valkey', 'createIntConfig("hz", NULL, 0)\n    createBoolConfig("replica-lazy-flush", "slave-lazy-flush", 1)\n', { VALKEY_SETTINGS: ['hz', 'replica-lazy-flush', 'slave-lazy-flush'] }],
    ['the guide and the sources of ZooKeeper', 'zookeeper', [
      '} else if (key.equals("tickTime")) {', '* *snapCount* :', '    (Java system property: **zookeeper.snapCount**)', '* *conf* : a command', '"zookeeper.client.portUnification"', '* *zookeeper.db.autocreate* :',
    ].join('\n'), { ZOOKEEPER_SETTINGS: ['tickTime', 'snapCount', 'client.portUnification', 'snapCount', 'db.autocreate'] }],
  ])('%s', (_, product, text, tables) => {
    expect(PRODUCTS[product].read(text)).toEqual(tables);
  });
});

describe('a table', () => {
  const table: SettingTable = { releases: ['3.9.2', '3.11.0'], names: [['3.9 3.11', 'a b'], ['3.11', 'c']] };

  test('gets a line between others, with what those on both sides have', () => {
    expect(withRelease(table, '3.10.1', 2, ['a', 'd'])).toEqual({
      releases: ['3.9.2', '3.10.1', '3.11.0'],
      names: [['3.9 3.10 3.11', 'a b'], ['3.10', 'd'], ['3.11', 'c']],
    });
  });

  test('gets other names of a line', () => {
    expect(withRelease(table, '3.11.1', 2, ['c', 'b'])).toEqual({ releases: ['3.9.2', '3.11.1'], names: [['3.9 3.11', 'b'], ['3.9', 'a'], ['3.11', 'c']] });
  });

  test('of none is a table of one', () => {
    expect(withRelease({ releases: [], names: [] }, '17.10', 1, ['b', 'a'])).toEqual({ releases: ['17.10'], names: [['17', 'a b']] });
  });
});
