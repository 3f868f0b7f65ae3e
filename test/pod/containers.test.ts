import { Chart, Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { find, newChart } from '../support/manifests';
import { expectInvalid } from '../support/refusals';
import {
  ContainerProbe, DatabaseEngine, EnvFromSource, KafkaCluster, PodContainerProps, PostgresVersion, SharedScratchPod, StatefulDatabase,
  StatefulWorkload, TerminationMessagePolicy,
} from 'cdk8s-stateful';

interface Container {
  readonly [field: string]: unknown;
}

interface Rendered {
  readonly template: { readonly spec: { readonly containers: Container[]; readonly initContainers: Container[] } };
}

function containerOf(chart: Chart, kind: string, name: string): Container {
  return (find(chart, kind, name).spec as unknown as Rendered).template.spec.containers[0];
}

function rendered(props: Partial<PodContainerProps>): Container {
  const chart = newChart('shop');
  new StatefulWorkload(chart, 'Store', { containers: [{ name: 'server', image: 'store:1', ...props }] });
  return containerOf(chart, 'StatefulSet', 'store');
}

const refused = (props: Partial<PodContainerProps>) => () => rendered(props);

describe('a container', () => {
  const further: Partial<PodContainerProps> = {
    extendedResources: { 'nvidia.com/gpu': 2 },
    seLinuxOptions: { level: 's0:c1,c2', type: 'container_t' },
    stdin: true,
    tty: true,
    terminationMessagePolicy: TerminationMessagePolicy.FALLBACK_TO_LOGS_ON_ERROR,
    terminationMessagePath: '/run/last-words',
  };
  const inManifest = {
    resources: { limits: { 'nvidia.com/gpu': 2 }, requests: { 'nvidia.com/gpu': 2 } },
    securityContext: { seLinuxOptions: { level: 's0:c1,c2', type: 'container_t' }, allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
    stdin: true,
    tty: true,
    terminationMessagePolicy: 'FallbackToLogsOnError',
    terminationMessagePath: '/run/last-words',
  };

  test('of a set has what cdk8s-plus does not know, also before the others, and beside them', () => {
    const chart = newChart('shop');
    const store = new StatefulWorkload(chart, 'Store', { containers: [{ image: 'a:1', ...further }], initContainers: [{ image: 'a:1', ...further }] });
    const { restartPolicy } = { restartPolicy: kplus.ContainerRestartPolicy.ALWAYS };
    store.addInitContainer({ name: 'sidecar', image: 'a:1', restartPolicy, ...further });
    store.addContainer({ name: 'second', image: 'a:1', ...further });
    expect(find(chart, 'StatefulSet', 'store')).toMatchObject({
      spec: { template: { spec: { containers: [inManifest, inManifest], initContainers: [inManifest, { ...inManifest, restartPolicy: 'Always' }] } } },
    });
  });

  test('of a scratch Pod too', () => {
    const chart = newChart('shop');
    const pod = new SharedScratchPod(chart, 'Reports');
    pod.addWriter({ image: 'a:1', mountPath: '/out', ...further });
    pod.addReader({ image: 'a:1', mountPath: '/in', sidecar: true, ...further });
    expect(find(chart, 'Pod', 'reports')).toMatchObject({ spec: { containers: [inManifest], initContainers: [inManifest] } });
  });

  test('of a product too', () => {
    const chart = newChart('shop');
    const exporter: PodContainerProps = { name: 'exporter', image: 'a:1', ...further };
    const storage = { size: Size.gibibytes(20) };
    new KafkaCluster(chart, 'Events', { storage }).workload.addContainer(exporter);
    new StatefulDatabase(chart, 'Orders', { engine: DatabaseEngine.postgres({ version: PostgresVersion.V17 }), storage }).statefulWorkload.addContainer(exporter);
    for (const name of ['events', 'orders']) {
      expect(find(chart, 'StatefulSet', name)).toMatchObject({ spec: { template: { spec: { containers: [{}, { name: 'exporter', ...inManifest }] } } } });
    }
  });

  test('without them has none of these fields', () => {
    expect(Object.keys(rendered({}))).toEqual(['image', 'imagePullPolicy', 'name', 'resources', 'securityContext']);
    expect(rendered({}).securityContext).not.toHaveProperty('seLinuxOptions');
  });

  test.each<[string, Partial<PodContainerProps>, string]>([
    ['a GPU without the domain of its vendor', { extendedResources: { gpu: 1 } }, 'server.extendedResources'],
    ['a resource of Kubernetes', { extendedResources: { 'kubernetes.io/cpu': 1 } }, 'server.extendedResources'],
    ['a name that a quota has', { extendedResources: { 'requests.nvidia.com/gpu': 1 } }, 'server.extendedResources'],
    ['half a GPU', { extendedResources: { 'nvidia.com/gpu': 0.5 } }, 'server.extendedResources.nvidia.com/gpu'],
    ['no GPU', { extendedResources: { 'nvidia.com/gpu': 0 } }, 'server.extendedResources.nvidia.com/gpu'],
    ['a relative path', { terminationMessagePath: 'last-words' }, 'server.terminationMessagePath'],
    ['a policy that is none', { terminationMessagePolicy: 'Log' as TerminationMessagePolicy }, 'containers[0].terminationMessagePolicy'],
  ])('cannot have %s', (_, props, property) => {
    expectInvalid(refused(props), { where: 'test/Store', property });
  });
});

describe('a probe', () => {
  const often = { periodSeconds: Duration.seconds(5), failureThreshold: 4, terminationGrace: Duration.seconds(20) };
  const inManifest = { periodSeconds: 5, failureThreshold: 4, terminationGracePeriodSeconds: 20 };

  test('by gRPC', () => {
    expect(rendered({ readiness: ContainerProbe.fromGrpc({ port: 2379 }) }).readinessProbe).toEqual({ failureThreshold: 3, grpc: { port: 2379 } });
    expect(rendered({ liveness: ContainerProbe.fromGrpc({ port: 2379, service: 'kv', ...often }) }).livenessProbe)
      .toEqual({ grpc: { port: 2379, service: 'kv' }, ...inManifest });
  });

  test('with HTTP headers', () => {
    const headers = { 'Host': 'store.example', 'X-Probe': '1' };
    expect(rendered({ startup: ContainerProbe.fromHttpGet('/up', { port: 80, scheme: kplus.ConnectionScheme.HTTPS, headers, ...often }) }).startupProbe).toEqual({
      httpGet: { path: '/up', port: 80, scheme: 'HTTPS', httpHeaders: [{ name: 'Host', value: 'store.example' }, { name: 'X-Probe', value: '1' }] },
      ...inManifest,
    });
  });

  test('with a termination grace', () => {
    expect(rendered({ liveness: ContainerProbe.fromCommand(['true'], often), startup: ContainerProbe.fromTcpSocket({ port: 80, ...often }) })).toMatchObject({
      livenessProbe: { exec: { command: ['true'] }, ...inManifest },
      startupProbe: { tcpSocket: { port: 80 }, ...inManifest },
    });
  });

  test('that says no more than cdk8s-plus can is what cdk8s-plus renders', () => {
    const ours = rendered({ portNumber: 80, readiness: ContainerProbe.fromHttpGet('/'), liveness: ContainerProbe.fromTcpSocket(), startup: ContainerProbe.fromCommand(['a']) });
    const theirs = rendered({ portNumber: 80, readiness: kplus.Probe.fromHttpGet('/'), liveness: kplus.Probe.fromTcpSocket(), startup: kplus.Probe.fromCommand(['a']) });
    expect(ours).toEqual(theirs);
  });

  test('works in Pods of cdk8s-plus too', () => {
    const chart = newChart('shop');
    new kplus.Deployment(chart, 'Api', { metadata: { name: 'api' }, containers: [{ image: 'a:1', liveness: ContainerProbe.fromGrpc({ port: 80, ...often }) }] });
    expect(containerOf(chart, 'Deployment', 'api').livenessProbe).toEqual({ grpc: { port: 80 }, ...inManifest });
  });

  test.each<[string, Partial<PodContainerProps>, string]>([
    ['a period of no length', { liveness: kplus.Probe.fromCommand(['a'], { periodSeconds: Duration.seconds(0) }) }, 'server.liveness.periodSeconds'],
    ['no time to answer', { startup: kplus.Probe.fromCommand(['a'], { timeoutSeconds: Duration.seconds(0) }) }, 'server.startup.timeoutSeconds'],
    ['a negative threshold', { readiness: kplus.Probe.fromCommand(['a'], { failureThreshold: -1 }) }, 'server.readiness.failureThreshold'],
    ['two passes for liveness', { liveness: kplus.Probe.fromCommand(['a'], { successThreshold: 2 }) }, 'server.liveness.successThreshold'],
    ['no termination grace', { liveness: ContainerProbe.fromCommand(['a'], { terminationGrace: Duration.seconds(0) }) }, 'server.liveness.terminationGrace in seconds'],
    ['half a second of grace', { liveness: ContainerProbe.fromCommand(['a'], { terminationGrace: Duration.millis(500) }) }, 'server.liveness.terminationGrace in seconds'],
    ['a port that is none', { readiness: ContainerProbe.fromGrpc({ port: 65536 }) }, 'server.readiness.port'],
  ])('cannot have %s', (_, props, property) => {
    expectInvalid(refused(props), { where: 'test/Store', property });
  });

  test('two passes for readiness are fine', () => {
    expect(rendered({ readiness: kplus.Probe.fromCommand(['a'], { successThreshold: 2 }) }).readinessProbe).toMatchObject({ successThreshold: 2 });
  });

  test('of readiness has no termination grace', () => {
    expectInvalid(refused({ readiness: ContainerProbe.fromCommand(['a'], { terminationGrace: Duration.seconds(5) }) }),
      "test/Store: 'server.readiness' has a termination grace, but a readiness probe does not terminate containers.");
  });

  test('has headers of names that headers can have', () => {
    expectInvalid(() => ContainerProbe.fromHttpGet('/', { headers: { 'X Probe': '1' } }), { where: 'ContainerProbe.fromHttpGet', property: 'headers', got: 'X Probe' });
  });
});

describe('environment from ConfigMaps and Secrets', () => {
  const sources = (chart: Chart) => {
    const configMap = kplus.ConfigMap.fromConfigMapName(chart, 'Flags', 'flags');
    const secret = kplus.Secret.fromSecretName(chart, 'Keys', 'keys');
    return [
      EnvFromSource.configMap(configMap, { optional: true }), EnvFromSource.secret(secret, { optional: true, prefix: 'KEY_' }),
      EnvFromSource.configMap(configMap), EnvFromSource.secret(secret),
    ];
  };
  const inManifest = [
    { configMapRef: { name: 'flags', optional: true } }, { prefix: 'KEY_', secretRef: { name: 'keys', optional: true } },
    { configMapRef: { name: 'flags' } }, { secretRef: { name: 'keys' } },
  ];

  test('may be optional, in Pods of ours and of cdk8s-plus', () => {
    const chart = newChart('shop');
    const envFrom = sources(chart);
    new StatefulWorkload(chart, 'Store', { containers: [{ image: 'a:1', envFrom }] });
    new kplus.Deployment(chart, 'Api', { metadata: { name: 'api' }, containers: [{ image: 'a:1', envFrom }] });
    expect(containerOf(chart, 'StatefulSet', 'store').envFrom).toEqual(inManifest);
    expect(containerOf(chart, 'Deployment', 'api').envFrom).toEqual(inManifest);
  });

  test('has prefixes that variables can begin with', () => {
    const chart = newChart();
    expectInvalid(() => EnvFromSource.configMap(kplus.ConfigMap.fromConfigMapName(chart, 'Flags', 'flags'), { prefix: '1_' }), { property: 'prefix', got: '1_' });
  });
});
