import { ApiObject, App, Chart, Duration, JsonPatch, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { find, newChart, ofKind, synth } from '../support/manifests';
import { expectInvalid } from '../support/refusals';
import { ClaimRetention, DisruptionPolicy, Members, Placement, PodSecurity, StatefulWorkload, StatefulWorkloadProps } from 'cdk8s-stateful';

const container = { image: 'busybox:1.35', ports: [{ number: 7000, name: 'peer' }] };

function workload(props: StatefulWorkloadProps = {}, id = 'Store', scope: Construct = newChart('shop')): { chart: Chart; store: StatefulWorkload } {
  return { chart: Chart.of(scope), store: new StatefulWorkload(scope, id, { containers: [container], ...props }) };
}

const podSpec = (spec: object) => ({ spec: { template: { spec } } });

describe('identity', () => {
  test('the name is the construct id in kebab-case, or the given one', () => {
    expect(workload({}, 'OrdersDb').store.name).toBe('orders-db');
    expect(workload({ name: 'orders' }, 'OrdersDb').store.name).toBe('orders');
  });

  test('moving the construct changes not a byte', () => {
    const flat = newChart('shop');
    const store = new StatefulWorkload(flat, 'Store', { containers: [container] });
    store.addVolume(store.addClaim('data', { size: Size.gibibytes(1) }));

    const deep = newChart('shop');
    const moved = new StatefulWorkload(new Construct(new Construct(deep, 'Team'), 'Service'), 'Store', { containers: [container] });
    moved.addVolume(moved.addClaim('data', { size: Size.gibibytes(1) }));

    expect(synth(deep)).toEqual(synth(flat));
  });

  test('another chart id changes not a byte', () => {
    const render = (id: string) => {
      const chart = new Chart(new App(), id, { namespace: 'shop' });
      new StatefulWorkload(chart, 'Store', { containers: [container] });
      return synth(chart);
    };
    expect(render('blue')).toEqual(render('green'));
  });

  test('a second synthesis gives the same bytes', () => {
    const { chart, store } = workload({ members: Members.quorum(3) });
    store.workload.containers[0].mount('/data', store.addClaim('data', { size: Size.gibibytes(1) }));
    expect(JSON.stringify(synth(chart))).toBe(JSON.stringify(synth(chart)));
  });

  test('members have stable names, with and without a namespace', () => {
    const { store } = workload({ replicas: 2 });
    expect(store.podName(1)).toBe('store-1');
    expect(store.peerDnsNames).toEqual(['store-0.store-headless.shop.svc.cluster.local', 'store-1.store-headless.shop.svc.cluster.local']);
    const relative = workload({}, 'Store', newChart()).store;
    expect(relative.podDnsName(0)).toBe('store-0.store-headless');
  });

  test('the ordinals and the cluster domain can be changed', () => {
    const { chart, store } = workload({ replicas: 2, ordinalStart: 5, clusterDomain: 'k8s.example' });
    expect(store.podDnsName(0)).toBe('store-5.store-headless.shop.svc.k8s.example');
    expect(find(chart, 'StatefulSet', 'store')).toMatchObject({ spec: { ordinals: { start: 5 } } });
  });
});

describe('claims', () => {
  test('a template has the shape that the API server gives it', () => {
    const { chart, store } = workload();
    store.addVolume(store.addClaim('data', {
      size: Size.mebibytes(500),
      accessModes: [kplus.PersistentVolumeAccessMode.READ_WRITE_ONCE_POD],
      labels: { team: 'a' },
      annotations: { note: 'b' },
    }));
    expect(find(chart, 'StatefulSet', 'store')).toMatchObject({
      spec: {
        volumeClaimTemplates: [{
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          metadata: { name: 'data', labels: { 'team': 'a', 'cdk8s.io/metadata.addr': 'store' }, annotations: { note: 'b' } },
          spec: { accessModes: ['ReadWriteOncePod'], resources: { requests: { storage: '500Mi' } }, volumeMode: 'Filesystem' },
        }],
      },
    });
  });

  test('one that no container mounts is refused at synthesis, unless it is added as a volume', () => {
    const { chart, store } = workload({ claims: { data: { size: Size.gibibytes(1) } } });
    expect(() => synth(chart)).toThrow("test/Store: no container mounts the claim 'data'. Mount it in a container");
    store.addVolume(store.claim('data'));
    expect(() => synth(chart)).not.toThrow();
    expectInvalid(() => store.claim('log'), { where: 'test/Store', property: 'claim', got: 'log', allowed: 'one of data' });
  });

  test('the mounted claim is no volume of the Pod: the controller adds it', () => {
    const { chart, store } = workload();
    store.workload.containers[0].mount('/data', store.addClaim('data', { size: Size.gibibytes(1) }), { subPath: 'pg' });
    const set = find(chart, 'StatefulSet', 'store');
    expect(set).toMatchObject(podSpec({ containers: [{ volumeMounts: [{ name: 'data', mountPath: '/data', subPath: 'pg' }] }] }));
    expect(set).not.toHaveProperty('spec.template.spec.volumes');
  });

  test('an init container alone may mount a claim', () => {
    const { chart, store } = workload();
    store.addInitContainer({ image: 'busybox:1.35' }).mount('/data', store.addClaim('data', { size: Size.gibibytes(1) }));
    const set = find(chart, 'StatefulSet', 'store');
    expect(set).toMatchObject(podSpec({ initContainers: [{ volumeMounts: [{ name: 'data', mountPath: '/data' }] }] }));
    expect(set).not.toHaveProperty('spec.template.spec.volumes');
  });

  test('other volumes stay beside several claims', () => {
    const { chart, store } = workload({ claims: { log: { size: Size.gibibytes(1) } } });
    const main = store.workload.containers[0];
    main.mount('/log', store.claim('log'));
    main.mount('/data', store.addClaim('data', { size: Size.gibibytes(1) }));
    main.mount('/tmp', kplus.Volume.fromEmptyDir(chart, 'Tmp', 'tmp'));
    const set = find(chart, 'StatefulSet', 'store');
    expect(set).toMatchObject({ spec: { volumeClaimTemplates: [{ metadata: { name: 'data' } }, { metadata: { name: 'log' } }] } });
    expect(set).toMatchObject(podSpec({ volumes: [{ name: 'tmp', emptyDir: {} }] }));
  });

  test('the order in which templates are added changes not a byte', () => {
    const [data, log] = [{ size: Size.gibibytes(2) }, { size: Size.gibibytes(1) }];
    const added = (first: string, second: string) => {
      const { chart, store } = workload();
      const sizes: { [name: string]: typeof data } = { data, log };
      for (const name of [first, second]) store.addVolume(store.addClaim(name, sizes[name]));
      return synth(chart);
    };
    const inOrder = added('data', 'log');
    expect(added('log', 'data')).toEqual(inOrder);
    const { chart, store } = workload({ claims: { log, data } });
    for (const name of ['data', 'log']) store.addVolume(store.claim(name));
    expect(synth(chart)).toEqual(inOrder);
  });

  test('a device is not mounted read-only, which Kubernetes cannot', () => {
    const { chart, store } = workload();
    const disk = store.addClaim('disk', { size: Size.gibibytes(1), volumeMode: kplus.PersistentVolumeMode.BLOCK });
    store.workload.containers[0].mount('/dev/disk', disk, { readOnly: true });
    expect(() => synth(chart)).toThrow("test/Store/Resource: the container 'main' mounts 'disk', a raw block device, read-only, which Kubernetes does not support. Omit 'readOnly'");
  });

  test('a block claim is a device', () => {
    const { chart, store } = workload();
    store.workload.containers[0].mount('/dev/raw', store.addClaim('raw', { size: Size.gibibytes(1), volumeMode: kplus.PersistentVolumeMode.BLOCK }));
    const set = find(chart, 'StatefulSet', 'store');
    expect(set).toMatchObject(podSpec({ containers: [{ volumeDevices: [{ name: 'raw', devicePath: '/dev/raw' }] }] }));
    expect(set).not.toHaveProperty('spec.template.spec.containers.0.volumeMounts.0');
  });

  test('claims are kept unless somebody writes Delete', () => {
    expect(find(workload().chart, 'StatefulSet', 'store')).toMatchObject({
      spec: { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' } },
    });
    expect(find(workload({ retention: { whenScaled: ClaimRetention.DELETE } }).chart, 'StatefulSet', 'store')).toMatchObject({
      spec: { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Delete' } },
    });
  });

  test('a claim mounted by another workload fails the synthesis, naming both', () => {
    const { chart, store } = workload();
    const claim = store.addClaim('data', { size: Size.gibibytes(1) });
    const other = new kplus.Deployment(chart, 'Other', { containers: [{ image: 'x' }] });
    other.containers[0].mount('/data', claim);
    expect(() => synth(chart)).toThrow("test/Other mounts 'data' (test/Store/Claim-data), but only the containers of test/Store can mount it.");
  });

  test('a claim mounted by another stateful workload fails too', () => {
    const { chart, store } = workload();
    const other = workload({}, 'Other', chart).store;
    other.workload.containers[0].mount('/data', store.addClaim('data', { size: Size.gibibytes(1) }));
    expect(() => synth(chart)).toThrow('but only the containers of test/Store can mount it');
  });
});

describe('headless Service', () => {
  test('it is named after the set, publishes members before they are ready and names every port', () => {
    const { chart, store } = workload();
    store.addContainer({ name: 'metrics', image: 'exporter:1', ports: [{ number: 9100 }, { number: 9101, protocol: kplus.Protocol.UDP }] });
    expect(find(chart, 'Service', 'store-headless')).toMatchObject({
      spec: {
        clusterIP: 'None',
        publishNotReadyAddresses: true,
        selector: { 'cdk8s.io/metadata.addr': 'store' },
        ports: [{ name: 'peer', port: 7000 }, { name: 'tcp-9100', port: 9100 }, { name: 'udp-9101', port: 9101, protocol: 'UDP' }],
      },
    });
    expect(find(chart, 'StatefulSet', 'store')).toMatchObject({ spec: { serviceName: 'store-headless' } });
  });

  test('ports of two containers may have one name; the Service shows the second by its number', () => {
    const { chart, store } = workload({ containers: [{ name: 'server', image: 'a:1', ports: [{ number: 8080, name: 'metrics' }] }] });
    store.addContainer({ name: 'exporter', image: 'a:1', ports: [{ number: 9100, name: 'metrics' }, { number: 9101, name: 'status' }] });
    expect(find(chart, 'Service', 'store-headless')).toMatchObject({
      spec: { ports: [{ name: 'metrics', port: 8080 }, { name: 'tcp-9100', port: 9100 }, { name: 'status', port: 9101 }] },
    });
    expect(find(chart, 'StatefulSet', 'store')).toMatchObject(podSpec({
      containers: [{ ports: [{ name: 'metrics' }] }, { ports: [{ name: 'metrics' }, { name: 'status' }] }],
    }));
  });

  test('ports of an init container, which has ended, conflict with none', () => {
    const { chart, store } = workload({ containers: [] });
    store.addInitContainer({ name: 'first', image: 'a:1', ports: [{ number: 8080, name: 'peer' }] });
    store.addInitContainer({ name: 'second', image: 'a:1', ports: [{ number: 8080, name: 'peer' }] });
    store.addContainer({ image: 'a:1', ports: [{ number: 7000, name: 'peer' }, { number: 8080, name: 'http' }] });
    expect(find(chart, 'Service', 'store-headless')).toMatchObject({ spec: { ports: [{ name: 'peer', port: 7000 }, { name: 'http', port: 8080 }] } });
  });

  test('a port may be declared for both protocols, and again by an init container, which runs before', () => {
    const { chart, store } = workload({ containers: [] });
    store.addContainer({ image: 'dns:1', ports: [{ number: 53 }, { number: 53, protocol: kplus.Protocol.UDP }] });
    store.addInitContainer({ image: 'dns:1', ports: [{ number: 53 }] });
    expect(find(chart, 'Service', 'store-headless')).toMatchObject({
      spec: { ports: [{ name: 'tcp-53', port: 53, protocol: 'TCP' }, { name: 'udp-53', port: 53, protocol: 'UDP' }] },
    });
  });
});

describe('one number, one truth', () => {
  test('a quorum: one away at a time, never two on a node, all started at once', () => {
    const { chart } = workload({ members: Members.quorum(5) });
    expect(find(chart, 'PodDisruptionBudget', 'store')).toMatchObject({
      spec: { maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow', selector: { matchLabels: { 'cdk8s.io/metadata.addr': 'store' } } },
    });
    const set = find(chart, 'StatefulSet', 'store');
    expect(set).toMatchObject({ spec: { replicas: 5, podManagementPolicy: 'Parallel' } });
    expect(set).toMatchObject(podSpec({
      affinity: {
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [{
            topologyKey: 'kubernetes.io/hostname',
            labelSelector: { matchLabels: { 'cdk8s.io/metadata.addr': 'store' } },
          }],
        },
      },
      topologySpreadConstraints: [{ topologyKey: 'topology.kubernetes.io/zone', maxSkew: 1, whenUnsatisfiable: 'ScheduleAnyway' }],
    }));
  });

  test('replicas avoid each other and start in order', () => {
    const set = find(workload({ replicas: 2 }).chart, 'StatefulSet', 'store');
    expect(set).toMatchObject({ spec: { podManagementPolicy: 'OrderedReady' } });
    expect(set).toMatchObject(podSpec({ affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100 }] } } }));
    expect(set).not.toHaveProperty('spec.template.spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution');
  });

  test('the anti-affinity selects the very labels that the Pods have', () => {
    const { chart } = workload({ members: Members.quorum(3) });
    expect(find(chart, 'StatefulSet', 'store')).toMatchObject({ spec: { template: { metadata: { labels: { 'cdk8s.io/metadata.addr': 'store' } } } } });
  });

  test('a single member has no budget, unless asked for', () => {
    expect(ofKind(workload().chart, 'PodDisruptionBudget')).toEqual([]);
    expect(find(workload({ disruption: DisruptionPolicy.maxUnavailable(0) }).chart, 'PodDisruptionBudget', 'store')).toMatchObject({ spec: { maxUnavailable: 0 } });
  });

  test('two members have a budget: one away at a time', () => {
    expect(find(workload({ replicas: 2 }).chart, 'PodDisruptionBudget', 'store')).toMatchObject({ spec: { maxUnavailable: 1 } });
  });

  test('the budget can be changed and left out', () => {
    expect(find(workload({ replicas: 5, disruption: DisruptionPolicy.minAvailable(2) }).chart, 'PodDisruptionBudget', 'store'))
      .toMatchObject({ spec: { minAvailable: 2 } });
    expect(ofKind(workload({ members: Members.quorum(3), disruption: DisruptionPolicy.none() }).chart, 'PodDisruptionBudget')).toEqual([]);
  });

  test('a quorum of five may lose two if asked for', () => {
    expect(find(workload({ members: Members.quorum(5), disruption: DisruptionPolicy.maxUnavailable(2) }).chart, 'PodDisruptionBudget', 'store'))
      .toMatchObject({ spec: { maxUnavailable: 2 } });
  });
});

/** What keeps members on a node that is down. */
function lostNodes(more: object = {}): object[] {
  return ['not-ready', 'unreachable'].map(taint => ({ key: `node.kubernetes.io/${taint}`, operator: 'Exists', effect: 'NoExecute', ...more }));
}

describe('placement', () => {
  test('spread can be required over zones', () => {
    expect(find(workload({ placement: Placement.spread({ zones: 'required', hosts: 'required', maxSkew: 2 }) }).chart, 'StatefulSet', 'store'))
      .toMatchObject(podSpec({ topologySpreadConstraints: [{ maxSkew: 2, whenUnsatisfiable: 'DoNotSchedule' }] }));
  });

  test('anywhere leaves out all rules', () => {
    const set = find(workload({ members: Members.quorum(3), placement: Placement.anywhere() }).chart, 'StatefulSet', 'store');
    expect(set).not.toHaveProperty('spec.template.spec.affinity');
    expect(set).not.toHaveProperty('spec.template.spec.topologySpreadConstraints');
  });

  test('nodes can be chosen and taints tolerated', () => {
    const placement = Placement
      .onNodes(kplus.Node.labeled(kplus.NodeLabelQuery.is('disk', 'ssd')))
      .tolerating(kplus.Node.tainted(kplus.NodeTaintQuery.is('dedicated', 'db', { effect: kplus.TaintEffect.NO_SCHEDULE })));
    expect(find(workload({ placement }).chart, 'StatefulSet', 'store')).toMatchObject(podSpec({
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }] }] },
        },
        podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100 }] },
      },
      tolerations: [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' }, ...lostNodes()],
    }));
  });

  test('taints of any key can be tolerated, by their effect', () => {
    const placement = Placement.spread().toleratingAll(kplus.TaintEffect.NO_SCHEDULE).toleratingAll(kplus.TaintEffect.PREFER_NO_SCHEDULE);
    expect(find(workload({ placement }).chart, 'StatefulSet', 'store')).toMatchObject(podSpec({
      tolerations: [{ operator: 'Exists', effect: 'NoSchedule' }, { operator: 'Exists', effect: 'PreferNoSchedule' }, ...lostNodes()],
    }));
    expect(find(workload({ placement }).chart, 'StatefulSet', 'store')).not.toHaveProperty('spec.template.spec.tolerations.0.key');
    expectInvalid(() => placement.toleratingAll('Never' as kplus.TaintEffect), { where: 'Placement.toleratingAll', property: 'effect' });
  });

  test('labels of nodes can be required beside those of which one must match', () => {
    const { is, in: oneOf } = kplus.NodeLabelQuery;
    const labeled = (key: string, value: string) => ({ key, operator: 'In', values: [value] });
    const terms = (placement: Placement) => find(workload({ placement }).chart, 'StatefulSet', 'store');
    const required = (nodeSelectorTerms: object[]) => podSpec({
      affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
    });
    const nodes = [kplus.Node.labeled(is('disk', 'ssd')), kplus.Node.labeled(is('disk', 'nvme'))];
    const amd = kplus.Node.labeled(is('arch', 'amd64'));
    const gpu = kplus.Node.labeled(oneOf('gpu', ['a100']));
    expect(terms(Placement.onNodes(...nodes).requiring(amd).requiring(gpu))).toMatchObject(required([
      { matchExpressions: [labeled('disk', 'ssd'), labeled('arch', 'amd64'), labeled('gpu', 'a100')] },
      { matchExpressions: [labeled('disk', 'nvme'), labeled('arch', 'amd64'), labeled('gpu', 'a100')] },
    ]));
    const apart = terms(Placement.spread({ hosts: 'required' }).requiring(amd, gpu));
    expect(apart).toMatchObject(required([{ matchExpressions: [labeled('arch', 'amd64'), labeled('gpu', 'a100')] }]));
    expect(apart).toMatchObject(podSpec({ affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{}] } } }));
    expectInvalid(() => Placement.spread().requiring(), { where: 'Placement.requiring', property: 'nodes' });
    expectInvalid(() => Placement.spread().requiring(kplus.Node.labeled()), { where: 'Placement.requiring', property: 'nodes' });
  });

  test('members are spread over domains of any label', () => {
    const placement = Placement.spread({ topologies: { 'example.com/row': 'preferred', 'example.com/rack': 'required' }, maxSkew: 2 });
    const labelSelector = { matchLabels: { 'cdk8s.io/metadata.addr': 'store' } };
    expect(find(workload({ placement }).chart, 'StatefulSet', 'store')).toMatchObject(podSpec({
      topologySpreadConstraints: [
        { topologyKey: 'topology.kubernetes.io/zone', maxSkew: 2, whenUnsatisfiable: 'ScheduleAnyway', labelSelector },
        { topologyKey: 'example.com/rack', maxSkew: 2, whenUnsatisfiable: 'DoNotSchedule', labelSelector },
        { topologyKey: 'example.com/row', maxSkew: 2, whenUnsatisfiable: 'ScheduleAnyway', labelSelector },
      ],
    }));
  });

  test('a further domain has the name of a label, and a rule that there is', () => {
    const spread = (topologies: { [label: string]: 'required' }) => () => Placement.spread({ topologies });
    expectInvalid(spread({ 'a rack': 'required' }), { where: 'Placement.spread', property: 'topologies', got: 'a rack' });
    expectInvalid(spread({ rack: 'strictly' as 'required' }), { where: 'Placement.spread', property: 'topologies.rack', got: 'strictly' });
    expectInvalid(spread({ 'kubernetes.io/hostname': 'required' }), { hint: "Use 'hosts' instead." });
    expectInvalid(spread({ 'topology.kubernetes.io/zone': 'required' }), { hint: "Use 'zones' instead." });
  });

  test('members stay on a node that is down, unless they are to be evicted', () => {
    const tolerations = (placement?: Placement) => find(workload({ placement }).chart, 'StatefulSet', 'store');
    expect(tolerations()).toMatchObject(podSpec({ tolerations: lostNodes() }));
    expect(tolerations()).not.toHaveProperty('spec.template.spec.tolerations.0.tolerationSeconds');
    expect(tolerations(Placement.anywhere())).toMatchObject(podSpec({ tolerations: lostNodes() }));
    expect(tolerations(Placement.spread().evictedAfter(Duration.minutes(5))))
      .toMatchObject(podSpec({ tolerations: lostNodes({ tolerationSeconds: 300 }) }));
    expect(() => Placement.spread().evictedAfter(Duration.millis(1500))).toThrow("Placement.evictedAfter: invalid 'duration in seconds': got 1.5");
  });

  test('a second member does not change the Pod template', () => {
    const template = (replicas: number) => (find(workload({ replicas }).chart, 'StatefulSet', 'store').spec as { template: object }).template;
    expect(template(2)).toEqual(template(1));
  });
});

describe('restricted by default', () => {
  const set = find(workload({ security: { user: 999 } }).chart, 'StatefulSet', 'store');

  test('the Pod', () => {
    expect(set).toMatchObject(podSpec({
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 999,
        runAsGroup: 999,
        fsGroup: 999,
        fsGroupChangePolicy: 'OnRootMismatch',
        seccompProfile: { type: 'RuntimeDefault' },
      },
    }));
  });

  test('its containers', () => {
    expect(set).toMatchObject(podSpec({
      containers: [{
        imagePullPolicy: 'IfNotPresent',
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, readOnlyRootFilesystem: true, runAsNonRoot: true },
      }],
    }));
  });

  test('containers made from the same properties share nothing', () => {
    const chart = newChart('shop');
    const props = { image: 'a:1', volumeMounts: [], envVariables: { A: kplus.EnvValue.fromValue('a') } };
    const [one, two] = ['One', 'Two'].map(id => new StatefulWorkload(chart, id));
    const server = one.addContainer(props);
    two.addContainer(props);
    server.mount('/data', one.addClaim('data', { size: Size.gibibytes(1) }));
    server.env.addVariable('B', kplus.EnvValue.fromValue('b'));
    expect(find(chart, 'StatefulSet', 'two')).toMatchObject(podSpec({ containers: [{ env: [{ name: 'A', value: 'a' }] }] }));
    expect(find(chart, 'StatefulSet', 'two')).not.toHaveProperty('spec.template.spec.containers.0.volumeMounts');
  });

  test('a sidecar that is added to the cdk8s-plus workload, and checked as all are', () => {
    const { chart, store } = workload();
    const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, runAsNonRoot: true };
    store.workload.addContainer({ name: 'exporter', image: 'exporter:1' });
    store.workload.addInitContainer({ name: 'check', image: 'check:1' });
    const spec = podSpec({ containers: [{ name: 'main' }, { name: 'exporter', securityContext }], initContainers: [{ name: 'check', securityContext }] });
    expect(find(chart, 'StatefulSet', 'store')).toMatchObject(spec);
    expect(() => store.workload.addContainer({ name: 'check', image: 'exporter:1' })).toThrow("test/Store: the container name 'check' is already taken in this Pod");
  });

  test('what the user gives wins', () => {
    const { chart } = workload({
      containers: [{
        image: 'a/b:latest',
        securityContext: { readOnlyRootFilesystem: false, capabilities: { add: [kplus.Capability.NET_BIND_SERVICE] } },
      }],
      security: { user: 1, group: 2, fsGroup: 3, supplementalGroups: [4], seccompProfile: { type: kplus.SeccompProfileType.UNCONFINED } },
    });
    expect(find(chart, 'StatefulSet', 'store')).toMatchObject(podSpec({
      securityContext: { runAsUser: 1, runAsGroup: 2, fsGroup: 3, supplementalGroups: [4], seccompProfile: { type: 'Unconfined' } },
      containers: [{ imagePullPolicy: 'Always', securityContext: { readOnlyRootFilesystem: false, capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] } } }],
    }));
  });

  test('root may be asked for, in the Pod or in a container, and beside others', () => {
    const rendered = (props: StatefulWorkloadProps) => find(workload(props).chart, 'StatefulSet', 'store');
    const asRoot = { user: 0, ensureNonRoot: false };
    const containing = (securityContext: object) => podSpec({ containers: [{ securityContext }] });
    expect(rendered({ security: asRoot })).toMatchObject(containing({ runAsNonRoot: false }));
    expect(rendered({ containers: [{ image: 'a:1', securityContext: asRoot }] })).toMatchObject(containing({ runAsUser: 0, runAsNonRoot: false }));
    expect(rendered({ security: { user: 0 }, containers: [{ image: 'a:1', securityContext: { user: 7 } }] }))
      .toMatchObject(containing({ runAsUser: 7, runAsNonRoot: true }));
  });

  test('also a request that is the limit, in other words', () => {
    const resources = { cpu: { request: kplus.Cpu.millis(700), limit: kplus.Cpu.units(0.7) } };
    const { chart } = workload({ containers: [{ image: 'a:1', resources }] });
    expect(find(chart, 'StatefulSet', 'store')).toMatchObject(podSpec({ containers: [{ resources: { requests: { cpu: '700m' }, limits: { cpu: '0.7' } } }] }));
  });

  test('also the drop of capabilities, if it is given', () => {
    const { chart } = workload({ containers: [{ image: 'a:1', securityContext: { capabilities: { drop: [kplus.Capability.NET_RAW] } } }] });
    expect(find(chart, 'StatefulSet', 'store')).toHaveProperty('spec.template.spec.containers.0.securityContext.capabilities', { drop: ['NET_RAW'] });
  });

  test('a context for other containers drops all capabilities but the added ones', () => {
    const add = [kplus.Capability.NET_BIND_SERVICE];
    expect(PodSecurity.restricted({ user: 7, capabilities: { add } })).toEqual({
      user: 7,
      capabilities: { add, drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    });
  });

  test('a container with portNumber gets ten minutes to start, not 30 seconds', () => {
    const { chart } = workload({ containers: [{ image: 'a:1', portNumber: 80 }] });
    expect(find(chart, 'StatefulSet', 'store')).toMatchObject(podSpec({
      containers: [{ startupProbe: { tcpSocket: { port: 80 }, periodSeconds: 5, failureThreshold: 120 } }],
    }));
  });
});

describe('an init container with portNumber', () => {
  const initContainer = (props: Partial<kplus.ContainerProps>) => {
    const { chart, store } = workload();
    store.addInitContainer({ image: 'a:1', name: 'first', portNumber: 80, ...props });
    const { spec } = find(chart, 'StatefulSet', 'store') as unknown as { spec: { template: { spec: { initContainers: object[] } } } };
    return spec.template.spec.initContainers[0];
  };

  test('declares the port, beside others, and has no probe, which Kubernetes would refuse', () => {
    const first = initContainer({ ports: [{ number: 81, name: 'status' }] });
    expect(first).toMatchObject({ ports: [{ containerPort: 80 }, { containerPort: 81, name: 'status' }] });
    expect(first).not.toHaveProperty('startupProbe');
  });

  test('that is a sidecar has ten minutes to start', () => {
    expect(initContainer({ restartPolicy: kplus.ContainerRestartPolicy.ALWAYS })).toMatchObject({
      ports: [{ containerPort: 80 }], startupProbe: { tcpSocket: { port: 80 }, failureThreshold: 120 },
    });
  });

  test('that asks for a probe itself is refused', () => {
    expect(() => initContainer({ startup: kplus.Probe.fromTcpSocket({ port: 80 }) })).toThrow("the init container 'first' has a 'startup' probe, but runs to completion before the other containers start");
  });
});

describe('configuration checksum', () => {
  const render = (value: string, mount: boolean) => {
    const { chart, store } = workload();
    const config = new kplus.ConfigMap(chart, 'Config', { data: { key: value } });
    if (mount) store.workload.containers[0].mount('/etc/store', kplus.Volume.fromConfigMap(chart, 'ConfigVolume', config));
    return JSON.stringify(find(chart, 'StatefulSet', 'store'));
  };

  test('a changed ConfigMap that is mounted changes the Pod template', () => {
    expect(render('a', true)).not.toBe(render('b', true));
    expect(render('a', true)).toBe(render('a', true));
  });

  test('one that is not mounted does not', () => {
    expect(render('a', false)).toBe(render('b', false));
  });

  test('nor does one that is mounted, where something reloads it; one that is named still does', () => {
    const annotations = (reloaded: string, named: string) => {
      const { chart, store } = workload({ rollOnConfigChange: false });
      const config = new kplus.ConfigMap(chart, 'Config', { data: { key: reloaded } });
      store.workload.containers[0].mount('/etc/store', kplus.Volume.fromConfigMap(chart, 'ConfigVolume', config));
      if (named !== '') store.rollOnChange(new kplus.ConfigMap(chart, 'Named', { data: { key: named } }));
      return (find(chart, 'StatefulSet', 'store').spec as { template: { metadata: { annotations?: object } } }).template.metadata.annotations;
    };
    expect(annotations('a', '')).toBeUndefined();
    expect(annotations('a', 'x')).toEqual(annotations('b', 'x'));
    expect(annotations('a', 'x')).not.toEqual(annotations('a', 'y'));
  });

  test.each<[string, (store: StatefulWorkload, chart: Chart, value: string) => void]>([
    ['one variable', (store, chart, value) => store.workload.containers[0].env.addVariable('KEY',
      kplus.EnvValue.fromConfigMap(new kplus.ConfigMap(chart, 'Config', { data: { key: value } }), 'key'))],
    ['one variable of an init container', (store, chart, value) => store.addInitContainer({ image: 'a:1' }).env.addVariable('KEY',
      kplus.EnvValue.fromConfigMap(new kplus.ConfigMap(chart, 'Config', { data: { key: value } }), 'key'))],
    ['all variables of an init container', (store, chart, value) => store.addInitContainer({ image: 'a:1' }).env.copyFrom(
      kplus.Env.fromConfigMap(new kplus.ConfigMap(chart, 'Config', { data: { key: value } })))],
    ['a file of bytes', (store, chart, value) => store.rollOnChange(new kplus.ConfigMap(chart, 'Config', { binaryData: { key: value } }))],
  ])('%s from a ConfigMap counts', (_, use) => {
    const checksum = (value: string) => {
      const { chart, store } = workload();
      use(store, chart, value);
      const { spec } = find(chart, 'StatefulSet', 'store') as unknown as { spec: { template: { metadata: { annotations: object } } } };
      return spec.template.metadata.annotations;
    };
    expect(checksum('a')).toEqual({ 'cdk8s-stateful/config-checksum': expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect(checksum('a')).toEqual(checksum('a'));
    expect(checksum('a')).not.toEqual(checksum('b'));
  });

  test('environment from a ConfigMap counts, and so does an explicit one', () => {
    const byEnv = (value: string) => {
      const { chart, store } = workload();
      store.workload.containers[0].env.copyFrom(kplus.Env.fromConfigMap(new kplus.ConfigMap(chart, 'Config', { data: { key: value } })));
      return find(chart, 'StatefulSet', 'store').spec;
    };
    const explicit = (value: string) => {
      const { chart, store } = workload();
      store.rollOnChange(new kplus.ConfigMap(chart, 'Config', { data: { key: value } }));
      return find(chart, 'StatefulSet', 'store').spec;
    };
    expect(byEnv('a')).not.toEqual(byEnv('b'));
    expect(explicit('a')).not.toEqual(explicit('b'));
  });
});

describe('everything else can be changed', () => {
  test('by properties', () => {
    const { chart } = workload({
      podManagement: kplus.PodManagementPolicy.PARALLEL,
      updateStrategy: kplus.StatefulSetUpdateStrategy.rollingUpdate({ partition: 1 }),
      minReady: Duration.seconds(10),
      revisionHistoryLimit: 3,
      terminationGrace: Duration.minutes(5),
      priorityClassName: 'important',
      podLabels: { team: 'a' },
      podAnnotations: { note: 'b' },
      dockerRegistryAuth: kplus.Secret.fromSecretName(newChart(), 'Pull', 'pull'),
      serviceAccount: kplus.ServiceAccount.fromServiceAccountName(newChart(), 'Account', 'keeper'),
      automountServiceAccountToken: true,
    });
    expect(find(chart, 'StatefulSet', 'store')).toMatchObject({
      spec: {
        podManagementPolicy: 'Parallel',
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } },
        minReadySeconds: 10,
        revisionHistoryLimit: 3,
        template: {
          metadata: { labels: { team: 'a' }, annotations: { note: 'b' } },
          spec: {
            terminationGracePeriodSeconds: 300,
            priorityClassName: 'important',
            imagePullSecrets: [{ name: 'pull' }],
            serviceAccountName: 'keeper',
            automountServiceAccountToken: true,
          },
        },
      },
    });
  });

  test('by the escape hatch', () => {
    const { chart, store } = workload();
    ApiObject.of(store).addJsonPatch(JsonPatch.replace('/spec/template/spec/dnsPolicy', 'Default'));
    expect(find(chart, 'StatefulSet', 'store')).toMatchObject(podSpec({ dnsPolicy: 'Default' }));
  });
});
