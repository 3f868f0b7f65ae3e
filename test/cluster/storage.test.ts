/** @takes-turns */
import { Chart, Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { clusterWithNodes } from '../support/clusters';
import { Kubectl } from '../support/kubectl';
import { Manifest } from '../support/manifest';
import { newChart, synth } from '../support/manifests';
import { itUnless } from '../support/needs';
import { keepPodsOff } from '../support/nodes';
import { measure, say, waitUntil } from '../support/progress';
import { TestNamespace } from '../support/test-namespace';
import {
  ClaimRetention, LimitRange, PersistentVolume, PersistentVolumeClaim, PodSecurity, Provisioner, ResourceQuota, StatefulWorkload, StorageClass,
  VolumeBindingMode, VolumeRetention, VolumeSource,
} from 'cdk8s-stateful';

interface Volume extends Manifest {
  readonly spec: {
    readonly claimRef?: { readonly namespace: string; readonly name: string };
    readonly csi?: CsiSource;
    readonly hostPath?: { readonly path: string };
    readonly local?: { readonly path: string };
    readonly nodeAffinity?: { readonly required: { readonly nodeSelectorTerms: readonly NodeTerm[] } };
  };
  readonly status: { readonly phase: string };
}
interface CsiSource {
  readonly driver: string;
  readonly volumeHandle: string;
  readonly fsType?: string;
  readonly volumeAttributes?: { [name: string]: string };
}
interface NodeTerm {
  readonly matchExpressions: readonly { readonly key: string; readonly values: string[] }[];
}
interface Claim extends Manifest {
  readonly spec: { readonly volumeName?: string };
  readonly status: {
    readonly phase: string;
    readonly capacity?: { readonly storage: string };
    readonly conditions?: readonly { readonly type: string }[];
  };
}
interface Class extends Manifest {
  readonly provisioner: string;
  readonly parameters?: { [name: string]: string };
  readonly volumeBindingMode: string;
  readonly allowVolumeExpansion?: boolean;
}

const { kubectl: cluster } = clusterWithNodes();
const classes = (JSON.parse(cluster.runSync(['get', 'storageclass', '-o', 'json'])) as { items: Class[] }).items;
const DEFAULT = 'storageclass.kubernetes.io/is-default-class';
const ofDefault = classes.find(({ metadata }) => metadata.annotations?.[DEFAULT] === 'true');
/** Classes are made from the default one's driver and parameters, so that any cluster will do. */
const dynamic = itUnless(ofDefault ? undefined : `needs a default storage class, there are only ${classes.map(({ metadata }) => metadata.name).join(', ') || 'none'}`);

const size = Size.gibibytes(1);
let namespace: TestNamespace;
let kubectl: Kubectl;

beforeAll(async () => {
  namespace = await TestNamespace.create('storage', cluster);
  kubectl = namespace.kubectl;
});
afterAll(async () => {
  await namespace?.delete();
  // What has no namespace is ours by label or by claim.
  await cluster.delete('storageclass', '-l', `test=${namespace.name}`);
  const volumes = await cluster.list<Volume>('persistentvolume');
  const ours = volumes.filter(({ metadata, spec }) => spec.claimRef?.namespace === namespace.name || metadata.labels?.test === namespace.name);
  for (const { metadata } of ours) await cluster.delete('persistentvolume', metadata.name);
});

/** Synthesizes and applies what `build` makes; names of what has no namespace begin with that of the test's namespace. */
async function apply(build: (chart: Chart) => void): Promise<void> {
  const chart = newChart(namespace.name);
  build(chart);
  await kubectl.apply(synth(chart));
}

/** A class of the default one's driver. */
function classOf(chart: Chart, id: string, reclaimPolicy: kplus.PersistentVolumeReclaimPolicy): StorageClass {
  return new StorageClass(chart, id, {
    name: `${namespace.name}-${id.toLowerCase()}`,
    provisioner: Provisioner.of(`${ofDefault?.provisioner}`, { parameters: ofDefault?.parameters }),
    reclaimPolicy,
    labels: { test: namespace.name },
  });
}

/** A Pod that sleeps, with a volume at /data. */
function sleeper(chart: Chart, name: string, storage: kplus.IStorage, mount: kplus.MountOptions = {}): void {
  const pod = new kplus.Pod(chart, name, {
    metadata: { name },
    terminationGracePeriod: Duration.seconds(1),
    securityContext: { user: 1000, group: 1000, fsGroup: 1000 },
  });
  pod.addContainer({
    image: 'busybox:1.35',
    imagePullPolicy: kplus.ImagePullPolicy.IF_NOT_PRESENT,
    command: ['sleep', '3600'],
    resources: {},
    securityContext: PodSecurity.restricted({ user: 1000 }),
  }).mount('/data', storage, mount);
}

const ready = (pod: string) => kubectl.wait(`pod/${pod}`, 'condition=Ready', 90);
const bound = (claim: string) => kubectl.wait(`pvc/${claim}`, 'jsonpath={.status.phase}=Bound', 60);
const volumeOf = async (claim: string) => (await kubectl.get<Claim>('pvc', claim)).spec.volumeName;
const write = (pod: string, text: string) => kubectl.exec(pod, ['sh', '-c', `echo ${text} > /data/file && sync`]);
const read = async (pod: string) => (await kubectl.exec(pod, ['cat', '/data/file'])).trim();
const eventsOf = (name: string) => kubectl.run(['get', 'events', '--field-selector', `involvedObject.name=${name}`, '-o', 'jsonpath={range .items[*]}{.reason}: {.message}{"\\n"}{end}']);
const nodesOf = ({ spec }: Volume) => spec.nodeAffinity?.required.nodeSelectorTerms[0].matchExpressions[0];

describe('volumes made by hand', () => {
  /** A directory that every node has; only bound and read. */
  const source = VolumeSource.hostPath({ path: '/tmp', type: kplus.HostPathVolumeType.DIRECTORY });
  const volume = (chart: Chart, id: string, environment: string) => new PersistentVolume(chart, id, {
    name: `${namespace.name}-${id}`, source, capacity: size, labels: { test: namespace.name, environment },
  });

  test('are bound by selector: of two the one with the labels', async () => {
    await apply(chart => {
      volume(chart, 'dev', 'dev');
      volume(chart, 'stg', 'stg');
      const claim = new PersistentVolumeClaim(chart, 'Selected', { size: Size.mebibytes(500), selector: { matchExpressions: [{ key: 'environment', operator: 'In', values: ['stg'] }] } });
      sleeper(chart, 'selected-reader', claim, { readOnly: true });
    });
    await measure('static claim with a selector, from apply to bound', () => bound('selected'));
    expect(await volumeOf('selected')).toBe(`${namespace.name}-stg`);
    await ready('selected-reader');
  });

  test('are bound by reservation: another claim that fits as well does not get it', async () => {
    await apply(chart => { new PersistentVolumeClaim(chart, 'Rival', { size, selector: { matchLabels: { environment: 'prod' } } }); });
    await apply(chart => { volume(chart, 'reserved', 'prod').reserve({ name: 'mine' }); });
    await bound('mine');
    expect(await volumeOf('mine')).toBe(`${namespace.name}-reserved`);
    expect((await kubectl.get<Claim>('pvc', 'rival')).status.phase).toBe('Pending');
  });

  test('cannot be written where the mount is read-only', async () => {
    await expect(kubectl.exec('selected-reader', ['touch', '/data/file'])).rejects.toThrow('Read-only file system');
  });
});

describe('volumes made by a driver', () => {
  dynamic('wait for the first Pod', async () => {
    await apply(chart => { new PersistentVolumeClaim(chart, 'Waiting', { size, storageClass: classOf(chart, 'Retain', kplus.PersistentVolumeReclaimPolicy.RETAIN) }); });
    await waitUntil('event that says why', 60, async () => (await eventsOf('waiting')).includes('WaitForFirstConsumer') || 'none yet');
    expect((await kubectl.get<Claim>('pvc', 'waiting')).status.phase).toBe('Pending');
    expect((await cluster.get<Class>('storageclass', `${namespace.name}-retain`)).volumeBindingMode).toBe(VolumeBindingMode.WAIT_FOR_FIRST_CONSUMER);

    await apply(chart => sleeper(chart, 'first', kplus.Volume.fromPersistentVolumeClaim(chart, 'Waiting', kplus.PersistentVolumeClaim.fromClaimName(chart, 'Claim', 'waiting'))));
    await measure('dynamic claim from its first Pod to ready', () => ready('first'));
    await write('first', 'precious');
  });

  dynamic('go where the Pod goes, or keep it where they are, with the data', async () => {
    const { spec: { nodeName } } = await kubectl.get<Manifest & { spec: { nodeName: string } }>('pod', 'first');
    const volume = await cluster.get<Volume>('persistentvolume', `${await volumeOf('waiting')}`);
    await keepPodsOff(cluster, [nodeName], async () => {
      await kubectl.delete('pod', 'first');
      await apply(chart => sleeper(chart, 'second', kplus.Volume.fromPersistentVolumeClaim(chart, 'Waiting', kplus.PersistentVolumeClaim.fromClaimName(chart, 'Claim', 'waiting'))));
      if (nodesOf(volume)?.key === 'kubernetes.io/hostname') {
        await waitUntil('event that says why', 60, async () => /FailedScheduling: .*[Vv]olume.*affinity/.test(await eventsOf('second')) || await eventsOf('second'));
        say(`the volume is on node ${nodeName}, so the Pod waits for it`);
      } else {
        await measure('Pod on another node, from apply to ready', () => ready('second'));
        expect((await kubectl.get<Manifest & { spec: { nodeName: string } }>('pod', 'second')).spec.nodeName).not.toBe(nodeName);
      }
    });
    await ready('second');
    expect(await read('second')).toBe('precious');
  });

  dynamic('stay with Retain, and can be had again by a volume made by hand', async () => {
    const name = `${await volumeOf('waiting')}`;
    await kubectl.delete('pod', 'second');
    await kubectl.delete('pvc', 'waiting');
    await cluster.wait(`persistentvolume/${name}`, 'jsonpath={.status.phase}=Released', 60);
    const old = await cluster.get<Volume>('persistentvolume', name);
    await cluster.delete('persistentvolume', name); // the object only: the driver leaves the bytes alone

    const nodes = nodesOf(old);
    await apply(chart => {
      const claim = new PersistentVolume(chart, 'Rescued', {
        name: `${namespace.name}-rescued`,
        source: sourceOf(old),
        capacity: size,
        nodeAffinity: nodes && kplus.Node.labeled(kplus.NodeLabelQuery.in(nodes.key, nodes.values)),
        labels: { test: namespace.name },
      }).reserve({ name: 'rescued' });
      sleeper(chart, 'rescuer', claim);
    });
    await ready('rescuer');
    expect(await read('rescuer')).toBe('precious');
    say(`volume ${name} was to be kept: its driver leaves one small file behind`);
  });

  dynamic('go with Delete', async () => {
    await apply(chart => sleeper(chart, 'brief', new PersistentVolumeClaim(chart, 'Brief', { size, storageClass: classOf(chart, 'Delete', kplus.PersistentVolumeReclaimPolicy.DELETE) })));
    await ready('brief');
    const name = `${await volumeOf('brief')}`;
    await kubectl.delete('pod', 'brief');
    await kubectl.delete('pvc', 'brief');
    await measure('deleted claim to deleted volume', () => cluster.wait(`persistentvolume/${name}`, 'delete', 90));
  });

  const MIB = 1024;
  /** KiB of the file system, as a program in the Pod sees it. */
  const seen = async (pod: string) => Number((await kubectl.exec(pod, ['df', '-k', '/data'])).trim().split('\n').pop()?.trim().split(/ +/)[1]);

  const expandable = classes.filter(({ allowVolumeExpansion }) => allowVolumeExpansion).map(({ metadata }) => metadata.name);
  itUnless(expandable.length > 0 ? undefined : 'needs a storage class with allowVolumeExpansion')('grow where the class allows it, by the commands of the guide', async () => {
    for (const name of expandable) {
      const storageClass = StorageClass.fromName(newChart(), 'Expandable', name, { capabilities: { expandable: true } });
      const grow = (mebibytes: number) => apply(chart => sleeper(chart, `in-${name}`, new PersistentVolumeClaim(chart, name, { size: Size.mebibytes(mebibytes), storageClass, expandable: true })));
      await grow(256);
      await ready(`in-${name}`);
      await write(`in-${name}`, 'kept');
      const before = await seen(`in-${name}`);
      await grow(512);
      const claim = () => kubectl.get<Claim>('pvc', name);
      const grown = ({ status }: Claim) => status.capacity?.storage === '512Mi';
      const waitsForPods = ({ status }: Claim) => status.conditions?.some(({ type }) => type === 'FileSystemResizePending') === true;
      await waitUntil(`${name} has grown, or waits for its Pod to end`, 60, async () => grown(await claim()) || waitsForPods(await claim()) || 'neither');
      if (!grown(await claim())) {
        await kubectl.delete('pod', `in-${name}`);
        await grow(512);
      }
      await waitUntil(`the new capacity of ${name}`, 60, async () => grown(await claim()) || `${(await claim()).status.capacity?.storage}`);
      await ready(`in-${name}`);
      expect(await read(`in-${name}`)).toBe('kept');
      const enforced = before < 300 * MIB; // a directory has the size of its node's disk
      if (enforced) expect(await seen(`in-${name}`)).toBeGreaterThan(400 * MIB);
      say(`  ${name}: ${enforced ? `${before} KiB became ${await seen(`in-${name}`)}` : 'the claim alone, as its driver enforces no size'}`);
      await kubectl.delete('pod', `in-${name}`);
    }
  });

  const stuck = classes.find(({ allowVolumeExpansion }) => !allowVolumeExpansion);
  itUnless(stuck ? undefined : 'needs a storage class without allowVolumeExpansion')('do not grow where it does not', async () => {
    const storageClass = StorageClass.fromName(newChart(), 'Stuck', `${stuck?.metadata.name}`);
    const grow = (to: Size) => apply(chart => sleeper(chart, 'stuck', new PersistentVolumeClaim(chart, 'Stuck', { size: to, storageClass })));
    await grow(size);
    await ready('stuck');
    await expect(grow(Size.gibibytes(2))).rejects.toThrow('only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize');
  });
});

describe('claims of a set', () => {
  const claims = async () => (await kubectl.list<Claim>('pvc', 'cdk8s.io/metadata.addr=keeper')).map(({ metadata }) => metadata.name).sort();
  const available = (count: number) => kubectl.wait('statefulset/keeper', `jsonpath={.status.availableReplicas}=${count}`, 120);

  const keeper = (replicas: number, retention: VolumeRetention) => apply(chart => {
    const set = new StatefulWorkload(chart, 'Keeper', { replicas, retention, security: { user: 1000 }, terminationGrace: Duration.seconds(1) });
    set.addContainer({ image: 'busybox:1.35', command: ['sleep', '3600'], resources: {} }).mount('/data', set.addClaim('data', { size }));
  });

  dynamic('stay by default: members scaled away find them again, and so does a new set', async () => {
    await keeper(2, {});
    await available(2);
    for (const member of ['keeper-0', 'keeper-1']) await write(member, member);
    await keeper(1, {});
    await kubectl.wait('pod/keeper-1', 'delete', 60);
    expect(await claims()).toEqual(['data-keeper-0', 'data-keeper-1']);
    await keeper(2, {});
    await kubectl.rolloutStatus('statefulset/keeper', 120);
    expect(await read('keeper-1')).toBe('keeper-1');
    await kubectl.delete('statefulset', 'keeper');
    await waitUntil('the Pods to be gone', 60, async () => (await kubectl.list('pod', 'cdk8s.io/metadata.addr=keeper')).length === 0 || 'still there');
    expect(await claims()).toEqual(['data-keeper-0', 'data-keeper-1']);
  });

  dynamic('go with the members and the set where that is asked for', async () => {
    await keeper(2, { whenScaled: ClaimRetention.DELETE, whenDeleted: ClaimRetention.DELETE });
    await available(2);
    await keeper(1, { whenScaled: ClaimRetention.DELETE, whenDeleted: ClaimRetention.DELETE });
    await measure('claim of a member scaled away, to deleted', () => kubectl.wait('pvc/data-keeper-1', 'delete', 90));
    expect(await claims()).toEqual(['data-keeper-0']);
    await kubectl.delete('statefulset', 'keeper');
    await measure('claims of a deleted set, to deleted', () => kubectl.wait('pvc/data-keeper-0', 'delete', 90));
  });
});

describe('limits of a namespace', () => {
  const claim = (name: string, of: Size) => kubectl.apply([{
    apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name }, spec: { accessModes: ['ReadWriteOnce'], storageClassName: '', resources: { requests: { storage: `${of.toMebibytes()}Mi` } } },
  }]);
  const existing = async () => (await kubectl.list('pvc')).length;

  test('the quota refuses the claim too many, and the range the claim too large', async () => {
    const before = await existing();
    await apply(chart => {
      new ResourceQuota(chart, 'Quota', { claims: before + 1 });
      new LimitRange(chart, 'Range', { max: Size.gibibytes(3) });
    });
    await waitUntil('the quota to count', 60, async () => {
      const { status } = await kubectl.get<Manifest & { status?: { used?: { persistentvolumeclaims?: string } } }>('resourcequota', 'quota');
      return status?.used?.persistentvolumeclaims === String(before) || JSON.stringify(status ?? {});
    });
    await expect(claim('large', Size.gibibytes(4))).rejects.toThrow('maximum storage usage per PersistentVolumeClaim is 3Gi, but request is 4Gi');
    await claim('last', size);
    await expect(claim('more', size)).rejects.toThrow('exceeded quota: quota, requested: persistentvolumeclaims=1');
  });
});

/** The same bytes, for a volume made by hand. */
function sourceOf({ spec: { csi, hostPath, local } }: Volume): VolumeSource {
  if (csi) return VolumeSource.csi(csi);
  if (local) return VolumeSource.local(local);
  if (hostPath) return VolumeSource.hostPath({ path: hostPath.path });
  throw new Error('the driver made a volume of a kind that this test does not know');
}
