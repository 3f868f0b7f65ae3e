/** @beside-others */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { clusterWithNodes } from '../support/clusters';
import { Kubectl } from '../support/kubectl';
import { newChart, synth } from '../support/manifests';
import { mountedConfig } from '../support/mounted-config';
import { TestNamespace } from '../support/test-namespace';
import { DatabaseEngine, MariadbVersion, StatefulDatabase } from 'cdk8s-stateful';

const { kubectl: cluster } = clusterWithNodes();

/** A set whose files hold this text. */
function set(namespace: string, text: string) {
  const chart = newChart(namespace);
  new StatefulDatabase(chart, 'Orders', {
    engine: DatabaseEngine.mariadb({ version: MariadbVersion.V11_8 }),
    storage: { size: Size.gibibytes(1) },
    resources: { cpu: { request: kplus.Cpu.millis(50) }, memory: { limit: Size.mebibytes(640) } },
    initScripts: { 'note.sh': `# ${text}` },
  });
  return { manifests: synth(chart), configMap: mountedConfig(chart, 'orders', 'init-scripts') };
}

describe('files of a set', () => {
  let namespace: TestNamespace;
  let kubectl: Kubectl;
  beforeAll(async () => {
    namespace = await TestNamespace.create('files', cluster);
    kubectl = namespace.kubectl;
    await kubectl.run(['create', 'secret', 'generic', 'orders-credentials', '--from-literal=username=app', '--from-literal=password=secret']);
  });
  afterAll(async () => { await namespace?.delete(); });

  const inPod = () => kubectl.exec('orders-0', ['cat', '/docker-entrypoint-initdb.d/note.sh'], { container: 'mariadb' });
  const configMaps = async () => (await kubectl.run(['get', 'configmaps', '-l', 'app.kubernetes.io/instance=orders', '-o', 'name'])).split('\n')
    .filter(name => name.includes('init-scripts')).map(name => name.replace('configmap/', '')).sort();

  test('belong to its revision: a rollback brings them back', async () => {
    await kubectl.apply(set(namespace.name, 'first').manifests);
    await kubectl.rolloutStatus('statefulset/orders', 180);
    await kubectl.apply(set(namespace.name, 'second').manifests);
    await kubectl.rolloutStatus('statefulset/orders', 180);
    expect(await inPod()).toContain('second');
    await kubectl.run(['rollout', 'undo', 'statefulset/orders']);
    await kubectl.rolloutStatus('statefulset/orders', 180);
    expect(await inPod()).toContain('first');
  });

  test('are immutable', async () => {
    const { configMap } = set(namespace.name, 'first');
    await expect(kubectl.run(['patch', 'configmap', `${configMap}`, '-p', '{"data":{"note.sh":"other"}}'])).rejects.toThrow('field is immutable when `immutable` is set');
  });

  test('that no revision mounts are deleted by the command of the decision record, and no others', async () => {
    const record = readFileSync(join(__dirname, '../../docs/decisions/0016-files-belong-to-a-revision.md'), 'utf8');
    const command = /```sh\n([\s\S]*?)```/.exec(record)?.[1].replace(/-n shop/g, `-n ${namespace.name}`) ?? 'exit 1';
    const prune = (kubeconfig = kubectl.kubeconfig) => promisify(execFile)('bash', ['-c', command], { env: { ...process.env, KUBECONFIG: kubeconfig } });
    const used = [set(namespace.name, 'first'), set(namespace.name, 'second')].map(({ configMap }) => configMap).sort();
    const unused = set(namespace.name, 'third');
    await kubectl.apply(unused.manifests.filter(({ kind }) => kind === 'ConfigMap'));
    expect(await configMaps()).toEqual([...used, unused.configMap].sort());
    await expect(prune('/does/not/exist')).rejects.toThrow(); // no answer of the API server is no leave to delete
    await prune();
    expect(await configMaps()).toEqual(used);
  });
});
