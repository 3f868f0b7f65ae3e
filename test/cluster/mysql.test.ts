/** @beside-others */
import { volumesOf } from '../support/claims';
import { clusterWithNodes } from '../support/clusters';
import { mysqlProducts, MysqlSet } from '../support/mysql-set';
import { imageMissing, itUnless } from '../support/needs';
import { found, say, sleep, waitUntil } from '../support/progress';
import { SEEN_FILE } from '../support/seen';
import { sigkill } from '../support/sigkill';

const { kubectl: cluster } = clusterWithNodes();

/** The second script waits for the test, which interrupts the first init there. */
const initScripts = {
  '10-table.sql': 'create table orders (id int primary key);\n',
  '20-wait.sh': 'until [ -e /tmp/go ]; do sleep 1; done\n',
  '30-row.sql': 'insert into orders values (1);\n',
};

describe.each(mysqlProducts)('$product, alone', product => {
  const missing = imageMissing(product.image);
  const test = itUnless(missing);
  /** MariaDB's checks log in, so these cases guard a promise there. */
  const onlyInFaults = product.product === 'MySQL' && process.env[SEEN_FILE] === undefined;
  const guardsMariadb = itUnless(missing ?? (onlyInFaults ? 'for MySQL it is in the table of faults: npm run test:faults' : undefined));
  let set: MysqlSet;

  beforeAll(async () => {
    if (missing !== undefined) return;
    set = await MysqlSet.create(product, cluster, { initScripts, writer: true });
  });
  afterAll(async () => { await set?.namespace.delete(); });

  test('an interrupted first init is made anew, and no server is reachable before it is complete', async () => {
    const inInit = (script: string) => set.kubectl.exec('orders-0', ['bash', '-c', script], { container: 'prepare' });
    await waitUntil('the first init to get to the script that waits', 90, async () =>
      (await inInit('ls /var/lib/mysql/app/orders.ibd /var/lib/mysql/.first-start')).includes('.ibd') || 'not yet');
    expect(await inInit('(echo >/dev/tcp/127.0.0.1/3306) 2>/dev/null || echo refused')).toBe('refused\n');
    await set.kubectl.delete('pod', 'orders-0', '--force', '--grace-period=0');
    await waitUntil('the next init to go on', 180, async () => { await inInit('touch /tmp/go'); return true; });
    await set.measureReady('from an interrupted first init to ready');
    expect(await set.kubectl.logs('orders-0', '-c', 'prepare')).toContain('the first init of this volume was interrupted before any server was reachable');
    expect(await set.sql('select count(*) from orders')).toBe('1');
    expect(await set.shell('ls -A /var/lib/mysql')).not.toContain('.first-start');
  });

  test('rows survive the deletion of the Pod', async () => {
    await set.ready();
    await set.sql('insert into orders values (2)');
    const volumes = await volumesOf(set.kubectl);
    await set.kubectl.delete('pod', 'orders-0');
    await set.measureReady('from the end of the old Pod to ready');
    expect(await set.sql('select count(*) from orders')).toBe('2');
    expect(await volumesOf(set.kubectl)).toEqual(volumes);
  });

  test('a server that is killed in mid-write has every acknowledged row', async () => {
    await set.writing();
    for (let kill = 0; kill < 3; kill++) {
      const restarts = await set.restarts();
      await sigkill(set.kubectl, 'orders-0', product.server);
      await waitUntil('a restart', 60, async () => (await set.restarts()) > restarts || 'not yet');
      await set.measureReady('from SIGKILL to ready');
      await set.nothingLost();
    }
  });

  guardsMariadb('a full connection table leaves it ready and alive', async () => {
    const { metadata: { uid } } = await set.pod();
    const restarts = await set.restarts();
    // From another Pod, as a client takes memory, too. Each tries again: a name need not resolve yet after a restart.
    await set.kubectl.exec('deploy/writer', ['bash', '-c', `
      : >/tmp/held
      end=$((SECONDS + 40))
      hold() {
        while ((SECONDS < end)); do
          timeout $((end - SECONDS)) ${product.client} -h "$MYSQL_HOST" -u "$MYSQL_USER" -e 'select sleep(40)' >/dev/null 2>>/tmp/held || sleep 0.5
        done
      }
      for ((i = 0; i < 32; i++)); do (hold >/dev/null 2>&1 &); done`]);
    await waitUntil('too many connections', 30, async () => (await set.sql('select 1').catch(String)).includes('Too many connections')
      || `not yet; ${await set.root('show status like "Threads_connected"')}; ${await set.kubectl.exec('deploy/writer', ['tail', '-n', '1', '/tmp/held'])}`);
    for (let second = 0; second < 20; second += 2) {
      await sleep(2);
      expect((await set.pod()).status.conditions).toContainEqual(expect.objectContaining({ type: 'Ready', status: 'True' }));
    }
    await waitUntil('a free connection', 60, async () => (await set.sql('select 1')) === '1' || 'none');
    expect((await set.pod()).metadata.uid).toBe(uid);
    expect(await set.restarts()).toBe(restarts);
  });

  test('its probes leave no line in the log', async () => {
    await set.kubectl.run(['scale', 'deployment/writer', '--replicas=0']);
    await waitUntil('the end of the writer', 60, async () => !(await set.kubectl.run(['get', 'pods', '-o', 'name'])).includes('writer') || 'still there');
    await waitUntil('the end of its statements', 60, async () =>
      await set.root("select count(*) from information_schema.processlist where user = 'app' and command <> 'Sleep'") === '0' || 'not yet');
    await sleep(12); // what the server says of the clients that have gone
    const since = new Date().toISOString(); // the nodes have the clock of this machine
    await sleep(20);
    const log = await set.kubectl.logs('orders-0', '-c', product.container, `--since-time=${since}`);
    found(`${log.split('\n').filter(Boolean).length} lines in 20 s`);
    expect(log).toBe('');
    await set.kubectl.run(['scale', 'deployment/writer', '--replicas=1']);
    await set.kubectl.rolloutStatus('deployment/writer', 60);
  });

  guardsMariadb('a dump of everything, restored without the account of the checks, leaves it ready', async () => {
    const restarts = await set.restarts();
    // What a dump of another server's system tables does: its accounts are there, and no others.
    if (product.client === 'mariadb') {
      await set.shell(`export MYSQL_PWD=$(</etc/cdk8s-stateful/credentials/password)
        mariadb-dump -u root --all-databases --add-drop-database --flush-privileges >/tmp/all.sql
        mariadb -u root < /tmp/all.sql
        mariadb -u root -e "drop user healthcheck@localhost, healthcheck@'127.0.0.1', healthcheck@'::1'"`);
    } else {
      await set.shell(`export MYSQL_PWD=$(</etc/cdk8s-stateful/credentials/password)
        mysqldump -u root --all-databases --flush-privileges >/tmp/all.sql && mysql -u root < /tmp/all.sql`);
    }
    for (let second = 0; second < 30; second += 3) {
      await sleep(3);
      expect((await set.pod()).status.conditions).toContainEqual(expect.objectContaining({ type: 'Ready', status: 'True' }));
    }
    expect(await set.restarts()).toBe(restarts);
    expect(await set.sql('select count(*) from orders')).toBe('2');
    await set.kubectl.delete('pod', 'orders-0');
    await set.measureReady('with the restored system tables, from the end of the old Pod to ready');
  });

  test('a Pod that cannot get to its volume waits and says why, and never starts empty', async () => {
    const { spec: { nodeName } } = await set.pod();
    if (!(await boundToNode(set))) {
      say('  the volumes of this cluster follow their Pods to other nodes: nothing to see');
      return;
    }
    const keepAway = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'NotIn', values: [nodeName] }] }] } };
    const patch = (nodeAffinity: object | null) => set.kubectl.run(['patch', 'statefulset/orders', '--patch', JSON.stringify({ spec: { template: { spec: { affinity: { nodeAffinity } } } } })]);
    await patch(keepAway); // as if the node took no Pods, which would disturb others
    try {
      await waitUntil('the reason why the Pod waits', 60, async () => {
        const { status } = await set.pod();
        const message = status.conditions?.find(({ type }) => type === 'PodScheduled')?.message ?? 'no word yet';
        if (/volume node affinity|didn't match PersistentVolume's node affinity/.test(message)) say(`  ${message}`);
        return (status.phase === 'Pending' && /volume node affinity|PersistentVolume's node affinity/.test(message)) || message;
      });
      await sleep(10);
      expect((await set.pod()).status.phase).toBe('Pending');
    } finally {
      await patch(null);
      await set.kubectl.delete('pod', 'orders-0'); // a rolling update would wait for it
    }
    await set.measureReady('after its node takes it again');
    expect(await set.sql('select count(*) from orders')).toBe('2');
  });
});

/** Whether the set's volume is reachable from one node only. */
async function boundToNode({ kubectl }: MysqlSet): Promise<boolean> {
  const volume = await kubectl.run(['get', 'pvc', 'data-orders-0', '-o', 'jsonpath={.spec.volumeName}']);
  return (await kubectl.run(['get', 'pv', volume, '-o', 'jsonpath={.spec.nodeAffinity}'])).includes('kubernetes.io/hostname');
}
