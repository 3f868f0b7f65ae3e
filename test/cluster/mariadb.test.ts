import { Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { volumesOf } from '../support/claims';
import { clusterWithNodes } from '../support/clusters';
import { Kubectl } from '../support/kubectl';
import { newChart, synth } from '../support/manifests';
import { imageMissing, itUnless } from '../support/needs';
import { measure, say, sleep, waitUntil } from '../support/progress';
import { TestNamespace } from '../support/test-namespace';
import { DatabaseEngine, IDatabaseEngine, MariadbVersion, MysqlVersion, StatefulDatabase } from 'cdk8s-stateful';

interface Product {
  readonly product: string;
  readonly image: string;
  readonly engine: IDatabaseEngine;
  readonly client: string;
  readonly memory: Size;
}

const products: Product[] = [
  {
    product: 'MariaDB',
    image: 'docker.io/library/mariadb:11.8',
    engine: DatabaseEngine.mariadb({ version: MariadbVersion.V11_8 }),
    client: 'mariadb',
    memory: Size.mebibytes(512),
  },
  {
    product: 'MySQL',
    image: 'docker.io/library/mysql:9.7',
    engine: DatabaseEngine.mysql({ version: MysqlVersion.V9_7 }),
    client: 'mysql',
    memory: Size.mebibytes(768),
  },
];

interface Pod {
  readonly metadata: { readonly uid: string };
  readonly spec: { readonly nodeName?: string };
  readonly status: { readonly phase: string; readonly conditions?: readonly { readonly type: string; readonly message?: string }[] };
}

const { kubectl: cluster } = clusterWithNodes();

/** The slow script gives the test the time to interrupt the first init. */
const initScripts = {
  '10-table.sql': 'create table orders (id int primary key);\n',
  '20-slow.sh': 'sleep 8\n',
  '30-row.sql': 'insert into orders values (1);\n',
};

describe.each(products)('$product, alone', ({ product, image, engine, client, memory }) => {
  const missing = imageMissing(image);
  const test = itUnless(missing);
  let namespace: TestNamespace;
  let kubectl: Kubectl;

  // As a client of the Service would, with the credentials of the Secret.
  const login = `MYSQL_PWD=$(</etc/cdk8s-stateful/credentials/password) ${client} -h orders -u app app`;
  const sql = (statement: string) => kubectl.exec('orders-0', ['bash', '-c', `${login} -BNe "$1"`, 'sh', statement]).then(answer => answer.trim());
  const ready = (seconds: number) => kubectl.wait('statefulset/orders', 'jsonpath={.status.readyReplicas}=1', seconds);

  beforeAll(async () => {
    if (missing !== undefined) return;
    namespace = await TestNamespace.create(client, cluster);
    kubectl = namespace.kubectl;
    await kubectl.run(['create', 'secret', 'generic', 'orders-credentials', '--from-literal=username=app', "--from-literal=password=p:a\\s 's$(w)"]);
    const chart = newChart(namespace.name);
    new StatefulDatabase(chart, 'Orders', {
      engine,
      storage: { size: Size.gibibytes(1) },
      resources: { cpu: { request: kplus.Cpu.millis(50) }, memory: { limit: memory } },
      initScripts,
    });
    await kubectl.apply(synth(chart));
  });
  afterAll(async () => { await namespace?.delete(); });

  test('an interrupted first init is made anew', async () => {
    const initialised = () => kubectl.exec('orders-0', ['bash', '-c', 'ls /var/lib/mysql/app/orders.ibd /var/lib/mysql/.first-start']);
    await waitUntil('the first init has got to the slow script', 90, async () => (await initialised()).includes('.ibd') || 'not yet');
    await kubectl.delete('pod', 'orders-0', '--force', '--grace-period=0');
    await measure(`${product} from an interrupted first init to ready`, () => ready(180)).catch(async error => {
      await namespace.report();
      throw error;
    });
    expect(await kubectl.logs('orders-0')).toContain('the first init of this volume was interrupted');
    expect(await sql('select count(*) from orders')).toBe('1');
    await expect(kubectl.exec('orders-0', ['ls', '/var/lib/mysql/.first-start'])).rejects.toThrow('No such file');
  });

  test('rows survive the deletion of the Pod', async () => {
    await sql('insert into orders values (2)');
    const volumes = await volumesOf(kubectl);
    await kubectl.delete('pod', 'orders-0');
    await measure(`${product} from the end of the old Pod to ready`, () => ready(180));
    expect(await sql('select count(*) from orders')).toBe('2');
    expect(await volumesOf(kubectl)).toEqual(volumes);
  });

  test('a Pod that cannot get to its volume waits and says why, and never starts empty', async () => {
    const { spec: { nodeName = '' } } = await kubectl.get<Pod>('pod', 'orders-0');
    if (!(await boundToNode(kubectl))) {
      say('  the volumes of this cluster follow their Pods to other nodes: nothing to see');
      return;
    }
    await kubectl.run(['cordon', nodeName]);
    try {
      await kubectl.delete('pod', 'orders-0');
      await waitUntil('the reason why the Pod waits', 60, async () => {
        const { status } = await kubectl.get<Pod>('pod', 'orders-0');
        const message = status.conditions?.find(({ type }) => type === 'PodScheduled')?.message ?? 'no word yet';
        if (/volume node affinity|didn't match PersistentVolume's node affinity/.test(message)) say(`  ${message}`);
        return (status.phase === 'Pending' && /volume node affinity|PersistentVolume's node affinity/.test(message)) || message;
      });
      await sleep(10);
      expect((await kubectl.get<Pod>('pod', 'orders-0')).status.phase).toBe('Pending');
    } finally {
      await kubectl.uncordon(nodeName);
    }
    await measure(`${product} ready after its node takes Pods again`, () => ready(180));
    expect(await sql('select count(*) from orders')).toBe('2');
  });
});

/** Whether the set's volume is reachable from one node only. */
async function boundToNode(kubectl: Kubectl): Promise<boolean> {
  const volume = await kubectl.run(['get', 'pvc', 'data-orders-0', '-o', 'jsonpath={.spec.volumeName}']);
  return (await kubectl.run(['get', 'pv', volume, '-o', 'jsonpath={.spec.nodeAffinity}'])).includes('kubernetes.io/hostname');
}
