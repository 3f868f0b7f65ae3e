import { clusterWithNodes } from '../support/clusters';
import { imageMissing, itUnless } from '../support/needs';
import { found, measure, measured, say, sleep, waitUntil } from '../support/progress';
import { TestEnsemble, ZOOKEEPER_IMAGE } from '../support/zookeeper';
import { Placement } from 'cdk8s-stateful';

const missing = imageMissing(ZOOKEEPER_IMAGE);
const test = itUnless(missing);

describe('the membership of an ensemble', () => {
  const { kubectl: cluster } = clusterWithNodes();
  let ensemble: TestEnsemble | undefined;
  afterEach(async () => { await ensemble?.delete(); });

  // Five on three nodes: members that keep others off their node keep new ones off too, so the placement is that of five from the start.
  test('goes from 1 to 3, 5, 3 and 1 under a writer: nothing is lost, one leads, and nobody restarts', async () => {
    ensemble = await TestEnsemble.create('zk-scale', cluster, 1, { placement: Placement.anywhere() });
    const { kubectl } = ensemble;
    const writer = ensemble.writer('w', 'zk-0');
    await writer.goesOn();
    const before = (await ensemble.uids())['zk-0'];
    let leaders = 0;
    let done = false;
    const watch = (async () => {
      while (!done) {
        const modes = await Promise.all([0, 1, 2, 3, 4].map(i => ensemble?.modeOf(`zk-${i}`)));
        leaders = Math.max(leaders, modes.filter(mode => mode === 'leader').length);
        await sleep(1);
      }
    })();
    const step = async (members: number, start: () => Promise<void>) => {
      await measure(`ensemble to ${members} voting members`, async () => {
        await start();
        await waitUntil(`${members} voting members`, 300, async () => {
          const voters = await ensemble?.voters('zk-0') ?? [];
          return voters.length === members || voters.join();
        });
        await ensemble?.ready(members);
      });
      await writer.goesOn();
    };
    const apply = (members: number) => () => ensemble?.apply(members) ?? Promise.resolve();
    await step(3, apply(3));
    await step(5, apply(5));
    await step(3, apply(3));
    // A majority would be gone at once: the two leave before their Pods go.
    await step(1, async () => {
      for (const pod of ['zk-2', 'zk-1']) say(await ensemble?.script(pod, 'members.sh', 'leave') ?? '');
      await ensemble?.apply(1);
      await kubectl.wait('pod/zk-1', 'delete', 60);
    });
    // What was set aside while it was no member does not come back.
    await step(3, apply(3));
    done = true;
    await watch;
    const acknowledged = writer.stop().length;
    measured('longest pause of the writer over all changes', writer.longestSilence);
    expect(await ensemble.lost('zk-0', writer)).toEqual([]);
    expect(await ensemble.lost('zk-2', writer)).toEqual([]);
    found(`${acknowledged} acknowledged, none lost; at most ${leaders} leader at a time`);
    expect(leaders).toBe(1);
    expect((await ensemble.uids())['zk-0']).toBe(before);
    expect(await ensemble.said('zk-2')).toContain('the ensemble serves without this member');
  });

  test('needs the volumes of a majority: one that is lost comes back by itself, beside two nothing is elected', async () => {
    ensemble = await TestEnsemble.create('zk-lost', cluster, 3);
    const { kubectl } = ensemble;
    const writer = ensemble.writer('w', 'zk-0', 'zk-1', 'zk-2');
    await writer.goesOn();

    // The founder finds nobody who serves, and others that start: it must not found again.
    const nodes = [await ensemble.nodeOf('zk-1'), await ensemble.nodeOf('zk-2')];
    await kubectl.run(['scale', 'statefulset/zk', '--replicas=0']);
    for (const pod of ['zk-0', 'zk-1', 'zk-2']) await kubectl.wait(`pod/${pod}`, 'delete', 90);
    await kubectl.delete('pvc', 'data-zk-0');
    await measure('ensemble whose first volume was lost from scale to ready', async () => {
      // Its new volume may be anywhere: on the node of another's volume it would keep that one pending.
      try {
        for (const node of nodes) await cluster.run(['cordon', node]);
        await kubectl.run(['scale', 'statefulset/zk', '--replicas=3']);
        await kubectl.wait('pod/zk-0', 'condition=PodScheduled', 60);
      } finally {
        for (const node of nodes) await cluster.uncordon(node);
      }
      await ensemble?.ready(3);
    });
    await writer.goesOn();
    writer.stop();
    expect(await ensemble.said('zk-0')).toContain('joins the ensemble of zk-');
    expect(await ensemble.lost('zk-0', writer)).toEqual([]);

    await ensemble.loseVolumes('zk-0', 'zk-1');
    await kubectl.wait('pod/zk-2', 'condition=Ready=false', 90);
    await sleep(20);
    for (const pod of ['zk-0', 'zk-1', 'zk-2']) expect(await ensemble.modeOf(pod)).toBeUndefined();
    expect(await ensemble.said('zk-0')).toContain('zk-2: runs a server, which finds no majority');
    await expect(ensemble.script('zk-0', 'decide.sh', 'found')).rejects.toThrow('refused: zk-2 runs a server');
    say(await ensemble.script('zk-2', 'decide.sh', 'members', 'zk-2'));
    await measure('ensemble of one volume of three from the decision to ready', () => ensemble?.ready(3) ?? Promise.resolve());
    expect(await ensemble.lost('zk-0', writer)).toEqual([]);
  });
});
