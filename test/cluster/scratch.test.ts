/** @beside-others */
import { Chart, Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { clusterWithNodes } from '../support/clusters';
import { Kubectl } from '../support/kubectl';
import { newChart, synth } from '../support/manifests';
import { measure, waitUntil } from '../support/progress';
import { TestNamespace } from '../support/test-namespace';
import { DownwardApiVolume, DownwardField, ProjectedSource, ProjectedVolume, SharedScratchPod, SharedScratchPodProps } from 'cdk8s-stateful';

const image = 'busybox:1.35';
const sleep = ['sh', '-c', 'trap exit TERM; while true; do sleep 1; done'];
const small: kplus.ContainerResources = {
  cpu: { request: kplus.Cpu.millis(10) },
  memory: { request: Size.mebibytes(32), limit: Size.mebibytes(32) },
};
const writer = { image, mountPath: '/opt', resources: small };
const reader = { image, mountPath: '/mnt', resources: small };

describe('a scratch Pod', () => {
  const { kubectl: cluster } = clusterWithNodes();
  let namespace: TestNamespace;
  let kubectl: Kubectl;

  beforeAll(async () => {
    namespace = await TestNamespace.create('scratch', cluster);
    kubectl = namespace.kubectl;
  });
  afterAll(async () => { await namespace?.delete(); });

  async function apply(name: string, props: SharedScratchPodProps, build: (scratch: SharedScratchPod, chart: Chart) => void): Promise<void> {
    const chart = newChart(namespace.name);
    build(new SharedScratchPod(chart, 'Scratch', { name, terminationGrace: Duration.seconds(2), security: { user: 1000 }, ...props }), chart);
    await kubectl.apply(synth(chart));
  }
  const inReader = (pod: string, ...command: string[]) => kubectl.exec(pod, command, { container: 'reader' });
  const inWriter = (pod: string, ...command: string[]) => kubectl.exec(pod, command, { container: 'writer' });

  test('shows the writer\'s files to readers of other users, who cannot write', async () => {
    await apply('reports', { security: {} }, scratch => {
      const as = (user: number) => ({ securityContext: { user, group: user, capabilities: { drop: [kplus.Capability.ALL] } } });
      scratch.addWriter({ ...writer, ...as(999), command: ['sh', '-c', `umask 027; echo first > /opt/report; ${sleep[2]}`] });
      scratch.addReader({ ...reader, ...as(1001), command: sleep });
      scratch.addWriter({ ...writer, ...as(1002), name: 'second', command: sleep });
    });
    await measure('scratch Pod of three containers from apply to ready', () => kubectl.wait('pod/reports', 'condition=Ready', 60));
    await waitUntil('the writer\'s file', 30, async () => (await inReader('reports', 'cat', '/mnt/report')) === 'first\n' || 'not there');
    expect(await inReader('reports', 'stat', '-c', '%u:%g %a', '/mnt/report')).toBe('999:1000 640\n');

    await expect(inReader('reports', 'touch', '/mnt/mine')).rejects.toThrow(/Read-only file system/i);
    await expect(inReader('reports', 'rm', '/mnt/report')).rejects.toThrow(/Read-only file system/i);

    await kubectl.exec('reports', ['sh', '-c', 'echo second > /opt/other'], { container: 'second' });
    expect(await inReader('reports', 'cat', '/mnt/other')).toBe('second\n');
    await inWriter('reports', 'rm', '/opt/other'); // everybody may make and remove files
  });

  test('lets several subscribers tail what a publisher appends', async () => {
    await apply('events', {}, scratch => {
      scratch.addWriter({ ...writer, command: ['sh', '-c', 'trap exit TERM; i=0; while sleep 1; do i=$((i + 1)); echo event $i >> /opt/log; done'] });
      scratch.addReader({ ...reader, name: 'audit', command: ['tail', '-n', '+1', '-F', '/mnt/log'] });
      scratch.addReader({ ...reader, name: 'mail', command: ['tail', '-n', '+1', '-F', '/mnt/log'] });
    });
    await kubectl.wait('pod/events', 'condition=Ready', 60);
    for (const subscriber of ['audit', 'mail']) {
      await waitUntil(`three events at ${subscriber}`, 30, async () => {
        const lines = (await kubectl.logs('events', '-c', subscriber)).split('\n').filter(line => line.startsWith('event'));
        return lines.slice(0, 3).join() === 'event 1,event 2,event 3' || `${lines.length} lines`;
      });
    }
  });

  test('finishes when its main container does, and its native sidecars with it', async () => {
    await apply('export', { restartPolicy: kplus.RestartPolicy.NEVER }, scratch => {
      scratch.addReader({ ...reader, sidecar: true, command: sleep });
      scratch.addWriter({ ...writer, command: ['sh', '-c', 'date > /opt/report; sleep 3'] });
    });
    await measure('scratch Pod with a sidecar from apply to Succeeded', () => kubectl.wait('pod/export', 'jsonpath={.status.phase}=Succeeded', 60));
    const { status } = await kubectl.get<{ status: { initContainerStatuses: { state: { terminated?: object } }[] } }>('pod', 'export');
    expect(status.initContainerStatuses[0].state.terminated).toBeDefined();
  });

  test('shares memory where asked, no more of it than the limit', async () => {
    await apply('memory', { medium: kplus.EmptyDirMedium.MEMORY, sizeLimit: Size.mebibytes(8) }, scratch => {
      scratch.addWriter({ ...writer, command: sleep });
      scratch.addReader({ ...reader, command: sleep });
    });
    await kubectl.wait('pod/memory', 'condition=Ready', 60);
    const [, options] = /^tmpfs \/mnt tmpfs (\S+)/m.exec(await inReader('memory', 'cat', '/proc/mounts')) ?? [];
    expect(options).toMatch(/^ro,/);
    expect(await inWriter('memory', 'cat', '/proc/mounts')).toMatch(/^tmpfs \/opt tmpfs rw,/m);
    expect(options).toContain('size=8192k');
    await expect(inWriter('memory', 'dd', 'if=/dev/zero', 'of=/opt/large', 'bs=1M', 'count=9')).rejects.toThrow(/No space left on device/);
  });

  test('mounts facts about itself, and a token for others', async () => {
    await apply('facts', { podAnnotations: { shard: 'a' } }, (scratch, chart) => {
      const container = scratch.addWriter({ ...writer, command: sleep });
      container.mount('/etc/facts', new DownwardApiVolume(chart, 'Facts', {
        fields: { name: DownwardField.podName(), shard: DownwardField.annotation('shard'), memory: DownwardField.resource('writer', kplus.ResourceFieldPaths.MEMORY_LIMIT) },
      }));
      const settings = new kplus.ConfigMap(chart, 'Settings', { metadata: { name: 'settings' }, data: { color: 'blue' } });
      container.mount('/etc/bundle', new ProjectedVolume(chart, 'Bundle', {
        sources: [ProjectedSource.configMap(settings, { items: { color: 'ui/color' } }), ProjectedSource.serviceAccountToken({ audience: 'vault' })],
      }));
    });
    await kubectl.wait('pod/facts', 'condition=Ready', 60);
    const facts = ['name', 'shard', 'memory'].map(file => inWriter('facts', 'cat', `/etc/facts/${file}`));
    expect(await Promise.all(facts)).toEqual(['facts', 'a', `${32 * 2 ** 20}`]);
    expect(await inWriter('facts', 'cat', '/etc/bundle/ui/color')).toBe('blue');
    const claims = JSON.parse(Buffer.from((await inWriter('facts', 'cat', '/etc/bundle/token')).split('.')[1], 'base64url').toString()) as { aud: string[] };
    expect(claims.aud).toEqual(['vault']);
    await expect(inWriter('facts', 'ls', '/var/run/secrets/kubernetes.io')).rejects.toThrow(/No such file/);
  });
});
