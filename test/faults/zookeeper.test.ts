import { Size } from 'cdk8s';
import { classNamed } from '../support/class-named';
import { clusterWithNodes } from '../support/clusters';
import { imageMissing, itUnless } from '../support/needs';
import { cut, heal, inService, outOfService, powerMissing, powerOff, powerOn } from '../support/node-power';
import { found, measure, measured, sleep, waitUntil } from '../support/progress';
import { TestEnsemble, ZOOKEEPER_IMAGE, ZooKeeperWriter } from '../support/zookeeper';
import { Placement } from 'cdk8s-stateful';

const missing = imageMissing(ZOOKEEPER_IMAGE);
const test = itUnless(missing);
const testWithPower = itUnless(missing ?? powerMissing);
const members = ['zk-0', 'zk-1', 'zk-2'];

describe('an ensemble', () => {
  const { kubectl: cluster } = clusterWithNodes();
  let ensemble: TestEnsemble;
  afterEach(async () => { await ensemble?.delete(); });

  const nothingLost = async (...writers: ZooKeeperWriter[]) => {
    for (const writer of writers) writer.stop();
    await ensemble.serve(...members);
    for (const pod of members) expect({ pod, lost: await ensemble.lost(pod, ...writers) }).toEqual({ pod, lost: [] });
    found(`${writers.flatMap(writer => writer.acknowledged).length} acknowledged znodes, none lost; longest pauses ${writers.map(writer => `${writer.longestSilence} s`).join(', ')}`);
  };

  testWithPower('loses the node of its leader', async () => {
    ensemble = await TestEnsemble.create('zk-power', cluster, 3);
    const leader = await ensemble.leader(members);
    const node = await ensemble.nodeOf(leader);
    await ensemble.moveClientAwayFrom(node);
    const writer = ensemble.writer('w', ...members);
    await writer.goesOn();
    try {
      await powerOff(node);
      await measure('writer from power loss of the leader’s node to the next acknowledgements', () => writer.goesOn(90));
    } finally {
      await powerOn(cluster, node);
    }
    await ensemble.ready(3);
    await nothingLost(writer);
  });

  testWithPower('is cut in two, its leader alone, and heals', async () => {
    ensemble = await TestEnsemble.create('zk-cut', cluster, 3);
    const leader = await ensemble.leader(members);
    const node = await ensemble.nodeOf(leader);
    await ensemble.moveClientAwayFrom(node);
    // One writer for each member, so that a second leader would have somebody to acknowledge to.
    const writers = members.map(pod => ensemble.writer(pod, pod));
    for (const writer of writers) await writer.goesOn();
    try {
      await cut(node);
      await sleep(40);
    } finally {
      await heal(cluster, node);
    }
    await ensemble.ready(3);
    for (const writer of writers) await writer.goesOn(90);
    await nothingLost(...writers);
  });

  test('loses all its Pods by force, and starts again after a full stop', async () => {
    ensemble = await TestEnsemble.create('zk-stop', cluster, 3);
    const writer = ensemble.writer('w', ...members);
    await writer.goesOn();
    const before = Object.values(await ensemble.uids());
    await measure('all members from deletion by force to ready', async () => {
      await ensemble.kubectl.delete('pod', ...members, '--force', '--grace-period=0');
      await waitUntil('new Pods', 60, async () => {
        const now = Object.values(await ensemble.uids());
        return now.length === 3 && now.every(uid => !before.includes(uid)) || `${now.length} Pods`;
      });
      await ensemble.ready(3);
    });
    await writer.goesOn(90);

    await ensemble.kubectl.run(['scale', 'statefulset/zk', '--replicas=0']);
    for (const pod of members) await ensemble.kubectl.wait(`pod/${pod}`, 'delete', 90);
    await measure('all members from a full stop to ready', async () => {
      await ensemble.kubectl.run(['scale', 'statefulset/zk', '--replicas=3']);
      await ensemble.ready(3);
    });
    await writer.goesOn(90);
    await nothingLost(writer);
  });

  testWithPower('waits, in a rolling update, for the others to be a majority', async () => {
    ensemble = await TestEnsemble.create('zk-roll', cluster, 3);
    const node = await ensemble.nodeOf('zk-0');
    await ensemble.moveClientAwayFrom(node);
    const writer = ensemble.writer('w', ...members);
    await writer.goesOn();
    const before = await ensemble.uids();
    try {
      await powerOff(node);
      await writer.goesOn(90);
      await ensemble.kubectl.rolloutRestart('statefulset/zk');
      await waitUntil('zk-2 to say that it waits', 60, async () => (await ensemble.said('zk-2')).includes('delaying the shutdown: without this member, only 1 of 3 members serve') || 'not yet');
      await writer.goesOn(5);
      expect((await ensemble.uids())['zk-2']).toBe(before['zk-2']);
    } finally {
      await powerOn(cluster, node);
    }
    await ensemble.kubectl.rolloutStatus('statefulset/zk', 300);
    await writer.goesOn(90);
    await nothingLost(writer);
  });

  test('loses two of three volumes while it serves: what the third one has is the data once a person has decided', async () => {
    ensemble = await TestEnsemble.create('zk-two', cluster, 3);
    const writer = ensemble.writer('w', ...members);
    await writer.goesOn();
    writer.stop();
    expect(await ensemble.lost('zk-2', writer)).toEqual([]); // a majority of the others may have had what it had not
    await ensemble.loseVolumes('zk-0', 'zk-1');
    // If zk-2 has not noticed yet that it has no majority, they join it without a vote. None of them may be elected.
    await waitUntil('zk-2 to find no majority', 90, async () => await ensemble.modeOf('zk-2') ?? true);
    await sleep(20);
    for (const pod of members) expect(await ensemble.modeOf(pod)).toBeUndefined();
    found(`zk-0: ${(await ensemble.said('zk-0')).split('\n').slice(-1)[0]}`);
    await ensemble.script('zk-2', 'decide.sh', 'members', 'zk-2');
    await measure('ensemble of one volume of three from the decision to ready', () => ensemble.ready(3));
    await nothingLost(writer);
  });

  test('fills its volumes, says so, and serves again when they grow', async () => {
    ensemble = await TestEnsemble.create('zk-full', cluster, 1, { storage: { size: Size.mebibytes(200), storageClass: classNamed('disk-xfs') } });
    const writer = ensemble.writer('w', 'zk-0');
    await writer.goesOn();
    await ensemble.kubectl.exec('zk-0', ['bash', '-c', 'dd if=/dev/zero of=/data/membership/filler bs=1M; true']);
    // The log grows by 64 MiB at a time, which are not there any more at the latest at the next start.
    await ensemble.kubectl.delete('pod', 'zk-0');
    await waitUntil('the log to say what is missing', 120, async () => /No space left on device|is the volume full/.test(
      await ensemble.kubectl.logs('zk-0', '--previous').catch(() => '') + await ensemble.kubectl.logs('zk-0').catch(() => '')) || 'not yet');
    await measure('single member from the growth of a full volume to the next acknowledgement', async () => {
      await ensemble.kubectl.run(['patch', 'pvc', 'data-zk-0', '-p', '{"spec":{"resources":{"requests":{"storage":"512Mi"}}}}']);
      await ensemble.kubectl.wait('pvc/data-zk-0', 'jsonpath={.status.capacity.storage}=512Mi', 120);
      await writer.goesOn(300);
    });
    writer.stop();
    expect(await ensemble.lost('zk-0', writer)).toEqual([]);
  });

  testWithPower('finds its data on another node, if its volume is not bound to one', async () => {
    ensemble = await TestEnsemble.create('zk-move', cluster, 3, { storage: { size: Size.gibibytes(1), storageClass: classNamed('network') }, placement: Placement.anywhere() });
    const node = await ensemble.nodeOf('zk-1');
    await ensemble.moveClientAwayFrom(node);
    const writer = ensemble.writer('w', ...members);
    await writer.goesOn();
    const before = (await ensemble.uids())['zk-1'];
    try {
      await powerOff(node);
      await cluster.wait(`node/${node}`, 'condition=Ready=Unknown', 120);
      await outOfService(cluster, node);
      await measure('member from the taint to ready on another node', async () => {
        await waitUntil('a new Pod', 90, async () => (await ensemble.uids())['zk-1'] !== before || 'the old one');
        await ensemble.kubectl.wait('pod/zk-1', 'condition=Ready', 180);
      });
      expect(await ensemble.nodeOf('zk-1')).not.toBe(node);
    } finally {
      await inService(cluster, node).catch(() => undefined);
      await powerOn(cluster, node);
    }
    await writer.goesOn(90);
    measured('longest pause of the writer while a member moved', writer.longestSilence);
    await ensemble.ready(3);
    await nothingLost(writer);
  });
});
