import { Testing } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { podSpecJson } from '../../src/pod/pod-spec-json';

const { IntOrString, Quantity, toJson_PodSpec: typedJson } = kplus.k8s;

const probe: kplus.k8s.Probe = {
  exec: { command: ['true'] },
  grpc: { port: 1, service: 'health' },
  httpGet: { host: 'h', path: '/', port: IntOrString.fromString('http'), scheme: 'HTTP', httpHeaders: [{ name: 'hostIp', value: 'v' }] },
  tcpSocket: { host: 'h', port: IntOrString.fromNumber(80) },
  periodSeconds: 0,
};

const container: kplus.k8s.Container = {
  name: 'main',
  image: 'main:1',
  args: ['-v'],
  command: ['main'],
  env: [
    { name: 'A', value: '' },
    { name: 'B', valueFrom: { fieldRef: { fieldPath: 'status.hostIP', apiVersion: 'v1' } } },
    { name: 'C', valueFrom: { resourceFieldRef: { resource: 'limits.memory', divisor: Quantity.fromString('1Mi') } } },
    { name: 'D', valueFrom: { secretKeyRef: { name: 's', key: 'hostIp', optional: false } } },
  ],
  envFrom: [{ prefix: 'P_', configMapRef: { name: 'c' }, secretRef: { name: 's' } }],
  lifecycle: { postStart: { exec: probe.exec, tcpSocket: probe.tcpSocket }, preStop: { httpGet: probe.httpGet } },
  livenessProbe: probe,
  readinessProbe: probe,
  startupProbe: probe,
  ports: [{ containerPort: 80, hostIp: '127.0.0.1', hostPort: 80, name: 'http', protocol: 'TCP' }, { containerPort: 81 }],
  resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'NotRequired' }],
  resources: { limits: { 'cpu': Quantity.fromNumber(1), 'example.com/hostIp': Quantity.fromString('1') }, requests: { memory: Quantity.fromString('1Gi') }, claims: [{ name: 'gpu' }] },
  restartPolicy: 'Always',
  securityContext: {
    capabilities: { add: ['A'], drop: ['ALL'] },
    privileged: false,
    seLinuxOptions: { level: 'l', role: 'r', type: 't', user: 'u' },
    seccompProfile: { type: 'Localhost', localhostProfile: 'p' },
    windowsOptions: { gmsaCredentialSpec: 'g', gmsaCredentialSpecName: 'n', hostProcess: false, runAsUserName: 'u' },
  },
  stdin: true,
  stdinOnce: true,
  terminationMessagePath: '/t',
  terminationMessagePolicy: 'File',
  tty: false,
  volumeDevices: [{ devicePath: '/dev/x', name: 'x' }],
  volumeMounts: [{ mountPath: '/d', name: 'd', readOnly: true, subPath: 's', subPathExpr: undefined, mountPropagation: 'None' }],
  workingDir: '/w',
};

const terms: kplus.k8s.LabelSelector = { matchLabels: { hostPid: 'a' }, matchExpressions: [{ key: 'k', operator: 'In', values: ['v'] }] };

/** Every field that a Pod spec of cdk8s-plus can have. */
const spec: Required<kplus.k8s.PodSpec> = {
  activeDeadlineSeconds: 1,
  affinity: {
    nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'k', operator: 'Exists' }] }] } },
    podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: { topologyKey: 'k', labelSelector: terms } }] },
  },
  automountServiceAccountToken: false,
  containers: [container, { name: 'least' }],
  dnsConfig: { nameservers: ['1.1.1.1'], options: [{ name: 'ndots', value: '1' }], searches: ['a'] },
  dnsPolicy: 'None',
  enableServiceLinks: false,
  ephemeralContainers: [{ ...container, targetContainerName: 'main' }],
  hostAliases: [{ ip: '1.1.1.1', hostnames: ['h'] }],
  hostIpc: false,
  hostNetwork: false,
  hostPid: false,
  hostUsers: true,
  hostname: 'h',
  imagePullSecrets: [{ name: 's' }],
  initContainers: [container],
  nodeName: 'n',
  nodeSelector: { hostIp: 'kept' },
  os: { name: 'linux' },
  overhead: { cpu: Quantity.fromString('1m') },
  preemptionPolicy: 'Never',
  priority: 1,
  priorityClassName: 'p',
  readinessGates: [{ conditionType: 'c' }],
  resourceClaims: [{ name: 'gpu', source: { resourceClaimName: 'r', resourceClaimTemplateName: 't' } }],
  restartPolicy: 'Always',
  runtimeClassName: 'r',
  schedulerName: 's',
  schedulingGates: [{ name: 'g' }],
  securityContext: { fsGroup: 1, supplementalGroups: [1], sysctls: [{ name: 's', value: 'v' }], seccompProfile: { type: 'RuntimeDefault' } },
  serviceAccount: 's',
  serviceAccountName: 's',
  setHostnameAsFqdn: false,
  shareProcessNamespace: false,
  subdomain: 's',
  terminationGracePeriodSeconds: 1,
  tolerations: [{ key: 'k', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 1 }],
  topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'k', whenUnsatisfiable: 'DoNotSchedule', labelSelector: terms }],
  volumes: [
    { name: 'csi', csi: { driver: 'd', volumeAttributes: { volumeId: 'kept' } } },
    { name: 'disk', azureDisk: { diskName: 'd', diskUri: 'u' } },
    { name: 'info', downwardApi: { items: [{ path: 'p', resourceFieldRef: { resource: 'limits.cpu', divisor: Quantity.fromNumber(1) } }] } },
  ],
};

/** As an ApiObject renders it: without what is undefined. */
const rendered = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test('every field is rendered as cdk8s-plus renders it', () => {
  expect(rendered(podSpecJson(spec))).toEqual(rendered(typedJson(spec)));
});

test('a dictionary without a prototype becomes one with it, as cdk8s wants', () => {
  const limits: { [name: string]: kplus.k8s.Quantity } = Object.assign(Object.create(null), { cpu: Quantity.fromNumber(1) });
  expect(podSpecJson({ containers: [{ name: 'main', resources: { limits } }] })).toMatchObject({ containers: [{ resources: { limits: { cpu: 1 } } }] });
});

test('a Pod spec of cdk8s-plus too', () => {
  const chart = Testing.chart();
  const pod = new kplus.Pod(chart, 'Pod', {
    hostAliases: [{ ip: '1.1.1.1', hostnames: ['h'] }],
    containers: [{ image: 'main:1', ports: [{ number: 80, hostIp: '127.0.0.1', hostPort: 80 }], liveness: kplus.Probe.fromHttpGet('/', { port: 80 }) }],
  });
  expect(rendered(podSpecJson(pod._toPodSpec()))).toEqual(rendered(typedJson(pod._toPodSpec())));
});
