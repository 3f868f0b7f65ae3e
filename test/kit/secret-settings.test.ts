import { Size } from 'cdk8s';
import { requireNoSecret } from '../../src/kit/secret-settings';
import { newChart } from '../support/manifests';
import { expectInvalid, refusalOf } from '../support/refusals';
import { DatabaseEngine, KafkaCluster, MariadbVersion, MysqlVersion, PostgresVersion, RedisDatabase, StatefulDatabase, ZooKeeperEnsemble } from 'cdk8s-stateful';

const storage = { size: Size.gibibytes(20) };
const SECRET = 'hunter2';
const database = (engine: ReturnType<typeof DatabaseEngine.postgres>, parameters: { [name: string]: string }) => () => new StatefulDatabase(newChart(), 'Orders', { engine, storage, parameters });

test.each<[string, () => unknown, string]>([
  ['a key store of Kafka', () => new KafkaCluster(newChart(), 'Events', { storage, config: { 'ssl.keystore.password': SECRET } }), "config['ssl.keystore.password']"],
  ['a login of Kafka', () => new KafkaCluster(newChart(), 'Events', { storage, config: { 'listener.name.a.plain.sasl.jaas.config': SECRET } }), "config['listener.name.a.plain.sasl.jaas.config']"],
  ['a key of Kafka', () => new KafkaCluster(newChart(), 'Events', { storage, config: { 'ssl.keystore.key': SECRET } }), "config['ssl.keystore.key']"],
  ['tokens of Kafka', () => new KafkaCluster(newChart(), 'Events', { storage, config: { 'delegation.token.secret.key': SECRET } }), "config['delegation.token.secret.key']"],
  ['a key store of ZooKeeper', () => new ZooKeeperEnsemble(newChart(), 'Zk', { storage, config: { 'ssl.quorum.keyStore.password': SECRET } }), 'config.ssl.quorum.keyStore.password'],
  ['a key file of Redis', () => new RedisDatabase(newChart(), 'Cache', { storage, config: { 'tls-key-file-pass': SECRET } }), 'config.tls-key-file-pass'],
  ['a setting of an extension of PostgreSQL', database(DatabaseEngine.postgres({ version: PostgresVersion.V17 }), { 'app.jwt_secret': SECRET }), 'parameters.app.jwt_secret'],
  ['LDAP of MySQL', database(DatabaseEngine.mysql({ version: MysqlVersion.V9_7 }), { authentication_ldap_simple_bind_root_pwd: SECRET }), 'parameters.authentication_ldap_simple_bind_root_pwd'],
  ['replication of MariaDB', database(DatabaseEngine.mariadb({ version: MariadbVersion.V11_8 }), { 'report-password': SECRET }), 'parameters.report-password'],
])('a secret among the settings is refused, and not shown: %s', (_, act, property) => {
  const error = refusalOf(act);
  expect(error).toMatchObject({ property, allowed: 'no secret among the settings' });
  expect(JSON.stringify(error) + error.message).not.toContain(SECRET);
});

test('a password of Redis is not shown either', () => {
  const error = refusalOf(() => new RedisDatabase(newChart(), 'Cache', { storage, config: { requirepass: SECRET } }));
  expect(JSON.stringify(error) + error.message).not.toContain(SECRET);
});

test.each([
  ['password_encryption', 'scram-sha-256'], ['ssl.keystore.location', '/a'], ['ssl.keystore.type', 'PEM'], ['ssl.keystore.certificate.chain', 'x'],
  ['default_password_lifetime', '90'], ['validate_password.length', '12'], ['disconnect_on_expired_password', 'ON'], ['mysql_native_password', 'OFF'],
  ['password.encoder.iterations', '4096'], ['delegation.token.max.lifetime.ms', '1'], ['ssl_passphrase_command', 'cat /run/pass'], ['sha256_password_private_key_path', '/a'],
  ['ssl.keyStore.passwordPath', '/a'], ['sasl.enabled.mechanisms', 'SCRAM-SHA-512'], ['tokenizer', 'x'],
])('%s is no secret', (name, value) => {
  expect(() => requireNoSecret('x', name, name, value)).not.toThrow();
});

test('a topic takes none', () => {
  const kafka = new KafkaCluster(newChart(), 'Events', { storage });
  expectInvalid(() => kafka.addTopic('orders', { partitions: 1, config: { 'x.password': SECRET } }), { allowed: 'no secret among the settings' });
});
