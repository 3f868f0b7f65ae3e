/** @takes-turns */
import { Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { volumesOf } from '../support/claims';
import { clusterWithNodes } from '../support/clusters';
import { Kubectl } from '../support/kubectl';
import { newChart, synth } from '../support/manifests';
import { imageMissing, itUnless } from '../support/needs';
import { keepPodsOff } from '../support/nodes';
import { measure, measured, say, sleep, waitUntil } from '../support/progress';
import { sigkill, signal } from '../support/sigkill';
import { TestNamespace } from '../support/test-namespace';
import { DatabaseEngine, PodSecurity, PostgresVersion, StatefulDatabase, StatefulDatabaseProps } from 'cdk8s-stateful';

const image = PostgresVersion.V17._image;
const missing = imageMissing(image);
const test = itUnless(missing);
const { kubectl: cluster } = clusterWithNodes();

const small = { cpu: { request: kplus.Cpu.millis(50) }, memory: { limit: Size.mebibytes(320) } };
const selector = 'cdk8s.io/metadata.addr=orders';

/**
 * Sessions of inserts, one after the other; each number is printed when the server has acknowledged it, never before.
 * As every client of a Pod it needs timeouts: the address of one that is gone does not answer, not even with a refusal.
 */
const WRITER = `
timeouts="dbname=$PGDATABASE connect_timeout=3 tcp_user_timeout=5000"
session=0
while :; do
  session=$((session + 1))
  seq -f "insert into ack values ($session * 1000000 + %.0f) returning id;" 1 400 | psql -XAtq -d "$timeouts"
  sleep 0.2
done
`;

interface Pod {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly spec: { readonly nodeName: string };
}

interface Restarted extends Pod {
  readonly status: { readonly containerStatuses: readonly { readonly restartCount: number }[] };
}

function manifests(namespace: string, props: Partial<StatefulDatabaseProps> = {}) {
  const chart = newChart(namespace);
  const orders = new StatefulDatabase(chart, 'Orders', {
    engine: DatabaseEngine.postgres({ version: PostgresVersion.V17 }),
    storage: { size: Size.gibibytes(1) },
    resources: small,
    readReplicas: 1,
    ...props,
  });
  const writer = new kplus.Deployment(chart, 'Writer', {
    metadata: { name: 'writer' },
    replicas: 1,
    terminationGracePeriod: Duration.seconds(1),
    containers: [{
      image,
      command: ['bash', '-c', WRITER],
      resources: {},
      imagePullPolicy: kplus.ImagePullPolicy.IF_NOT_PRESENT,
      securityContext: PodSecurity.restricted({ user: 999 }),
    }],
  });
  orders.grantConnect(writer);
  return synth(chart);
}

async function withCredentials(prefix: string): Promise<TestNamespace> {
  const namespace = await TestNamespace.create(prefix, cluster);
  // Characters that a shell, libpq or SQL would read otherwise.
  await namespace.kubectl.run(['create', 'secret', 'generic', 'orders-credentials', '--from-literal=username=app', "--from-literal=password=p:a\\s 's$(w)"]);
  return namespace;
}

const sql = (kubectl: Kubectl, pod: string, statement: string) =>
  kubectl.exec(pod, ['psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-U', 'app', '-d', 'app', '-c', statement], { container: 'postgres' }).then(answer => answer.trim());

describe('a primary with one read replica', () => {
  let namespace: TestNamespace;
  let kubectl: Kubectl;
  let volumes: string[];
  let written: string;

  const ready = (count: number, seconds: number) => kubectl.wait('statefulset/orders', `jsonpath={.status.readyReplicas}=${count}`, seconds);
  const podReady = async (name: string, otherThan: string) => waitUntil(`another Pod ${name}, ready`, 120, async () => {
    const pod = await kubectl.get<Pod & { readonly status: { readonly conditions?: { type: string; status: string }[] } }>('pod', name);
    return (pod.metadata.uid !== otherThan && pod.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True')) || 'not yet';
  });
  const acknowledged = async () => (await kubectl.logs('deployment/writer', '--tail=-1')).split('\n').filter(line => /^\d+$/.test(line));
  const standbyStreams = () => waitUntil('the standby has caught up', 60, async () => {
    const lag = await sql(kubectl, 'orders-0', `
      select pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn) from pg_stat_replication where application_name = 'orders-1' and state = 'streaming'`);
    return (lag !== '' && Number(lag) < 1024 * 1024) || `lag ${lag === '' ? 'unknown: it does not stream' : lag}`;
  });

  const logOfPrepare = (text: string) => waitUntil(`'${text}' in the log`, 90, async () => {
    const log = await kubectl.logs('orders-0', '-c', 'prepare');
    return log.includes(text) || log.slice(-300);
  });

  /** Nothing that the writer was told is missing, nothing moved, and writes go on. */
  async function nothingLost(): Promise<void> {
    const before = (await acknowledged()).length;
    await waitUntil('the writer goes on', 60, async () => (await acknowledged()).length > before || 'no new acknowledgement');
    const acks = await acknowledged();
    const rows = new Set((await sql(kubectl, 'orders-0', 'select id from ack')).split('\n'));
    expect(acks.filter(id => !rows.has(id))).toEqual([]);
    say(`  ${acks.length} acknowledged, ${rows.size} rows, none missing`);
    expect(await volumesOf(kubectl)).toEqual(volumes);
    await standbyStreams();
  }

  beforeAll(async () => {
    if (missing !== undefined) return;
    namespace = await withCredentials('postgres');
    kubectl = namespace.kubectl;
    await kubectl.apply(manifests(namespace.name));
    await measure('PostgreSQL with a read replica from apply to ready', () => ready(2, 180)).catch(namespace.reportAndThrow);
    await sql(kubectl, 'orders-0', 'create table ack (id bigint primary key)');
    volumes = await volumesOf(kubectl);
  });
  afterAll(async () => { await namespace?.delete(); });

  test('the write Service leads to the primary alone, the database is the one asked for', async () => {
    const database = "select pg_is_in_recovery(), datname, pg_encoding_to_char(encoding) from pg_database where datname = 'app'";
    expect(await sql(kubectl, 'orders-0', database)).toBe('f|app|UTF8');
    expect(await sql(kubectl, 'orders-1', 'select pg_is_in_recovery()')).toBe('t');
    await waitUntil('the first acknowledgements', 60, async () => (await acknowledged()).length > 100 || 'none yet');
    const endpoints = (service: string, ...members: string[]) => waitUntil(`${members.join(' and ')} behind ${service}`, 60, async () => {
      const names = await kubectl.run(['get', 'endpoints', service, '-o', 'jsonpath={.subsets[*].addresses[*].targetRef.name}']);
      return `${names.split(' ').sort()}` === `${members}` || names;
    });
    await endpoints('orders', 'orders-0');
    await endpoints('orders-read', 'orders-0', 'orders-1');
    await standbyStreams();
  });

  test('a primary killed in mid-write loses nothing that was acknowledged', async () => {
    const pod = await kubectl.get<Pod>('pod', 'orders-0');
    await sigkill(kubectl, 'orders-0', 'postgres');
    const start = performance.now();
    await waitUntil('the killed primary', 120, async () => await sql(kubectl, 'orders-0', 'select 1') === '1' || 'not up');
    measured('primary answers again, since the kill was reported,', (performance.now() - start) / 1000);
    await waitUntil('the restart in the status of the Pod', 60, async () => (await kubectl.get<Restarted>('pod', 'orders-0')).status.containerStatuses[0].restartCount > 0 || 'none');
    const { metadata, status } = await kubectl.get<Restarted>('pod', 'orders-0');
    expect([metadata.uid, status.containerStatuses[0].restartCount]).toEqual([pod.metadata.uid, 1]);
    await ready(2, 120);
    await nothingLost();
  });

  test('each Pod deleted in turn comes back under its name with its volume', async () => {
    for (const name of ['orders-0', 'orders-1']) {
      const { metadata } = await kubectl.get<Pod>('pod', name);
      await kubectl.delete('pod', name, '--wait=false');
      await measure(`${name} from deletion to ready`, () => podReady(name, metadata.uid));
      await nothingLost();
    }
  });

  test('a changed parameter rolls one member after the other, also if it gives a standby less room than it needs', async () => {
    await kubectl.apply(manifests(namespace.name, { parameters: { max_connections: '15' } }));
    await measure('rolling update of both members', () => kubectl.rolloutStatus('statefulset/orders', 180));
    expect(await sql(kubectl, 'orders-0', 'show max_connections')).toBe('15');
    await nothingLost();
  });

  test('a drained node gives its member back with its data', async () => {
    const { spec, metadata } = await kubectl.get<Pod>('pod', 'orders-0');
    // A volume that is bound to a node has nowhere else to go: its member comes back afterwards.
    await keepPodsOff(cluster, [spec.nodeName], async () => {
      await measure('drain of the primary\'s node', () => kubectl.drain(spec.nodeName, 150, selector));
      await sleep(2);
    });
    await podReady('orders-0', metadata.uid);
    await ready(2, 120);
    await nothingLost();
  });

  test('a standby that was away too long is cloned anew by itself', async () => {
    await kubectl.apply(manifests(namespace.name, { parameters: { max_slot_wal_keep_size: '64MB', wal_keep_size: '32MB', max_wal_size: '64MB', min_wal_size: '32MB' } }));
    await kubectl.rolloutStatus('statefulset/orders', 180);
    await kubectl.run(['scale', 'statefulset/orders', '--replicas=1']);
    await kubectl.wait('pod/orders-1', 'delete', 120);
    for (let i = 0; i < 8; i++) await sql(kubectl, 'orders-0', 'create table if not exists filler (i int); truncate filler; select pg_switch_wal()');
    await sql(kubectl, 'orders-0', 'checkpoint');
    expect(await sql(kubectl, 'orders-0', "select wal_status from pg_replication_slots where slot_name = 'orders_1'")).toBe('lost');
    await kubectl.run(['scale', 'statefulset/orders', '--replicas=2']);
    await measure('standby from its start to ready, cloned anew', () => ready(2, 180));
    expect(await kubectl.logs('orders-1', '-c', 'prepare')).toContain('cloning orders-0');
    await nothingLost();
  });

  test('a primary whose volume is lost does not start empty while the standby has the data', async () => {
    await waitUntil('rows', 60, async () => (await acknowledged()).length > 100 || 'none yet');
    await kubectl.run(['scale', 'deployment/writer', '--replicas=0']);
    await waitUntil('the end of the writer', 60, async () => !(await kubectl.run(['get', 'pods', '-o', 'name'])).includes('writer') || 'still there');
    await standbyStreams();
    written = await sql(kubectl, 'orders-0', 'select count(*), max(id) from ack');
    // Nobody can say that there is data: the standby's server is stopped, and lives.
    await signal(kubectl, 'orders-1', 'postgres', 'STOP');
    await kubectl.delete('pvc', 'data-orders-0', '--wait=false');
    await kubectl.delete('pod', 'orders-0', '--grace-period=1');
    await logOfPrepare('orders-1: does not answer');
    await sleep(3);
    // A busy machine may take so long that the kubelet has ended it meanwhile, for its liveness probe.
    await waitUntil('orders-1 to go on', 180, async () => { await signal(kubectl, 'orders-1', 'postgres', 'CONT'); return true; });
    await logOfPrepare('copy orders-1    # copies the data of orders-1, the most advanced member that answers');
    expect(await kubectl.run(['get', 'pod', 'orders-0', '-o', 'jsonpath={.status.initContainerStatuses[0].state.running.startedAt}'])).not.toBe('');
  });

  test('and the step that it prints brings the data back, without deleting anything', async () => {
    const decide = (...decision: string[]) => kubectl.exec('orders-0', ['bash', '/etc/cdk8s-stateful/files/decide.sh', ...decision], { container: 'prepare' });
    await expect(decide('found')).rejects.toThrow('refused: orders-1 has data');
    await decide('copy', 'orders-1');
    await ready(2, 180);
    expect(await sql(kubectl, 'orders-0', 'select count(*), max(id) from ack')).toBe(written);
    await standbyStreams();
    expect((await volumesOf(kubectl))[1]).toBe(volumes[1]);
  });

  test('a primary restored in place from an older copy is not followed, and what it lost is read nowhere', async () => {
    const inPrimary = (command: string) => kubectl.exec('orders-0', ['bash', '-c', command], { container: 'postgres' });
    await inPrimary('pg_basebackup -h /var/run/postgresql -U app -D $PGDATA.copy -c fast -X fetch');
    await sql(kubectl, 'orders-0', 'insert into ack values (-1)');
    await waitUntil('the row at the standby', 60, async () => await sql(kubectl, 'orders-1', 'select count(*) from ack where id = -1') === '1' || 'not yet');
    await inPrimary('mv $PGDATA $PGDATA.lost; mv $PGDATA.copy $PGDATA; kill -QUIT 1').catch(() => undefined);
    await waitUntil('the refusal', 90, async () => {
      const log = await kubectl.logs('orders-1', '-c', 'postgres');
      return log.includes('orders-0 does not have all that this copy has') || log.slice(-300);
    });
    await waitUntil('no answer to reads', 60, () => sql(kubectl, 'orders-1', 'select 1').then(answer => `an answer: ${answer}`, () => true as const));
    // Its log is not compared any more once the primary has recycled it: what only this copy has is kept all the same.
    for (let i = 0; i < 8; i++) await sql(kubectl, 'orders-0', 'create table if not exists filler (i int); truncate filler; select pg_switch_wal()');
    await sql(kubectl, 'orders-0', 'checkpoint');
    await sleep(6);
    await kubectl.exec('orders-1', ['bash', '/etc/cdk8s-stateful/files/decide.sh', 'serve'], { container: 'postgres' });
    await waitUntil('the copy to be read', 60, async () => await sql(kubectl, 'orders-1', 'select count(*) from ack where id = -1') === '1' || 'not there');
    const { metadata } = await kubectl.get<Pod>('pod', 'orders-1');
    await kubectl.delete('pvc', 'data-orders-1', '--wait=false');
    await kubectl.delete('pod', 'orders-1');
    await podReady('orders-1', metadata.uid);
    await ready(2, 180);
    expect(await sql(kubectl, 'orders-1', 'select count(*) from ack where id = -1')).toBe('0');
    await standbyStreams();
  });
});

describe('PostgreSQL 18, alone', () => {
  const image18 = PostgresVersion.V18._image;
  const test18 = itUnless(imageMissing(image18));
  let namespace: TestNamespace;
  afterAll(async () => { await namespace?.delete(); });

  test18('an interrupted first init is made anew, and rows survive the deletion of the Pod', async () => {
    namespace = await withCredentials('postgres18');
    const { kubectl, name } = namespace;
    const initScripts = { '10-table.sql': 'create table first (i int);', '20-slow.sh': 'sleep 8', '30-row.sql': 'insert into first values (1);' };
    const set = manifests(name, { engine: DatabaseEngine.postgres({ version: PostgresVersion.V18 }), readReplicas: 0, initScripts });
    await kubectl.apply(set.filter(({ kind }) => kind !== 'Deployment'));

    await waitUntil('the first init has got to the slow script', 60, async () => (await kubectl.logs('orders-0', '-c', 'prepare')).includes('CREATE TABLE') || 'not yet');
    await kubectl.delete('pod', 'orders-0', '--force', '--grace-period=0');
    await measure('PostgreSQL 18 from an interrupted first init to ready', () => kubectl.wait('pod/orders-0', 'condition=Ready', 120));
    expect(await sql(kubectl, 'orders-0', 'select count(*) from first')).toBe('1');

    const volumes = await volumesOf(kubectl);
    await kubectl.delete('pod', 'orders-0');
    await measure('PostgreSQL 18 ready again', () => kubectl.wait('pod/orders-0', 'condition=Ready', 120));
    expect(await sql(kubectl, 'orders-0', 'select count(*) from first')).toBe('1');
    expect(await volumesOf(kubectl)).toEqual(volumes);
  });
});
