/** @beside-others */
import { Chart, Cron, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { clusterWithNodes } from '../support/clusters';
import { Kubectl } from '../support/kubectl';
import { newChart, synth } from '../support/manifests';
import { imageMissing, itUnless } from '../support/needs';
import { measure } from '../support/progress';
import { RCLONE, s3Remote, s3Server } from '../support/s3-server';
import { TestNamespace } from '../support/test-namespace';
import { BackupDestination, PersistentVolumeClaim, RedisDatabase, RedisTopology, RedisVersion, RestoreSource, StorageClass } from 'cdk8s-stateful';

const { kubectl: cluster } = clusterWithNodes();
const SHARDS = [0, 1, 2];
/** All keys of a master with their values, sorted. */
const CONTENTS = '"$PRODUCT-cli" --scan | sort | while read -r key; do echo "$key $("$PRODUCT-cli" get "$key")"; done';

/** A volume that all nodes mount. */
const volume = (chart: Chart) => BackupDestination.claim(new PersistentVolumeClaim(chart, 'Backups', {
  size: Size.gibibytes(1), storageClass: StorageClass.fromName(chart, 'Class', 'network'), accessModes: [kplus.PersistentVolumeAccessMode.READ_WRITE_MANY],
}));
/** A server in the namespace, of which a shard fetches its own part only. */
function store(chart: Chart): BackupDestination {
  s3Server(chart);
  return BackupDestination.objectStore({ remote: 'store', path: 'shop', config: kplus.Secret.fromSecretName(chart, 'Rclone', 'rclone') });
}

describe.each([
  ['redis', RedisVersion.REDIS_8_0, 1, volume],
  ['valkey', RedisVersion.VALKEY_8_1, 0, store],
])('a backup of a cluster of %s', (product, version, replicas, destinationIn) => {
  const missing = imageMissing(version._image) ?? imageMissing(RCLONE);
  const test = itUnless(missing);
  let namespace: TestNamespace;
  let kubectl: Kubectl;

  /** A cluster that is backed up, and one that begins with its backup. */
  function manifests(restored = false) {
    const chart = newChart(namespace.name);
    const destination = destinationIn(chart);
    const props = {
      version,
      storage: { size: Size.gibibytes(1) },
      resources: { cpu: { request: kplus.Cpu.millis(50) }, memory: { limit: Size.mebibytes(128) } },
      topology: RedisTopology.cluster({ shards: 3, replicas }),
    };
    if (restored) new RedisDatabase(chart, 'Restored', { ...props, restoreFrom: RestoreSource.latest(destination, 'cache') });
    else new RedisDatabase(chart, 'Cache', props).addBackup('Nightly', { schedule: Cron.daily(), destination });
    return synth(chart);
  }
  const bash = async (pod: string, script: string) =>
    (await kubectl.exec(pod, ['bash', '-c', `export REDISCLI_AUTH=$(</etc/cdk8s-stateful/credentials/password); ${script}`], { container: product })).trim();
  const ready = (name: string) => Promise.all(SHARDS.map(shard => kubectl.wait(`statefulset/${name}-shard-${shard}`, `jsonpath={.status.readyReplicas}=${1 + replicas}`, 180)));
  /** The slots of each shard, and its keys. */
  async function contentsOf(name: string): Promise<{ slots: string; keys: string }[]> {
    const nodes = (await bash(`${name}-shard-0-0`, '"$PRODUCT-cli" cluster nodes')).split('\n').map(line => line.split(' ')).filter(words => words.length > 8);
    return Promise.all(SHARDS.map(async shard => {
      const [, address, , , , , , , ...slots] = nodes.find(words => words[1].includes(`${name}-shard-${shard}-`)) ?? [];
      return { slots: slots.join(' '), keys: await bash(address.split(',')[1].split('.')[0], CONTENTS) };
    }));
  }

  beforeAll(async () => {
    if (missing !== undefined) return;
    namespace = await TestNamespace.create(`backup-${product}-cluster`, cluster);
    kubectl = namespace.kubectl;
    for (const set of ['cache', 'restored']) await kubectl.run(['create', 'secret', 'generic', `${set}-credentials`, `--from-literal=password=p"w $(x) ${set}`]);
    await kubectl.run(['create', 'secret', 'generic', 'rclone', `--from-literal=rclone.conf=${s3Remote('store', namespace.name)}`]);
    await kubectl.apply(manifests());
    await ready('cache');
  });
  afterAll(async () => {
    await namespace?.delete({ wait: false });
  });

  test('is restored into a new cluster with all keys, each in the shard that had it', async () => {
    await bash('cache-shard-0-0', 'for i in {0..299}; do echo "set key:$i \'value $i\'"; done | "$PRODUCT-cli" -c >/dev/null');
    await bash('cache-shard-0-0', `id() { "$PRODUCT-cli" cluster nodes | awk -v pod="$1" 'index($2, pod) { print $1 }'; }
      "$PRODUCT-cli" --cluster reshard 127.0.0.1:6379 --cluster-from "$(id cache-shard-0-0)" --cluster-to "$(id cache-shard-2-0)" --cluster-slots 500 --cluster-yes >/dev/null`);
    const before = await contentsOf('cache');
    expect(before.flatMap(({ keys }) => keys.split('\n'))).toHaveLength(300);
    expect(before[0].slots).toBe('500-5460');

    await kubectl.run(['create', 'job', '--from=cronjob/cache-nightly', 'first']);
    await kubectl.wait('job/first', 'condition=complete', 120);
    expect(await kubectl.logsOfJob('first', '--all-containers')).toMatch(/slots 500-5460: reading from cache-shard-0-\d[^]*backup \S+ is complete/);
    await bash('cache-shard-0-0', '"$PRODUCT-cli" -c set later lost >/dev/null');

    await kubectl.apply(manifests(true));
    await measure(`a cluster of ${product} restored, from apply to ready`, () => ready('restored'));
    expect(await contentsOf('restored')).toEqual(before);
  });
});
