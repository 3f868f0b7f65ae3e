/** @takes-turns */
import { clusterWithNodes } from '../support/clusters';
import { imageMissing, itUnless } from '../support/needs';
import { keepPodsOff } from '../support/nodes';
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
    const leading = async (pods: readonly string[]) => {
      const modes = await Promise.all(pods.map(pod => ensemble?.modeOf(pod)));
      return pods.filter((_, i) => modes[i] === 'leader');
    };
    let leaders = 0;
    let done = false;
    const watch = (async () => {
      while (!done) {
        // Those who say so twice: the answers are not of one moment, and an election may lie between two of them.
        leaders = Math.max(leaders, (await leading(await leading(['zk-0', 'zk-1', 'zk-2', 'zk-3', 'zk-4']))).length);
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
      for (const pod of ['zk-2', 'zk-1']) {
        // Refused if it leads, and the others have not elected another within some seconds.
        await waitUntil(`${pod} to leave`, 90, async () => { say(await ensemble?.script(pod, 'members.sh', 'leave') ?? ''); return true; });
      }
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
    expect(await ensemble.said('zk-2')).toContain('the ensemble is serving without this member');
  });

  test('needs the volumes of a majority: one that is lost comes back by itself, beside two nothing is elected', async () => {
    ensemble = await TestEnsemble.create('zk-lost', cluster, 3);
    const { kubectl } = ensemble;
    const writer = ensemble.writer('w', 'zk-0', 'zk-1', 'zk-2');
    await writer.goesOn();

    /** Starts all again, some with new volumes: these may be anywhere, and on the node of another's volume they would keep that one pending. */
    const startWithout = async (...lost: string[]) => {
      const others = ['zk-0', 'zk-1', 'zk-2'].filter(pod => !lost.includes(pod));
      const nodes = await Promise.all(others.map(pod => ensemble?.nodeOf(pod) ?? ''));
      await kubectl.run(['scale', 'statefulset/zk', '--replicas=0']);
      for (const pod of ['zk-0', 'zk-1', 'zk-2']) await kubectl.wait(`pod/${pod}`, 'delete', 90);
      await kubectl.delete('pvc', ...lost.map(pod => `data-${pod}`));
      await keepPodsOff(cluster, nodes, async () => {
        await kubectl.run(['scale', 'statefulset/zk', '--replicas=3']);
        for (const pod of lost) await kubectl.wait(`pod/${pod}`, 'condition=PodScheduled', 60);
      });
    };

    // The founder finds nobody who serves, and others that start: it must not found again.
    await startWithout('zk-0');
    await measure('ensemble whose first volume was lost from its start to ready', () => ensemble?.ready(3) ?? Promise.resolve());
    await writer.goesOn();
    writer.stop();
    expect(await ensemble.said('zk-0')).toContain('joining the ensemble of zk-');
    expect(await ensemble.lost('zk-0', writer)).toEqual([]);

    // Not while zk-2 leads: until it notices that it has no majority any more, they would join it without a vote.
    await startWithout('zk-0', 'zk-1');
    await waitUntil('zk-0 to see the server of zk-2', 90, async () => {
      const said = await ensemble?.said('zk-0') ?? '';
      return said.includes('zk-2: runs a server that finds no majority') || said;
    });
    await sleep(20);
    for (const pod of ['zk-0', 'zk-1', 'zk-2']) expect(await ensemble.modeOf(pod)).toBeUndefined();
    await expect(ensemble.script('zk-0', 'decide.sh', 'found')).rejects.toThrow('refused: zk-2 runs a server');
    say(await ensemble.script('zk-2', 'decide.sh', 'members', 'zk-2'));
    await measure('ensemble of one volume of three from the decision to ready', () => ensemble?.ready(3) ?? Promise.resolve());
    expect(await ensemble.lost('zk-0', writer)).toEqual([]);
  });
});
