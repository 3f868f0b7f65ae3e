/** @beside-others */
import { Chart, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { clusterWithNodes } from '../support/clusters';
import { Kubectl } from '../support/kubectl';
import { Manifest } from '../support/manifest';
import { newChart, synth } from '../support/manifests';
import { imageMissing, itUnless } from '../support/needs';
import { measure, say, waitUntil } from '../support/progress';
import { TestNamespace } from '../support/test-namespace';
import {
  BackupDestination, DatabaseEngine, IDatabaseEngine, MariadbVersion, MysqlVersion, PostgresVersion, RedisDatabase, RedisVersion,
  RestoreSource, StatefulDatabase,
} from 'cdk8s-stateful';

/**
 * The way back from a snapshot, in real Pods. The cluster has no driver with snapshots, so the test does what a driver would: it fills the claim of the
 * manifests with the volume as it is at one moment, of a server whose processes stand still.
 */
const { kubectl: cluster } = clusterWithNodes();
const resourcesOf = (mebibytes: number) => ({ cpu: { request: kplus.Cpu.millis(50) }, memory: { limit: Size.mebibytes(mebibytes) } });

interface Restored {
  readonly restoreFrom?: RestoreSource;
  readonly readReplicas?: number;
}

interface Product {
  /** That of its container, too. */
  readonly name: string;
  readonly image: string;
  readonly readReplicas: number;
  readonly create: (chart: Chart, id: string, restored: Restored) => void;
  /** The init container that refuses an empty volume. */
  readonly refuses: 'restore' | 'prepare';
  /** Asks with the password of the Secret. */
  readonly ask: (statement: string) => string[];
  /** What makes three rows, or keys; then one more; and what counts them. */
  readonly fill: readonly string[];
  readonly add: string;
  readonly count: string;
}

const SECRET = '/etc/cdk8s-stateful/credentials/password';

const SQL = {
  refuses: 'restore',
  fill: ['create table data (id int primary key)', 'insert into data values (1), (2), (3)'],
  add: 'insert into data values (4)',
  count: 'select count(*) from data',
} as const;
const database = (engine: IDatabaseEngine, size = Size.gibibytes(1)) => (chart: Chart, id: string, restored: Restored) =>
  new StatefulDatabase(chart, id, { engine, storage: { size }, resources: resourcesOf(768), databaseName: 'app', ...restored });
const mysql = (client: string) => (statement: string) =>
  ['bash', '-c', `MYSQL_PWD=$(<"$0") ${client} --protocol=socket -u app -N -B app -e "$1"`, SECRET, statement];

const redis = ({ flavor, _image: image }: RedisVersion): Product => ({
  name: flavor,
  image,
  readReplicas: 0,
  create: (chart, id, { restoreFrom }) =>
    new RedisDatabase(chart, id, { flavor, storage: { size: Size.gibibytes(1) }, resources: resourcesOf(128), restoreFrom }),
  refuses: 'prepare',
  ask: command => ['bash', '-c', `REDISCLI_AUTH=$(<"$0") ${flavor}-cli $1`, SECRET, command],
  fill: ['mset 1 a 2 b 3 c'],
  add: 'set 4 d',
  count: 'dbsize',
});

const PRODUCTS: Product[] = [{
  ...SQL,
  name: 'postgres',
  image: PostgresVersion.V17._image,
  readReplicas: 1,
  create: database(DatabaseEngine.postgres({ version: PostgresVersion.V17 })),
  ask: statement => ['bash', '-c', 'PGPASSWORD=$(<"$0") psql -XAtq -v ON_ERROR_STOP=1 -h "$HOSTNAME" -U app -d app -c "$1"', SECRET, statement],
}, {
  ...SQL,
  name: 'mariadb',
  image: MariadbVersion.V11_8._image,
  readReplicas: 0,
  create: database(DatabaseEngine.mariadb({ version: MariadbVersion.V11_8 })),
  ask: mysql('mariadb'),
}, {
  ...SQL,
  name: 'mysql',
  image: MysqlVersion.V9_7._image,
  readReplicas: 0,
  create: database(DatabaseEngine.mysql({ version: MysqlVersion.V9_7 }), Size.gibibytes(2)),
  ask: mysql('mysql'),
}, redis(RedisVersion.REDIS_8_0), redis(RedisVersion.VALKEY_8_1)];

describe.each(PRODUCTS)('a snapshot of $name', ({ name, image, readReplicas, create, refuses, ask, fill, add, count }) => {
  const missing = imageMissing(image);
  const test = itUnless(missing);
  let namespace: TestNamespace;
  let kubectl: Kubectl;

  const tell = async (pod: string, statement: string) => (await kubectl.exec(pod, ask(statement), { container: name })).trim();
  const ready = (set: string, members = 1) => kubectl.wait(`statefulset/${set}`, `jsonpath={.status.readyReplicas}=${members}`, 240);
  const restoreFrom = RestoreSource.named(BackupDestination.snapshots(), 'orders', 'orders-nightly-1');

  function manifests(): { orders: Manifest[]; restored: Manifest[]; claim: Manifest } {
    const of = (id: string, restored: Restored) => {
      const chart = newChart(namespace.name);
      create(chart, id, restored);
      return synth(chart);
    };
    const all = of('Restored', { restoreFrom, readReplicas });
    const [claim] = all.filter(({ kind }) => kind === 'PersistentVolumeClaim');
    const { dataSource: _, ...spec } = claim.spec as { dataSource: object };
    return { orders: of('Orders', {}).map(stoppable), restored: all.filter(manifest => manifest !== claim), claim: { ...claim, spec } };
  }

  beforeAll(async () => {
    if (missing !== undefined) return;
    namespace = await TestNamespace.create(`snapshot-${name}`, cluster);
    kubectl = namespace.kubectl;
    for (const [set, password] of [['orders', "p:a\\s 's$(w)"], ['restored', 'an"oth\'er']]) {
      await kubectl.run(['create', 'secret', 'generic', `${set}-credentials`, '--from-literal=username=app', `--from-literal=password=${password}`]);
    }
    await kubectl.apply(manifests().orders);
    await ready('orders');
    for (const statement of fill) await tell('orders-0', statement);
  });
  afterAll(async () => {
    await namespace?.delete({ wait: false });
  });

  test('is not replaced by an empty database if the set is applied before its claim; the log has the commands', async () => {
    await kubectl.apply(manifests().restored);
    let log = '';
    await waitUntil('a restore that is refused', 120, async () => {
      log = await kubectl.logs('restored-0', '-c', refuses);
      return log.includes('not creating an empty database') || log;
    });
    const [commands] = /kubectl delete statefulset.*/.exec(log) ?? [''];
    expect(commands).toBe('kubectl delete statefulset restored && kubectl delete pvc data-restored-0');
    await kubectl.delete('statefulset', 'restored');
    await kubectl.delete('pvc', 'data-restored-0');
  });

  test('becomes a database with everything that was committed, and the password of its own Secret', async () => {
    await kubectl.apply([manifests().claim]);
    await freeze('STOP');
    await kubectl.apply([copier(image)]);
    await kubectl.wait('pod/copier', 'jsonpath={.status.phase}=Succeeded', 120);
    await freeze('CONT');
    await kubectl.delete('pod', 'copier');

    await kubectl.apply(manifests().restored);
    await measure(`${name} restored from a snapshot, from apply to ready`, () => ready('restored', 1 + readReplicas)).catch(async error => {
      say(await kubectl.logs('restored-0', '--all-containers'));
      await namespace.report();
      throw error;
    });
    for (let member = 0; member <= readReplicas; member++) expect(await tell(`restored-${member}`, count)).toBe('3');

    // What it has now is its own: another start does not restore again.
    await tell('restored-0', add);
    await kubectl.delete('pod', 'restored-0');
    await kubectl.wait('pod/restored-0', 'condition=Ready', 180);
    await ready('restored', 1 + readReplicas);
    expect(await tell('restored-0', count)).toBe('4');
    expect(await kubectl.logs('restored-0', '-c', refuses)).toBe('');
  });

  /** Stops all processes of the server, or lets them go on. */
  async function freeze(signal: 'STOP' | 'CONT'): Promise<void> {
    await kubectl.exec('orders-0', ['bash', '-c', FREEZE, signal], { container: name });
  }
});

/** Sends a signal to all processes of the Pod but the first one and its own shell, and waits until those that it stops stand still. */
const FREEZE = `
  for folder in /proc/[0-9]*; do
    process=\${folder#/proc/}
    [ "$process" != 1 ] && [ "$process" != $$ ] && kill "-$0" "$process" 2>/dev/null || continue
    until [ "$0" = CONT ] || [ ! -e "$folder" ] || [[ $(<"$folder/stat") = *') '[TZ]' '* ]]; do sleep 0.1; done
  done`;

interface SetSpec {
  readonly template: { readonly spec: { readonly containers: readonly { readonly livenessProbe?: object }[] } };
}

/**
 * The first process cannot be stopped from within. With one that all containers of the Pod share, the server is not the first. Without
 * a liveness probe, the kubelet does not end a server that was stopped on purpose.
 */
function stoppable(manifest: Manifest): Manifest {
  if (manifest.kind !== 'StatefulSet') return manifest;
  const { template, ...spec } = manifest.spec as SetSpec;
  const containers = template.spec.containers.map(({ livenessProbe: _, ...container }) => container);
  return { ...manifest, spec: { ...spec, template: { ...template, spec: { ...template.spec, shareProcessNamespace: true, containers } } } };
}

/** Copies the volume of a server into that of another one. */
function copier(image: string): Manifest {
  const volumes = Object.entries({ from: 'data-orders-0', to: 'data-restored-0' });
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'copier' },
    spec: {
      restartPolicy: 'Never',
      securityContext: { runAsNonRoot: true, runAsUser: 999, runAsGroup: 999, fsGroup: 999, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [{
        name: 'copier',
        image,
        command: ['bash', '-c', 'shopt -s dotglob; for file in /from/*; do [ "$file" = /from/lost+found ] || cp -a "$file" /to/ || exit; done; sync'],
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        volumeMounts: volumes.map(([volume]) => ({ name: volume, mountPath: `/${volume}` })),
      }],
      volumes: volumes.map(([volume, claimName]) => ({ name: volume, persistentVolumeClaim: { claimName } })),
    },
  };
}
