import { Size } from 'cdk8s';
import { clusterWithNodes } from '../support/clusters';
import { mysqlProducts, MysqlSet } from '../support/mysql-set';
import { imageMissing, itUnless } from '../support/needs';
import { cut, heal, inService, outOfService, powerMissing, powerOff, powerOn } from '../support/node-power';
import { found, measure, sleep, waitUntil } from '../support/progress';

const { kubectl: cluster } = clusterWithNodes();

const classMissing = (name: string) =>
  cluster.runSync(['get', 'storageclass', '-o', 'name']).includes(`/${name}\n`) ? undefined : `needs a storage class “${name}”`;

describe.each(mysqlProducts)('$product', product => {
  const missing = imageMissing(product.image);
  const other = mysqlProducts.find(candidate => candidate !== product) ?? product;
  let set: MysqlSet;

  afterEach(async () => { await set?.namespace.delete(); });

  describe('on a volume that all nodes reach', () => {
    const storageClass = 'network';
    const unreachable = missing ?? classMissing(storageClass);

    itUnless(unreachable ?? powerMissing)('finds its data on another node when the power of its node is cut', async () => {
      set = await MysqlSet.create(product, cluster, { storageClass, writer: true });
      await set.measureReady('from apply to ready');
      await set.writing();
      const { metadata: { uid }, spec: { nodeName } } = await set.pod();
      await powerOff(nodeName);
      try {
        await cluster.wait(`node/${nodeName}`, 'condition=Ready=Unknown', 120);
        await outOfService(cluster, nodeName);
        await measure(`${product.product} from the taint “out of service” to ready on another node`, () => set.replaced(uid, 300));
        expect((await set.pod()).spec.nodeName).not.toBe(nodeName);
        await set.nothingLost();
      } finally {
        await inService(cluster, nodeName);
        await powerOn(cluster, nodeName);
      }
      await set.nothingLost();
    });

    itUnless(unreachable ?? powerMissing)('runs on where its node is cut off, and the Pod that takes its place waits until it has ended', async () => {
      set = await MysqlSet.create(product, cluster, { storageClass, writer: true });
      await set.ready();
      await set.writing();
      const { metadata: { uid }, spec: { nodeName } } = await set.pod();
      await cut(nodeName);
      try {
        await cluster.wait(`node/${nodeName}`, 'condition=Ready=Unknown', 120);
        await set.kubectl.delete('pod', 'orders-0', '--force', '--grace-period=0'); // what a person does who is in a hurry
        await waitUntil('the new Pod says why it waits', 180, async () => {
          const log = await set.kubectl.logs('orders-0', '-c', 'prepare').catch(String);
          return log.includes('another Pod is still using this volume') || log;
        });
        expect((await set.pod()).spec.nodeName).not.toBe(nodeName);
      } finally {
        await heal(cluster, nodeName);
      }
      await measure(`${product.product} from the heal to ready on another node`, () => set.replaced(uid, 300));
      await set.nothingLost();
    });

    itUnless(unreachable)('a second server on the volume of one that runs waits, or is refused by the server itself', async () => {
      set = await MysqlSet.create(product, cluster, { storageClass, writer: true });
      await set.ready();
      await set.writing();
      const pod = await set.kubectl.get<FullPod>('pod', 'orders-0');
      await set.kubectl.apply([twinOf(pod, 'waits')]);
      await waitUntil('the second Pod says why it waits', 120, async () => {
        const log = await set.kubectl.logs('waits', '-c', 'prepare');
        return log.includes('another Pod is still using this volume') || log;
      });
      // Without our start script there is only the server's own lock.
      await set.kubectl.apply([twinOf(pod, 'locked', ['docker-entrypoint.sh', product.server])]);
      await waitUntil('the second server is refused', 180, async () => {
        const log = await set.kubectl.logs('locked', '-c', product.container);
        return /[Uu]nable to lock|Can't lock aria/.test(log) || log.split('\n').slice(-2).join(' ');
      });
      await set.nothingLost();
      await set.kubectl.delete('pod', 'locked', '--force', '--grace-period=0');
      await set.kubectl.delete('statefulset', 'orders');
      await set.kubectl.wait('pod/waits', 'condition=Initialized', 120);
      found('the one that waited goes on when the first has ended');
    });

    itUnless(unreachable)(`the data of ${other.product} is refused, and left alone`, async () => {
      const resources = { memory: { limit: Size.mebibytes(768) } }; // enough for both
      set = await MysqlSet.create(other, cluster, { storageClass, resources });
      await set.ready();
      await set.sql('create table kept (id int)');
      await set.kubectl.delete('statefulset', 'orders');
      await set.apply({ storageClass, resources, engine: product.engine });
      await waitUntil('the refusal', 120, async () => {
        const log = await set.kubectl.logs('orders-0', '-c', 'prepare');
        return log.includes(`this volume holds a ${other.product} database`) || log;
      });
      await set.kubectl.delete('statefulset', 'orders');
      await set.apply({ storageClass, resources, engine: other.engine });
      await set.ready();
      expect(await set.sql('show tables')).toBe('kept');
    });
  });

  itUnless(missing)('loses nothing in a rolling update and an eviction', async () => {
    set = await MysqlSet.create(product, cluster, { writer: true });
    await set.ready();
    await set.writing();
    let { metadata: { uid } } = await set.pod();
    await set.apply({ writer: true, parameters: { max_allowed_packet: '32M' } });
    await measure(`${product.product} rolled`, () => set.replaced(uid));
    await set.nothingLost();
    expect(await set.sql('select @@max_allowed_packet')).toBe(`${32 * 2 ** 20}`);
    ({ metadata: { uid } } = await set.pod());
    await set.kubectl.evict('orders-0');
    await measure(`${product.product} evicted, ready again`, () => set.replaced(uid));
    await set.nothingLost();
  });

  itUnless(missing ?? powerMissing)('loses nothing when the power of its node is cut, and waits for it', async () => {
    set = await MysqlSet.create(product, cluster, { storageClass: classMissing('local') === undefined ? 'local' : undefined, writer: true });
    await set.ready();
    await set.writing();
    const { spec: { nodeName } } = await set.pod();
    await powerOff(nodeName);
    await sleep(10);
    await powerOn(cluster, nodeName);
    await measure(`${product.product} after the power of its node is back`, () => waitUntil('rows again', 300, async () => (await set.sql('select 1')) === '1' || 'not yet'));
    await set.nothingLost();
  });

  itUnless(missing ?? powerMissing)('loses nothing when its node is cut off, and serves again by itself after the heal', async () => {
    set = await MysqlSet.create(product, cluster, { writer: true });
    await set.ready();
    await set.writing();
    const { metadata: { uid }, spec: { nodeName } } = await set.pod();
    const restarts = await set.restarts();
    await cut(nodeName);
    try {
      await cluster.wait(`node/${nodeName}`, 'condition=Ready=Unknown', 120);
      await sleep(45); // longer than Pods stay on a lost node that may move
      expect((await set.pod()).metadata.uid).toBe(uid);
    } finally {
      await heal(cluster, nodeName);
    }
    await measure(`${product.product} takes rows again after the heal`, () => set.nothingLost());
    expect({ uid: (await set.pod()).metadata.uid, restarts: await set.restarts() }).toEqual({ uid, restarts });
  });

  describe('with a full volume', () => {
    const storageClass = 'disk-xfs';

    itUnless(missing ?? classMissing(storageClass))('says so, loses nothing, and serves again when the volume has grown', async () => {
      set = await MysqlSet.create(product, cluster, { storageClass, size: Size.mebibytes(512), writer: true });
      await set.ready();
      await set.writing();
      const before = await set.acknowledged();
      await set.sql('create table big (id int auto_increment primary key, data longblob)');
      const insert = () => set.sql('insert into big (data) values (repeat(sha2(rand(), 256), 60000))');
      let error = '';
      for (let row = 0; row < 300 && error === ''; row++) error = await insert().then(() => '', String);
      found(error.split('\n').pop() ?? '');
      // InnoDB of MariaDB may give up in the rollback of the statement, and starts again on a volume that is still full.
      expect(error).toMatch(/is full|No space left|Lost connection|exit code 137/i);
      await waitUntil('a word in the log', 60, async () => {
        const logs = await Promise.all([[], ['--previous']].map(args => set.kubectl.logs('orders-0', '-c', product.container, ...args).catch(() => '')));
        return /is full|No space left|error 28|Out of disk space/i.test(logs.join('')) || 'none yet';
      });
      found(`${await set.restarts()} restarts while it was full`);
      await set.kubectl.run(['patch', 'pvc', 'data-orders-0', '-p', '{"spec":{"resources":{"requests":{"storage":"1Gi"}}}}']);
      await measure('the volume has grown', () => set.kubectl.wait('pvc/data-orders-0', 'jsonpath={.status.capacity.storage}=1Gi', 180));
      await measure(`${product.product} takes rows again`, () => waitUntil('a large row', 300, () => insert().then(() => true as const)));
      await set.nothingLost();
      const rows = new Set((await set.sql('select id from acks')).split('\n'));
      expect(before.filter(id => !rows.has(id))).toEqual([]); // whatever became of the writer meanwhile
    });
  });
});

interface FullPod {
  readonly spec: { readonly nodeName: string; readonly containers: readonly { readonly args: readonly string[] }[] };
}

/** A Pod that is like another one, on the same volume, and belongs to nobody; with a command of its own it has no init container. */
function twinOf({ spec }: FullPod, name: string, command?: string[]) {
  const [server] = spec.containers;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: {
      ...spec,
      hostname: name,
      nodeName: undefined,
      ...command === undefined ? {} : { initContainers: undefined, containers: [{ ...server, command }] },
    },
  };
}
