import { Size } from 'cdk8s';
import { ApiServer } from '../support/api-server';
import { reachableClusters } from '../support/clusters';
import { Elected, Quorum, Sharded } from '../support/engines-to-come';
import { newChart, synth } from '../support/manifests';
import { IDatabaseEngine, StatefulDatabase } from 'cdk8s-stateful';

/** What the contract of engines can express, the API servers take: Jobs, CronJobs, rights, several groups. */
describe.each(reachableClusters())('API server $version', ({ kubectl }) => {
  let server: ApiServer;
  beforeAll(async () => { server = await ApiServer.start(kubectl); });
  afterAll(() => server?.stop());

  test.each<[string, IDatabaseEngine, number]>([
    ['a quorum with a second group and tasks', new Quorum(), 0],
    ['members that elect their primary', new Elected(), 2],
    ['shards behind routers', new Sharded(), 0],
  ])('takes all of %s', async (_, engine, readReplicas) => {
    const chart = newChart('shop');
    new StatefulDatabase(chart, 'Box', { engine, readReplicas, storage: { size: Size.gibibytes(1) }, egress: true });
    await server.accept(synth(chart));
  });
});
