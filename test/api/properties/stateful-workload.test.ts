/** @beside-others */
import { Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import * as fc from 'fast-check';
import { volumeNameOf } from '../../../src/base/names';
import { accessModes, identities, labels, optional, retentions, sizes, statefulPods, subdomains } from '../../support/arbitraries';
import { containers, probedContainers } from '../../support/container-arbitraries';
import { acceptsWhateverIsAllowed } from '../../support/properties';
import { ClaimRetention, DisruptionPolicy, Members, MembersKind, PersistentVolumeClaim, StatefulWorkload } from 'cdk8s-stateful';

const members = fc.oneof(
  fc.integer({ min: 0, max: 4 }).map(half => Members.quorum(2 * half + 1)),
  fc.integer({ min: 0, max: 9 }).map(count => Members.replicas(count)),
);

const ids = fc.integer({ min: 1, max: 65535 });

/** Budgets that the members allow. */
const disruptions = ({ count, required, kind }: Members) => fc.constantFrom(
  undefined,
  DisruptionPolicy.none(),
  ...count === 1 ? [DisruptionPolicy.maxUnavailable(0)] : [],
  ...count > required ? [DisruptionPolicy.maxUnavailable(count - required), DisruptionPolicy.minAvailable(required)] : [],
  ...count > 1 && kind === MembersKind.REPLICAS ? [DisruptionPolicy.maxUnavailablePercent(100), DisruptionPolicy.minAvailablePercent(1)] : [],
);

/** What becomes of the claims; a parked set keeps them. */
const retentionsOf = ({ count }: Members) => retentions
  .map(retention => count === 0 && retention.whenScaled === ClaimRetention.DELETE ? {} : retention);

const inputs = members.chain(count => fc.record({
  pods: statefulPods,
  own: optional({
    minReady: fc.integer({ min: 0, max: 600 }).map(amount => Duration.seconds(amount)),
    terminationGrace: fc.integer({ min: 0, max: 60 }).map(amount => Duration.seconds(amount)),
    ordinalStart: fc.integer({ min: 0, max: 100 }),
    retention: retentionsOf(count),
    disruption: disruptions(count),
    security: fc.record({
      user: ids,
      groupFollowsUser: fc.boolean(),
      supplementalGroups: fc.array(ids, { maxLength: 2 }),
      seLinuxOptions: fc.record({ level: fc.constantFrom('s0', 's0:c1,c2') }),
    }, { requiredKeys: ['user'] }),
    enableServiceLinks: fc.boolean(),
    shareProcessNamespace: fc.boolean(),
    publishNotReadyAddresses: fc.boolean(),
  }),
  identity: fc.oneof(
    fc.record({ podManagement: fc.constantFrom(...Object.values(kplus.PodManagementPolicy)) }),
    fc.record({ identity: identities }),
  ),
  members: fc.constant(count),
  scaled: fc.boolean(),
  claims: fc.uniqueArray(fc.record({
    name: labels,
    props: fc.record({
      size: sizes,
      accessModes,
      volumeMode: fc.constantFrom(...Object.values(kplus.PersistentVolumeMode)),
    }, { requiredKeys: ['size'] }),
    byInitContainer: fc.boolean(),
  }), { selector: claim => claim.name, maxLength: 3 }),
  ports: fc.uniqueArray(fc.record({ number: fc.integer({ min: 1, max: 65535 }), name: fc.option(labels, { nil: undefined }) }),
    { selector: port => port.number, maxLength: 4 }).filter(ports => new Set(ports.map(port => port.name ?? port.number)).size === ports.length),
  main: probedContainers,
  init: containers,
  sidecar: fc.option(containers, { nil: undefined }), // without probes, which Kubernetes 1.28 does not know of sidecars
  existing: fc.option(fc.record({ name: subdomains, volumeMode: fc.constantFrom(...Object.values(kplus.PersistentVolumeMode)) }), { nil: undefined }),
  granted: fc.boolean(),
}));

acceptsWhateverIsAllowed('StatefulWorkload', inputs, (chart, input) => {
  const scaled = input.scaled && input.members.kind === MembersKind.REPLICAS;
  const store = new StatefulWorkload(chart, 'Store', { ...input.pods, ...input.own, ...input.identity, members: scaled ? undefined : input.members });
  const main = store.addContainer({ image: 'store:1', ports: input.ports, ...input.main });
  const init = store.addInitContainer({ image: 'store:1', ...input.init });
  if (input.sidecar) store.addInitContainer({ name: 'x-sidecar', image: 'store:1', restartPolicy: kplus.ContainerRestartPolicy.ALWAYS, ...input.sidecar });
  const { existing } = input;
  if (existing && !input.claims.some(({ name }) => name === volumeNameOf(existing.name))) {
    main.mount('/volumes/of-others', PersistentVolumeClaim.fromName(chart, 'Existing', existing.name, { volumeMode: existing.volumeMode }));
  }
  for (const { name, props, byInitContainer } of input.claims) {
    (byInitContainer ? init : main).mount(`/volumes/${name}`, store.addClaim(name, props));
  }
  if (input.granted && input.ports.length > 0) store.grantConnect(new StatefulWorkload(chart, 'Client', { containers: [{ image: 'client:1' }] }).workload);
  if (scaled) {
    new kplus.HorizontalPodAutoscaler(chart, 'Autoscaler', {
      target: store, maxReplicas: 9, metrics: [kplus.Metric.resourceCpu(kplus.MetricTarget.averageUtilization(70))],
    });
  }
});

const unrestricted = fc.record({
  hostNetwork: fc.boolean(),
  security: optional({
    user: fc.integer({ min: 0, max: 9 }),
    fsGroup: ids,
    seLinuxOptions: optional({ user: labels, role: labels, type: labels, level: fc.constant('s0') }),
    seccompProfile: fc.constant({ type: kplus.SeccompProfileType.UNCONFINED }),
  }),
  container: optional({ privileged: fc.boolean(), readOnlyRootFilesystem: fc.boolean(), user: fc.integer({ min: 0, max: 9 }) }),
  port: fc.integer({ min: 1, max: 65535 }),
});

acceptsWhateverIsAllowed('unrestricted StatefulWorkload', unrestricted, (chart, { hostNetwork, security, container, port }) => {
  new StatefulWorkload(chart, 'Store', {
    security: { ...security, restricted: false },
    hostNetwork,
    isolate: !hostNetwork,
    containers: [{ image: 'store:1', ports: [{ number: port, hostPort: hostNetwork ? port : undefined }], securityContext: container }],
  });
}, 'privileged');
