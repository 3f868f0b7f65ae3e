/** @beside-others */
import { Cron, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { clusterWithNodes } from '../support/clusters';
import { Kubectl } from '../support/kubectl';
import { newChart, synth } from '../support/manifests';
import { imageMissing, itUnless } from '../support/needs';
import { measure, waitUntil } from '../support/progress';
import { TestNamespace } from '../support/test-namespace';
import { BackupDestination, PersistentVolumeClaim, RedisDatabase, RedisTopology, RedisVersion, RestoreSource } from 'cdk8s-stateful';

const { kubectl: cluster } = clusterWithNodes();
const missing = imageMissing(RedisVersion.REDIS_8_0._image);
const test = itUnless(missing);
const resources = { cpu: { request: kplus.Cpu.millis(50) }, memory: { limit: Size.mebibytes(128) } };

describe('a backup of redis', () => {
  let namespace: TestNamespace;
  let kubectl: Kubectl;

  /** One server that is backed up, and a database with sentinels that begins with its backup. */
  function manifests(restored = false) {
    const chart = newChart(namespace.name);
    const destination = BackupDestination.claim(new PersistentVolumeClaim(chart, 'Backups', { size: Size.gibibytes(1) }));
    const props = { storage: { size: Size.gibibytes(1) }, resources };
    if (restored) {
      const topology = RedisTopology.sentinel({ replicas: 1, sentinels: 3, dataLink: false });
      new RedisDatabase(chart, 'Restored', { ...props, topology, restoreFrom: RestoreSource.latest(destination, 'cache') });
    } else {
      const verify = { schedule: Cron.weekly(), query: 'exists key:7' };
      new RedisDatabase(chart, 'Cache', props).addBackup('Nightly', { schedule: Cron.daily(), destination, verify });
    }
    return synth(chart);
  }
  const redis = async (pod: string, ...command: string[]) =>
    (await kubectl.exec(pod, ['bash', '-c', 'REDISCLI_AUTH=$(</etc/cdk8s-stateful/credentials/password) redis-cli "$@"', '_', ...command], { container: 'redis' })).trim();
  const ready = (set: string, count: number) => kubectl.wait(`statefulset/${set}`, `jsonpath={.status.readyReplicas}=${count}`, 180);
  async function runJob(cronJob: string, job: string): Promise<string> {
    await kubectl.run(['create', 'job', `--from=cronjob/${cronJob}`, job]);
    await kubectl.wait(`job/${job}`, 'condition=complete', 120);
    return kubectl.logsOfJob(job);
  }

  beforeAll(async () => {
    if (missing !== undefined) return;
    namespace = await TestNamespace.create('backup-redis', cluster);
    kubectl = namespace.kubectl;
    for (const set of ['cache', 'restored']) await kubectl.run(['create', 'secret', 'generic', `${set}-credentials`, `--from-literal=password=p"w $(x) ${set}`]);
    await kubectl.apply(manifests());
    await ready('cache', 1);
  });
  afterAll(async () => {
    await namespace?.delete({ wait: false });
  });

  test('is verified, and restored into a database with sentinels, once: what it has then is its own', async () => {
    for (let i = 0; i < 10; i++) await redis('cache-0', 'set', `key:${i}`, `value "${i}"`);
    expect(await runJob('cache-nightly', 'first')).toMatch(/backup \S+ is complete/);
    await redis('cache-0', 'flushall');
    let log = '';
    await measure('a backup of redis verified', async () => { log = await runJob('cache-nightly-verify', 'verified'); });
    expect(log).toMatch(/cache: verified: the backup .* and the query returned 1 row/);

    await kubectl.apply(manifests(true));
    await measure('redis restored, from apply to ready', () => ready('restored', 2));
    expect(await redis('restored-0', 'get', 'key:7')).toBe('value "7"');
    expect(await redis('restored-1', 'dbsize')).toBe('10');
    await waitUntil('the first member to accept a write', 60, async () => {
      const answer = await redis('restored-0', 'set', 'new', 'own'); // refused while no replica is counted
      return answer === 'OK' || answer;
    });
    expect(await redis('restored-1', 'role')).toContain('slave');
    await kubectl.run(['delete', 'pod', '-l', 'cdk8s.io/metadata.addr=restored', '--wait=true'], { seconds: 120 });
    for (const pod of ['restored-0', 'restored-1']) await kubectl.wait(`pod/${pod}`, 'condition=Ready', 120);
    await ready('restored', 2);
    expect(await redis('restored-0', 'mget', 'new', 'key:0')).toBe('own\nvalue "0"');
  });
});
