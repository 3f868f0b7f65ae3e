import { Chart, Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { find, newChart, ofKind } from '../support/manifests';
import { expectInvalid } from '../support/refusals';
import {
  ClaimRetention, DatabaseEngine, DisruptionPolicy, Members, MysqlVersion, PodDisruptionBudget, StatefulDatabase, StatefulWorkload,
  StatefulWorkloadProps,
} from 'cdk8s-stateful';

const container = { image: 'busybox:1.35', ports: [{ number: 7000, name: 'peer' }] };

function workload(props: StatefulWorkloadProps = {}, chart = newChart('shop')): { chart: Chart; store: StatefulWorkload } {
  return { chart, store: new StatefulWorkload(chart, 'Store', { containers: [container], ...props }) };
}

const set = (props: StatefulWorkloadProps) => find(workload(props).chart, 'StatefulSet', 'store');
const refused = (props: StatefulWorkloadProps) => () => workload(props);
const podSpec = (spec: object) => ({ spec: { template: { spec } } });

describe('what Pods may be told', () => {
  test('their runtime, their scheduler, service links and a common process namespace', () => {
    expect(set({ runtimeClassName: 'kata', schedulerName: 'volcano', enableServiceLinks: true, shareProcessNamespace: true }))
      .toMatchObject(podSpec({ runtimeClassName: 'kata', schedulerName: 'volcano', enableServiceLinks: true, shareProcessNamespace: true }));
    expect(set({})).toMatchObject(podSpec({ enableServiceLinks: false }));
    expectInvalid(refused({ runtimeClassName: 'Kata' }), { property: 'runtimeClassName', got: 'Kata' });
    expectInvalid(refused({ schedulerName: 'my scheduler' }), { property: 'schedulerName' });
  });

  test('no hostname and no subdomain, which Kubernetes overwrites', () => {
    expectInvalid(refused({ dns: { subdomain: 'peers' } }), { property: 'dns.subdomain', hint: "Kubernetes overwrites it in the Pods of a StatefulSet: it is 'identity.serviceName'." });
    expectInvalid(refused({ dns: { hostname: 'db' } }), { property: 'dns.hostname', hint: 'Kubernetes overwrites it in the Pods of a StatefulSet: it is the name of the Pod.' });
    expect(set({ dns: { searches: ['shop.example'] } })).toMatchObject(podSpec({ dnsConfig: { searches: ['shop.example'] } }));
  });

  test('that members are found only when they are ready', () => {
    const { chart } = workload({ publishNotReadyAddresses: false });
    expect(find(chart, 'Service', 'store-headless')).toMatchObject({ spec: { publishNotReadyAddresses: false } });
  });

  test('no grace, where no product has to keep its files', () => {
    expect(set({ terminationGrace: Duration.seconds(0) })).toMatchObject(podSpec({ terminationGracePeriodSeconds: 0 }));
    expectInvalid(() => new StatefulDatabase(newChart('shop'), 'Orders', {
      engine: DatabaseEngine.mysql({ version: MysqlVersion.V8_4 }),
      storage: { size: Size.gibibytes(20) },
      terminationGrace: Duration.seconds(0),
    }), { where: 'test/Orders', property: 'terminationGrace in seconds', got: 0 });
  });
});

describe('the network of the node', () => {
  const open = { hostNetwork: true, isolate: false };

  test('comes with the DNS policy that finds Services', () => {
    expect(set(open)).toMatchObject(podSpec({ hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' }));
    expect(set({ ...open, dns: { policy: kplus.DnsPolicy.DEFAULT } })).toMatchObject(podSpec({ dnsPolicy: 'Default' }));
    expect(set({})).toMatchObject(podSpec({ hostNetwork: false, dnsPolicy: 'ClusterFirst' }));
  });

  test('has one number for a port', () => {
    expect(set({ ...open, containers: [{ image: 'a:1', ports: [{ number: 80, hostPort: 80 }] }] }))
      .toMatchObject(podSpec({ containers: [{ ports: [{ containerPort: 80, hostPort: 80 }] }] }));
    expectInvalid(refused({ ...open, containers: [{ image: 'a:1', ports: [{ number: 80, hostPort: 8080 }] }] }), { property: 'hostPort', got: 8080 });
  });

  test('is open, which has to be said', () => {
    expectInvalid(refused({ hostNetwork: true }), "test/Store: its Pods use the network of their node, and 'isolate' is not false");
    expectInvalid(refused({ ...open, egress: true }), "and 'egress' is true");
  });

  test('has no Pods that a policy could name', () => {
    const { chart, store } = workload(open);
    const client = new kplus.Deployment(chart, 'Api', { containers: [{ image: 'a:1' }] });
    expectInvalid(() => store.grantConnect(client, { egress: true }), 'it is granted egress to test/Store/Resource, whose Pods use the network of their node');
    const closed = new StatefulWorkload(chart, 'Closed', { containers: [container] });
    expectInvalid(() => closed.grantConnect(store.workload), 'test/Store/Resource is granted access, but its Pods use the network of their node');
  });
});

describe('security', () => {
  test('a user without a group', () => {
    const spec = set({ security: { user: 999, groupFollowsUser: false } });
    expect(spec).toMatchObject(podSpec({ securityContext: { runAsUser: 999, runAsNonRoot: true } }));
    expect(spec).not.toHaveProperty('spec.template.spec.securityContext.runAsGroup');
    expect(spec).not.toHaveProperty('spec.template.spec.securityContext.fsGroup');
    expect(set({ security: { user: 999, groupFollowsUser: false, fsGroup: 5 } })).toMatchObject(podSpec({ securityContext: { fsGroup: 5 } }));
  });

  test('an SELinux context', () => {
    expect(set({ security: { seLinuxOptions: { level: 's0:c1,c2' } } })).toMatchObject(podSpec({ securityContext: { seLinuxOptions: { level: 's0:c1,c2' } } }));
  });

  test('none at all, in one word', () => {
    const spec = set({ security: { restricted: false }, initContainers: [{ image: 'a:1' }] });
    const securityContext = { privileged: false, allowPrivilegeEscalation: true, readOnlyRootFilesystem: false, runAsNonRoot: false };
    expect(spec).toHaveProperty('spec.template.spec.securityContext', { runAsNonRoot: false, fsGroupChangePolicy: 'OnRootMismatch' });
    expect(spec).toHaveProperty('spec.template.spec.containers.0.securityContext', securityContext);
    expect(spec).toHaveProperty('spec.template.spec.initContainers.0.securityContext', securityContext);
  });

  test('none, but for what is said', () => {
    const spec = set({
      security: { restricted: false, user: 0, seccompProfile: { type: kplus.SeccompProfileType.UNCONFINED } },
      containers: [{ image: 'a:1', securityContext: { privileged: true, readOnlyRootFilesystem: true } }],
    });
    expect(spec).toHaveProperty('spec.template.spec.securityContext',
      { runAsUser: 0, runAsNonRoot: false, fsGroupChangePolicy: 'OnRootMismatch', seccompProfile: { type: 'Unconfined' } });
    const securityContext = { privileged: true, allowPrivilegeEscalation: true, readOnlyRootFilesystem: true };
    expect(spec).toMatchObject(podSpec({ containers: [{ securityContext }] }));
  });
});

describe('a parked set', () => {
  test('has no members, and keeps its claims', () => {
    const { chart, store } = workload({ replicas: 0, claims: { data: { size: Size.gibibytes(1) } } });
    store.addVolume(store.claim('data'));
    expect(find(chart, 'StatefulSet', 'store')).toMatchObject({ spec: { replicas: 0, persistentVolumeClaimRetentionPolicy: { whenScaled: 'Retain' } } });
    expect(ofKind(chart, 'PodDisruptionBudget')).toEqual([]);
    expect(store.peerDnsNames).toEqual([]);
    expect(store.podName(2)).toBe('store-2');
  });

  test('is refused if that would delete its data', () => {
    const retention = { whenScaled: ClaimRetention.DELETE };
    expectInvalid(refused({ replicas: 0, retention }), { hint: "Parking the set would delete all of its data: omit 'retention.whenScaled'." });
    expectInvalid(refused({ members: Members.replicas(0), retention }), 'deletes the claims');
    expect(set({ replicas: 1, retention })).toMatchObject({ spec: { replicas: 1 } });
  });
});

describe('budgets in percent', () => {
  const budget = (count: number, disruption: DisruptionPolicy) => find(workload({ replicas: count, disruption }).chart, 'PodDisruptionBudget', 'store');

  test('of those that may go, and of those that must stay', () => {
    expect(budget(5, DisruptionPolicy.maxUnavailablePercent(20))).toMatchObject({ spec: { maxUnavailable: '20%' } });
    expect(budget(5, DisruptionPolicy.minAvailablePercent(60))).toMatchObject({ spec: { minAvailable: '60%' } });
    const { chart, store } = workload({ replicas: 2, disruption: DisruptionPolicy.none() });
    new PodDisruptionBudget(chart, 'Budget', { workload: store.workload, minAvailablePercent: 0 });
    expect(find(chart, 'PodDisruptionBudget', 'budget')).toMatchObject({ spec: { minAvailable: '0%' } });
  });

  test('are counted as Kubernetes counts them, upwards', () => {
    const quorum = (disruption: DisruptionPolicy) => refused({ members: Members.quorum(5), disruption });
    expect(quorum(DisruptionPolicy.maxUnavailablePercent(40))).not.toThrow();
    expectInvalid(quorum(DisruptionPolicy.maxUnavailablePercent(41)), { property: 'disruption.maxUnavailablePercent', got: 41, hint: 'At most 2 may be unavailable.' });
    expect(quorum(DisruptionPolicy.minAvailablePercent(41))).not.toThrow();
    expectInvalid(quorum(DisruptionPolicy.minAvailablePercent(40)), { property: 'disruption.minAvailablePercent' });
    expectInvalid(refused({ replicas: 3, disruption: DisruptionPolicy.minAvailablePercent(67) }), { allowed: 'a budget that allows at least one of the 3 members to be evicted' });
  });

  test('are from 0 to 100, and the only limit', () => {
    expectInvalid(() => DisruptionPolicy.maxUnavailablePercent(101), { property: 'maxUnavailablePercent' });
    expectInvalid(() => DisruptionPolicy.minAvailablePercent(0), { property: 'minAvailablePercent' });
    const { chart, store } = workload();
    expectInvalid(() => new PodDisruptionBudget(chart, 'Budget', { workload: store.workload, maxUnavailable: 1, maxUnavailablePercent: 1 }), 'exactly one limit');
  });
});
