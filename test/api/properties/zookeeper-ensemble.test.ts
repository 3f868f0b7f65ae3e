/** @beside-others */
import { Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import * as fc from 'fast-check';
import { optional, setNames, statefulPods, storages } from '../../support/arbitraries';
import { acceptsWhateverIsAllowed } from '../../support/properties';
import { PodSecurity, ZooKeeperEnsemble, ZooKeeperVersion } from 'cdk8s-stateful';

const inputs = fc.record({
  pods: statefulPods,
  own: optional({
    members: fc.constantFrom(1, 3, 5, 7),
    version: fc.constantFrom(ZooKeeperVersion.V3_8, ZooKeeperVersion.V3_9, ZooKeeperVersion.of('3.9.4')),
    config: optional({ tickTime: fc.integer({ min: 100, max: 10000 }).map(String), snapCount: fc.integer({ min: 2, max: 1000000 }).map(String) })
      .map(settings => Object.fromEntries(Object.entries(settings))),
    resources: fc.record({ memory: fc.integer({ min: 384, max: 65536 }).map(limit => ({ limit: Size.mebibytes(limit) })) }),
    // One StatefulSet has one retention, that of `storage`.
    logStorage: storages(Size.mebibytes(1)).map(({ retention: _, ...rest }) => rest),
  }),
  storage: storages(Size.mebibytes(1)),
  client: fc.option(setNames, { nil: undefined }),
});

acceptsWhateverIsAllowed('ZooKeeperEnsemble', inputs, (chart, { pods, own, storage, client }) => {
  const { name = 'zk', ...rest } = pods;
  const ensemble = new ZooKeeperEnsemble(chart, 'Coordination', { ...rest, ...own, name: `${name.slice(0, 40)}x`, storage });
  if (client === undefined) return;
  ensemble.grantConnect(new kplus.Deployment(chart, 'Client', {
    metadata: { name: `y${client.slice(0, 40)}z` },
    containers: [{ image: 'client:1', securityContext: PodSecurity.restricted({ user: 1000 }) }],
  }));
});
