import { Cron, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { clusterWithNodes } from '../support/clusters';
import { Kubectl } from '../support/kubectl';
import { newChart, synth } from '../support/manifests';
import { imageMissing, itUnless } from '../support/needs';
import { measure } from '../support/progress';
import { TestNamespace } from '../support/test-namespace';
import { BackupDestination, DatabaseEngine, PodSecurity, PostgresVersion, RestoreSource, StatefulDatabase } from 'cdk8s-stateful';

const { kubectl: cluster } = clusterWithNodes();
const RCLONE = 'docker.io/rclone/rclone:1.75.1';
const missing = imageMissing(PostgresVersion.V17._image) ?? imageMissing(RCLONE);
const test = itUnless(missing);
const resources = { cpu: { request: kplus.Cpu.millis(50) }, memory: { limit: Size.mebibytes(512) } };

/** An S3 server, and what encrypts before it. The passwords are obscured, as rclone wants them. */
const CONFIGURATION = `
[plain]
type = s3
provider = Rclone
endpoint = http://s3:9000
access_key_id = key
secret_access_key = secret

[store]
type = crypt
remote = plain:backups/encrypted
password = PASSWORD
password2 = SALT
`;

/** A database whose Pods reach nothing but what they are allowed to, with its backups in an S3 server, encrypted. */
describe('backups in an object store', () => {
  let namespace: TestNamespace;
  let kubectl: Kubectl;

  function manifests(restored = false) {
    const chart = newChart(namespace.name);
    const server = new kplus.Deployment(chart, 'S3', {
      metadata: { name: 's3' },
      replicas: 1,
      securityContext: { user: 1000, fsGroup: 1000 },
      containers: [{
        image: RCLONE,
        imagePullPolicy: kplus.ImagePullPolicy.IF_NOT_PRESENT,
        args: ['serve', 's3', '--addr', ':9000', '--auth-key', 'key,secret', '/data'],
        ports: [{ number: 9000 }],
        envVariables: { XDG_CACHE_HOME: kplus.EnvValue.fromValue('/tmp') },
        securityContext: PodSecurity.restricted({ user: 1000 }),
        resources: { cpu: { request: kplus.Cpu.millis(50) }, memory: { limit: Size.mebibytes(256) } },
        readiness: kplus.Probe.fromTcpSocket({ port: 9000 }),
      }],
    });
    for (const name of ['data', 'tmp']) server.containers[0].mount(`/${name}`, kplus.Volume.fromEmptyDir(chart, `Volume-${name}`, name));
    server.exposeViaService({ name: 's3', ports: [{ port: 9000 }] });
    const destination = BackupDestination.objectStore({ remote: 'store', path: 'shop', config: kplus.Secret.fromSecretName(chart, 'Rclone', 'rclone') });
    const engine = DatabaseEngine.postgres({ version: PostgresVersion.V17 });
    const props = { engine, storage: { size: Size.mebibytes(512) }, resources, egress: true };
    if (restored) {
      new StatefulDatabase(chart, 'Restored', { ...props, restoreFrom: RestoreSource.latest(destination, 'orders') }).workload.connections.allowTo(server);
      return synth(chart);
    }
    const orders = new StatefulDatabase(chart, 'Orders', props);
    const verify = { schedule: Cron.annually(), query: 'select 1 from data where id = 3', resources };
    const backup = orders.addBackup('Nightly', { schedule: Cron.annually(), destination, keep: { count: 2 }, verify });
    for (const workload of [backup.workload, backup.verificationWorkload]) workload?.connections.allowTo(server);
    return synth(chart);
  }
  const ready = (set: string) => kubectl.wait(`statefulset/${set}`, 'jsonpath={.status.readyReplicas}=1', 180);
  const sql = async (pod: string, statement: string) =>
    (await kubectl.exec(pod, ['psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-U', 'app', '-d', 'app', '-c', statement], { container: 'postgres' })).trim();
  const inStore = async (script: string) => (await kubectl.exec('deployment/s3', ['sh', '-c', script])).trim();
  async function runJob(cronJob: string, job: string): Promise<string> {
    await kubectl.run(['create', 'job', `--from=cronjob/${cronJob}`, job]);
    await kubectl.wait(`job/${job}`, 'condition=complete', 180);
    return kubectl.logs(`job/${job}`);
  }

  beforeAll(async () => {
    if (missing !== undefined) return;
    namespace = await TestNamespace.create('backup-store', cluster);
    kubectl = namespace.kubectl;
    for (const set of ['orders', 'restored']) {
      await kubectl.run(['create', 'secret', 'generic', `${set}-credentials`, '--from-literal=username=app', `--from-literal=password=of ${set}`]);
    }
    await kubectl.apply(manifests().filter(({ metadata }) => metadata.name === 's3'));
    await kubectl.rolloutStatus('deployment/s3', 120);
    const [password, salt] = [await inStore('rclone obscure first'), await inStore('rclone obscure second')];
    const configuration = CONFIGURATION.replace('PASSWORD', password).replace('SALT', salt);
    await kubectl.run(['create', 'secret', 'generic', 'rclone', `--from-literal=rclone.conf=${configuration}`]);
    await kubectl.apply(manifests());
    await measure('postgres from apply to ready', () => ready('orders'));
  });
  afterAll(async () => {
    await namespace?.delete({ wait: false });
  });

  test('are encrypted, verified, and restored when the database and its volume are gone', async () => {
    await sql('orders-0', 'create table data (id int primary key); insert into data values (1), (2), (3)');
    expect(await runJob('orders-nightly', 'first')).toMatch(/backup \S+ is complete/);
    await sql('orders-0', 'insert into data values (4)');
    expect(await runJob('orders-nightly', 'second')).toMatch(/backup \S+ is complete/);
    expect(await inStore('find /data/backups/encrypted -type f')).not.toBe('');
    expect(await inStore('find /data -type f | grep -E "orders|BACKUP|dump" || true')).toBe('');

    let log = '';
    await measure('a backup of postgres verified from an object store', async () => { log = await runJob('orders-nightly-verify', 'verified'); });
    expect(log).toMatch(/verified: the backup \S+ \(\S+, 0 h old\) restores in \d+ s, .* and the query returned 1 row/);

    await kubectl.delete('statefulset', 'orders');
    await kubectl.delete('pvc', 'data-orders-0');
    await kubectl.apply(manifests(true));
    await measure('postgres restored from an object store, from apply to ready', () => ready('restored'));
    expect((await sql('restored-0', 'select id from data order by id')).split('\n')).toEqual(['1', '2', '3', '4']);
  });
});
