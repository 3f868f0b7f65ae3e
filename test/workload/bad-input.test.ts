import { App, Chart, Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { configFiles } from '../../src/kit/config-files';
import { newChart, synth } from '../support/manifests';
import { expectInvalid, type Refusal } from '../support/refusals';
import { DisruptionPolicy, HeadlessService, Members, Placement, PodDisruptionBudget, StatefulWorkload, StatefulWorkloadProps } from 'cdk8s-stateful';

type BadInput = [what: string, act: (chart: Chart) => void, refusal: Refusal];

const withProps = (props: StatefulWorkloadProps, id = 'Store') => (chart: Chart) => { new StatefulWorkload(chart, id, props); };
const withWorkload = (act: (store: StatefulWorkload, chart: Chart) => void) => (chart: Chart) => act(new StatefulWorkload(chart, 'Store'), chart);
const withContainer = (container: kplus.ContainerProps) => withWorkload(store => { store.addContainer(container); });
const root = 'runs as user 0, which is root, so it would never start. ' +
  "Set another 'user', or 'ensureNonRoot: false' if Pod Security \"restricted\" is not enforced.";
const elsewhere = (chart: Chart) =>
  new kplus.Deployment(new Chart(chart.node.root as App, 'web', { namespace: 'web' }), 'Api', { containers: [{ image: 'a:1' }] });
const gibibyte = Size.gibibytes(1);
const nameRule = "expected at most 52 characters: lower-case letters, digits and '-', beginning with a letter, ending with a letter or digit.";

const refused: BadInput[] = [
  ['a name of 53 characters', withProps({ name: 'a'.repeat(53) }), `test/Store: invalid 'name': got '${'a'.repeat(53)}', ${nameRule}`],
  ['a name with a dot', withProps({ name: 'a.b' }), `test/Store: invalid 'name': got 'a.b', ${nameRule}`],
  ['a name that begins with a digit', withProps({}, '2ndStore'), `test/2ndStore: invalid 'name': got '2nd-store', ${nameRule} The name is derived from the construct id: change the id, or set 'name'.`],
  ['an empty name', withProps({ name: '' }), `test/Store: invalid 'name': got '', ${nameRule}`],
  ['two sets of one name', chart => { withProps({})(chart); withProps({ name: 'store' }, 'Other')(chart); },
    "test/Other: the StatefulSet name 'store' is already taken in the namespace 'shop' by test/Store. Two sets of the same name would share their volumes: change the 'name' of one of them."],
  ['two sets of one name, in two charts of one namespace', chart => {
    withProps({})(chart);
    withProps({})(new Chart(chart.node.scope as Chart, 'other', { namespace: 'shop' }));
  }, "other/Store: the StatefulSet name 'store' is already taken in the namespace 'shop' by test/Store. Two sets of the same name would share their volumes: change the 'name' of one of them."],
  ["a Service called like a set's own", withWorkload(({ workload }, chart) => { new HeadlessService(chart, 'Peers', { name: 'store-headless', workload }); }),
    "test/Peers: the Service name 'store-headless' is already taken in the namespace 'shop' by test/Store/HeadlessService. Change the 'name' of one of them."],
  ["a budget called like a set's own", chart => {
    const { workload } = new StatefulWorkload(chart, 'Store', { replicas: 2 });
    new PodDisruptionBudget(chart, 'Budget', { name: 'store', workload, minAvailable: 1 });
  }, "test/Budget: the PodDisruptionBudget name 'store' is already taken in the namespace 'shop' by test/Store/DisruptionBudget. Change the 'name' of one of them."],
  ['two ConfigMaps of one name, of our own', withWorkload((store, chart) => {
    configFiles(new StatefulWorkload(chart, 'Other', { name: 'store-log' }), 'config', () => ({}));
    configFiles(store, 'log-config', () => ({}));
  }), "test/Store: the ConfigMap name 'store-log-config' is already taken in the namespace 'shop' by test/Other. Change the 'name' of one of them."],
  ['minus one replica', withProps({ replicas: -1 }), "test/Store: invalid 'replicas': got -1, expected a whole number of at least 0."],
  ['half a replica', withProps({ replicas: 1.5 }), "test/Store: invalid 'replicas': got 1.5, expected a whole number of at least 0."],
  ['replicas and members', withProps({ replicas: 1, members: Members.replicas(1) }), "test/Store: both 'members' and 'replicas' are set. Set only one of them: 'members' includes the number."],
  ['an even quorum', () => { Members.quorum(4); }, "Members.quorum: invalid 'count': got 4, expected an odd number. 4 members tolerate no more failures than 3: use 3 or 5."],
  ['a quorum of none', () => { Members.quorum(0); }, "Members.quorum: invalid 'count': got 0, expected a whole number from 1 to 99."],
  ['minus one member', () => { Members.replicas(-1); }, "Members.replicas: invalid 'count': got -1, expected a whole number of at least 0."],
  ['a negative first ordinal', withProps({ ordinalStart: -1 }), "test/Store: invalid 'ordinalStart': got -1, expected a whole number of at least 0."],
  ['a budget that never lets go', withProps({ replicas: 3, disruption: DisruptionPolicy.minAvailable(3) }),
    "test/Store: invalid 'disruption.minAvailable': got 3, expected a budget that allows at least one of the 3 members to be evicted. Otherwise, it blocks every drain of their nodes."],
  ['replicated members of which all must stay up', () => { Members.replicated(3, { mustStayUp: 3 }); }, "Members.replicated: invalid 'mustStayUp': got 3, expected a whole number from 1 to 2."],
  ['a single replicated member', () => { Members.replicated(1, { mustStayUp: 1 }); }, "Members.replicated: invalid 'count': got 1, expected a whole number of at least 2."],
  ['a budget below what must stay up', withProps({ members: Members.replicated(5, { mustStayUp: 4 }), disruption: DisruptionPolicy.minAvailable(3) }),
    "test/Store: invalid 'disruption.minAvailable': got 3, expected a budget that keeps 4 of 5 members available. At most 1 may be unavailable."],
  ['a budget below a majority', withProps({ members: Members.quorum(3), disruption: DisruptionPolicy.maxUnavailable(2) }),
    "test/Store: invalid 'disruption.maxUnavailable': got 2, expected a budget that keeps a majority (2 of 3) available. At most 1 may be unavailable."],
  ['a budget of minus one', () => { DisruptionPolicy.maxUnavailable(-1); }, "DisruptionPolicy: invalid 'maxUnavailable': got -1, expected a whole number of at least 0."],
  ['a budget that keeps none', () => { DisruptionPolicy.minAvailable(0); }, "DisruptionPolicy: invalid 'minAvailable': got 0, expected a whole number of at least 1."],
  ['a skew of zero', () => { Placement.spread({ maxSkew: 0 }); }, "Placement.spread: invalid 'maxSkew': got 0, expected a whole number of at least 1."],
  ['an unknown spread, from JavaScript', () => { Placement.spread(JSON.parse('{ "hosts": "always" }')); }, "Placement.spread: invalid 'hosts': got 'always', expected 'required' or 'preferred'."],
  ['nodes that are none', () => { Placement.onNodes(); }, "Placement.onNodes: invalid 'nodes': got [], expected at least one. For all nodes, use Placement.spread()."],
  ['a claim of no size', withWorkload(store => { store.addClaim('data', { size: Size.gibibytes(0) }); }),
    "test/Store: invalid 'claims.data.size': got '0 bytes', expected at least 1 and less than 2^63 bytes, without a fraction. For example Size.gibibytes(20)."],
  ['a size as text, from JavaScript', withWorkload(store => { store.addClaim('data', JSON.parse('{ "size": "20Gi" }')); }),
    "test/Store.addClaim: invalid 'size': got '20Gi', expected a Size. For example Size.gibibytes(20)."],
  ['a claim without a size, from JavaScript', withWorkload(store => { store.addClaim('data', JSON.parse('{}')); }),
    { where: 'test/Store.addClaim', property: 'size', got: undefined, allowed: 'a Size' }],
  ['two claims of one name', withWorkload(store => { store.addClaim('data', { size: gibibyte }); store.addClaim('data', { size: gibibyte }); }),
    "test/Store: the claim name 'data' is already taken in this workload. Choose another name for the second claim."],
  ['claims of the names that another set makes', chart => {
    new StatefulWorkload(chart, 'Ledger', { claims: { 'data-archive': { size: gibibyte } } });
    new StatefulWorkload(chart, 'Archive', { name: 'archive-ledger', claims: { data: { size: gibibyte } } });
  }, "test/Archive/Claim-data: the names of its claims, 'data-archive-ledger-0' and so on, are already taken by test/Ledger/Claim-data-archive. " +
    'Two sets would share their volumes: change the name of one of the templates or sets.'],
  ['a claim name in capitals', withWorkload(store => { store.addClaim('Data', { size: gibibyte }); }),
    "test/Store: invalid 'claims': got 'Data', expected at most 63 characters: lower-case letters, digits and '-', beginning and ending with a letter or digit."],
  ['a claim without access modes', withWorkload(store => { store.addClaim('data', { size: gibibyte, accessModes: [] }); }),
    "test/Store: invalid 'claims.data.accessModes': got [], expected at least one access mode. Omit it for ReadWriteOnce."],
  ["a container name that ends with '-'", withContainer({ image: 'a:1', name: 'a-a-' }),
    "test/Store: invalid 'container name': got 'a-a-', expected at most 63 characters: lower-case letters, digits and '-', beginning and ending with a letter or digit."],
  ['two containers of one name', withWorkload(store => { store.addContainer({ image: 'a:1' }); store.addInitContainer({ image: 'a:1', name: 'main' }); }),
    "test/Store: the container name 'main' is already taken in this Pod. Set another 'name' for the second container."],
  ['a container that is attached past the checks', withWorkload(({ workload }) => { workload.attachContainer(new kplus.Container({ image: 'a:1', name: 'exporter' })); }),
    "test/Store: the container 'exporter' is attached, so the restricted defaults cannot be applied. Pass its properties to addContainer() instead."],
  ['a sidecar among the containers', withContainer({ image: 'a:1', restartPolicy: kplus.ContainerRestartPolicy.ALWAYS }),
    "test/Store: the container 'main' has a 'restartPolicy', which only init containers have. Add a sidecar with addInitContainer()."],
  ['an init container whose usual name is taken', withWorkload(store => { store.addInitContainer({ image: 'a:1', name: 'init-1' }); store.addInitContainer({ image: 'a:1' }); }),
    "test/Store: the container name 'init-1' is already taken in this Pod. Set another 'name' for the second container."],
  ['a privileged container', withContainer({ image: 'a:1', securityContext: { privileged: true } }),
    "test/Store: the container is privileged without 'allowPrivilegeEscalation', which the API server refuses. Set 'allowPrivilegeEscalation: true' too."],
  ['a cluster domain that is none', withProps({ clusterDomain: 'my domain' }),
    "test/Store/HeadlessService: invalid 'clusterDomain': got 'my domain', expected a DNS domain. Most clusters use 'cluster.local'."],
  ['nodes without labels', () => { Placement.onNodes(kplus.Node.labeled()); },
    "Placement.onNodes: invalid 'nodes': got 'kplus.Node.labeled()', expected nodes with labels. Without labels, no node matches."],
  ['a headless Service with two ports of one name', withWorkload(({ workload }, chart) => {
    new HeadlessService(chart, 'Peers', { workload, ports: [{ number: 1, name: 'a' }, { number: 2, name: 'a' }] });
  }), "test/Peers: ports 1 and 2 are both named 'a'. A Service needs distinct names: change one of them."],
  ['a port twice in one container', withWorkload(store => { store.addContainer({ image: 'a:1', portNumber: 80, ports: [{ number: 80 }] }); }),
    'test/Store: the port 80/TCP is declared twice by one container. Declare it once.'],
  ['two ports of one name in one container', withWorkload(store => {
    store.addContainer({ image: 'a:1', ports: [{ number: 1, name: 'http' }, { number: 2, name: 'http' }] });
  }), "test/Store: the ports 1 and 2 of one container are both named 'http'. Use different names."],
  ['a port number of zero', withWorkload(store => { store.addContainer({ image: 'a:1', ports: [{ number: 0 }] }); }),
    "test/Store: invalid 'port number': got 0, expected a whole number from 1 to 65535."],
  ['a port name of 16 characters', withWorkload(store => { store.addContainer({ image: 'a:1', ports: [{ number: 1, name: 'abcdefghijklmnop' }] }); }),
    "test/Store: invalid 'port name': got 'abcdefghijklmnop', expected at most 15 characters: lower-case letters (at least one), digits and single '-' between them."],
  ['a port of another container', withWorkload(store => {
    store.addContainer({ image: 'a:1', ports: [{ number: 80 }] });
    store.addContainer({ image: 'a:1', name: 'other', ports: [{ number: 80 }] });
  }), "test/Store: the port 80/TCP is already taken in this Pod by the container 'main'. Containers of a Pod share its network, so the second could not listen: change the port of one of them."],
  ['a sidecar that wants the port of a container', withWorkload(store => {
    store.addContainer({ image: 'a:1', portNumber: 80 });
    store.addInitContainer({ image: 'a:1', name: 'proxy', portNumber: 80, restartPolicy: kplus.ContainerRestartPolicy.ALWAYS });
  }), "test/Store: the port 80/TCP is already taken in this Pod by the container 'main'. Containers of a Pod share its network, so the second could not listen: change the port of one of them."],
  ['the label that selects the Pods', withProps({ podLabels: { [kplus.Pod.ADDRESS_LABEL]: 'mine' } }),
    "test/Store: invalid 'podLabels': got 'cdk8s.io/metadata.addr', expected labels other than the one that selects the Pods. The selector of a StatefulSet is immutable."],
  ['a label value with a blank', withProps({ podLabels: { tier: 'a b' } }),
    "test/Store: invalid 'podLabels.tier': got 'a b', expected a label value: at most 63 letters, digits, '-', '_' and '.', beginning and ending with a letter or digit."],
  ['an annotation key with a blank', withProps({ podAnnotations: { 'a b': '' } }),
    "test/Store: invalid 'podAnnotations': got 'a b', expected an annotation key: at most 63 letters, digits, '-', '_' and '.', optionally after a DNS name and '/'."],
  ['a priority class in capitals', withProps({ priorityClassName: 'High' }),
    "test/Store: invalid 'priorityClassName': got 'High', expected at most 253 characters: lower-case letters, digits, '-' and '.', each part beginning and ending with a letter or digit."],
  ...(['user', 'group', 'fsGroup'] as const).map((property): BadInput =>
    [`half a ${property}`, withProps({ security: { [property]: 1.5 } }), `test/Store: invalid 'security.${property}': got 1.5, expected a whole number of at least 0.`]),
  ['a negative further group', withProps({ security: { supplementalGroups: [4, -1] } }),
    "test/Store: invalid 'security.supplementalGroups': got -1, expected a whole number of at least 0."],
  ['no image', withContainer({ image: '' }), "test/Store: invalid 'image': got '', expected the name of an image. For example 'postgres:17'."],
  ['no image, from JavaScript', withContainer(JSON.parse('{ "name": "app" }')), { where: 'test/Store.addContainer', property: 'image', got: undefined }],
  ['a blank in an image', withWorkload(store => { store.addInitContainer({ image: 'a :1', name: 'app' }); }),
    "test/Store: invalid 'app.image': got 'a :1', expected the name of an image. For example 'postgres:17'."],
  ['a negative user of a container', withContainer({ image: 'a:1', securityContext: { user: -1 } }),
    "test/Store: invalid 'securityContext.user': got -1, expected a whole number of at least 0."],
  ['half a group of a container', withContainer({ image: 'a:1', name: 'app', securityContext: { group: 1.5 } }),
    "test/Store: invalid 'app.securityContext.group': got 1.5, expected a whole number of at least 0."],
  ['root, from the Pod', withProps({ security: { user: 0 }, containers: [{ image: 'a:1' }] }), `test/Store: the container ${root}`],
  ['root, from the container', withContainer({ image: 'a:1', name: 'app', securityContext: { user: 0 } }), `test/Store: the container 'app' ${root}`],
  ['more cpu than the limit', withContainer({ image: 'a:1', resources: { cpu: { request: kplus.Cpu.units(1.5), limit: kplus.Cpu.millis(700) } } }),
    'test/Store: the cpu request is 1.5, more than the limit of 700m. Set only the limit: Kubernetes then requests the same amount.'],
  ['more memory than the limit', withContainer({ image: 'a:1', name: 'app', resources: { memory: { request: Size.gibibytes(2), limit: Size.mebibytes(700) } } }),
    "test/Store: the memory request of 'app' is 2Gi, more than the limit of 700Mi. Set only the limit: Kubernetes then requests the same amount."],
  ['more disk than the limit', withContainer({ image: 'a:1', resources: { ephemeralStorage: { request: Size.gibibytes(2), limit: Size.gibibytes(1) } } }),
    'test/Store: the ephemeral storage request is 2Gi, more than the limit of 1Gi. Set only the limit: Kubernetes then requests the same amount.'],
  ['half a second of grace', withProps({ terminationGrace: Duration.millis(500) }), "test/Store: invalid 'terminationGrace in seconds': got 0.5, expected a whole number of at least 0."],
  ['negative history', withProps({ revisionHistoryLimit: -1 }), "test/Store: invalid 'revisionHistoryLimit': got -1, expected a whole number of at least 0."],
  ['a Pod beyond the last', withWorkload(store => { store.podName(1); }), "test/Store: invalid 'podName index': got 1, expected a whole number from 0 to 0."],
  ['a grant to itself', withWorkload(store => { store.grantConnect(store.workload); }), 'test/Store: a workload is granted access to itself. Its members can connect to each other without a grant.'],
  ['a grant to a construct of ours, from JavaScript', withWorkload((store, chart) => {
    Reflect.apply(store.grantConnect, store, [new StatefulWorkload(chart, 'Other')]);
  }), "test/Store.grantConnect: invalid 'client': got the StatefulWorkload test/Other, expected a kplus.AbstractPod. Pass its 'workload'."],
  ['a grant without ports', withWorkload((store, chart) => { store.grantConnect(new kplus.Pod(chart, 'Api', { containers: [{ image: 'a:1' }] })); }),
    "test/Store: test/Api is granted access, but the containers declare no ports. Set 'ports' of a container before you grant access."],
  ['two clients of one name, whose NetworkPolicies would replace each other', withWorkload((store, chart) => {
    store.addContainer({ image: 'a:1', ports: [{ number: 1 }] });
    for (const id of ['Api', 'Job']) store.grantConnect(new kplus.Pod(chart, id, { metadata: { name: 'api' }, containers: [{ image: 'a:1' }] }), { egress: true });
  }), "test/Job: the NetworkPolicy name 'api-egress' is already taken in the namespace 'shop' by test/Api. Change the 'name' of one of them."],
  ['a client in no namespace', withWorkload((store, chart) => {
    store.addContainer({ image: 'a:1', ports: [{ number: 1 }] });
    store.grantConnect(new kplus.Pod(new Chart(chart.node.scope as Chart, 'web'), 'Api', { containers: [{ image: 'a:1' }] }));
  }), "web/Api: a workload without a namespace is granted access to 'store' in namespace 'shop'. NetworkPolicies need both: give the client's chart a 'namespace'."],
  ['a client of a namespace for a set of none', (chart) => {
    const store = new StatefulWorkload(new Chart(chart.node.scope as Chart, 'nowhere'), 'Store', { containers: [{ image: 'a:1', ports: [{ number: 1 }] }] });
    store.grantConnect(new kplus.Pod(chart, 'Api', { containers: [{ image: 'a:1' }] }));
  }, "test/Api: a workload of namespace 'shop' is granted access to 'store', whose namespace is unknown. NetworkPolicies need both: give the chart of the set a 'namespace'."],
  ['a budget without a limit', (chart) => { new PodDisruptionBudget(chart, 'Budget', { workload: new StatefulWorkload(chart, 'Store').workload }); },
    "test/Budget: a disruption budget needs exactly one limit. Set either 'maxUnavailable' or 'minAvailable', as a number or as a percentage."],
  ['a budget beside the derived one', (chart) => {
    const { workload } = new StatefulWorkload(chart, 'Store', { replicas: 3 });
    new PodDisruptionBudget(chart, 'Budget', { workload, maxUnavailable: 1 });
  }, 'test/Budget: the workload test/Store/Resource already has the budget test/Store/DisruptionBudget, and Pods with two are never evicted. '
    + "Remove this one. A stateful workload creates its own: change that one with 'disruption'."],
  ['two budgets of a Deployment', (chart) => {
    const workload = new kplus.Deployment(chart, 'Api', { containers: [{ image: 'a:1' }] });
    new PodDisruptionBudget(chart, 'First', { workload, maxUnavailable: 1 });
    new PodDisruptionBudget(chart, 'Second', { workload, minAvailable: 1 });
  }, 'test/Second: the workload test/Api already has the budget test/First, and Pods with two are never evicted. '
    + "Remove this one. A stateful workload creates its own: change that one with 'disruption'."],
  ['a budget for another namespace', (chart) => { new PodDisruptionBudget(chart, 'Budget', { workload: elsewhere(chart), maxUnavailable: 1 }); },
    "test/Budget: it is in namespace 'shop', but the workload web/Api is in 'web', where it would select nothing. Create it in a chart with the workload's namespace."],
  ['a headless Service for another namespace', (chart) => { new HeadlessService(chart, 'Peers', { workload: elsewhere(chart) }); },
    "test/Peers: it is in namespace 'shop', but the workload web/Api is in 'web', where it would select nothing. Create it in a chart with the workload's namespace."],
];

const refusedAtSynthesis: [what: string, act: (chart: Chart) => void, message: string][] = [
  ['a set without containers', withProps({}), 'test/Store: a set needs at least one container. Use addContainer().'],
  ['a port that has the name of one without a name', withWorkload(store => {
    store.addContainer({ image: 'a:1', ports: [{ number: 1, name: 'tcp-2' }] });
    store.addContainer({ image: 'a:1', name: 'other', ports: [{ number: 2 }] });
  }), "test/Store/Resource: ports 1 and 2 are both named 'tcp-2'. A Service needs distinct names: change one of them."],
  ['a budget for what selects no Pods, and so all', chart => {
    new PodDisruptionBudget(chart, 'Budget', { workload: new kplus.Job(chart, 'Job', { containers: [{ image: 'a:1' }] }), maxUnavailable: 1 });
  }, 'test/Budget: the workload test/Job has no selector, so this budget would apply to all Pods of the namespace. Call its select().'],
  ['a headless Service for what selects no Pods', chart => {
    new HeadlessService(chart, 'Peers', { workload: new kplus.Job(chart, 'Job', { containers: [{ image: 'a:1' }] }) });
  }, 'test/Peers: the workload test/Job has no selector. Call its select().'],
  ['a claim with the name of another volume', withWorkload((store, chart) => {
    store.addContainer({ image: 'a:1' }).mount('/tmp', kplus.Volume.fromEmptyDir(chart, 'Tmp', 'data'));
    store.addClaim('data', { size: gibibyte });
  }), "test/Store: the claim 'data' has the name of another volume of the Pods, which it would replace. Remove the volume: containers mount the claim."],
  ['two volumes at one path', withWorkload((store, chart) => {
    const server = store.addContainer({ image: 'a:1' });
    server.mount('/data', kplus.Volume.fromEmptyDir(chart, 'One', 'one'));
    server.mount('/data', kplus.Volume.fromEmptyDir(chart, 'Two', 'two'));
  }), "test/Store: the container 'main' mounts two volumes at '/data'. Mount one of them elsewhere."],
  ['a Service over Pods selected by expressions', chart => {
    const workload = new kplus.Deployment(chart, 'Api', { containers: [{ image: 'a:1' }], select: false });
    workload.select(kplus.LabelSelector.of({ expressions: [kplus.LabelExpression.exists('app')] }));
    new HeadlessService(chart, 'Peers', { workload });
  }, 'test/Peers: the workload test/Api has matchExpressions in its selector, which Services do not support. Select the Pods by labels only.'],
];

test.each(refused)('%s is refused in the constructor', (_, act, refusal) => {
  if (typeof refusal === 'string') expect(() => act(newChart('shop'))).toThrow(new Error(refusal));
  else expectInvalid(() => act(newChart('shop')), refusal);
});

test.each(refusedAtSynthesis)('%s is refused at synthesis', (_, act, message) => {
  const chart = newChart('shop');
  act(chart);
  expect(() => synth(chart)).toThrow(message);
});

test('one name may be used in two namespaces, and in two charts without one', () => {
  const chart = newChart('shop');
  const app = chart.node.scope as Chart;
  for (const [id, namespace] of [['a', 'a'], ['b', 'b'], ['c', undefined], ['d', undefined]] as const) {
    new StatefulWorkload(new Chart(app, id, { namespace }), 'Store', { containers: [{ image: 'a:1' }] });
  }
  expect(synth(app.node.findChild('d') as Chart).map(manifest => manifest.metadata.name)).toContain('store');
});
