import { Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { clusterWithNodes } from '../support/clusters';
import { Kubectl } from '../support/kubectl';
import { Manifest } from '../support/manifest';
import { newChart, synth } from '../support/manifests';
import { imageMissing, itUnless } from '../support/needs';
import { measure, say, waitUntil } from '../support/progress';
import { TestNamespace } from '../support/test-namespace';
import {
  BackupDestination, DatabaseEngine, IDatabaseEngine, MariadbVersion, MysqlVersion, PostgresVersion, RestoreSource, StatefulDatabase,
} from 'cdk8s-stateful';

/**
 * The way back from a snapshot, in real Pods. The cluster has no driver with snapshots, so the test does what a driver would: it fills the claim of the
 * manifests with the volume as it is at one moment, of a server whose processes stand still.
 */
const { kubectl: cluster } = clusterWithNodes();
const resources = { cpu: { request: kplus.Cpu.millis(50) }, memory: { limit: Size.mebibytes(768) } };

interface Product {
  readonly name: string;
  readonly engine: IDatabaseEngine;
  readonly image: string;
  readonly size: Size;
  readonly readReplicas: number;
  /** Asks with the password of the Secret. */
  readonly ask: (statement: string) => string[];
}

const SECRET = '/etc/cdk8s-stateful/credentials/password';
const mysql = (client: string) => (statement: string) =>
  ['bash', '-c', `MYSQL_PWD=$(<"$0") ${client} --protocol=socket -u app -N -B app -e "$1"`, SECRET, statement];

const PRODUCTS: Product[] = [{
  name: 'postgres',
  engine: DatabaseEngine.postgres({ version: PostgresVersion.V17 }),
  image: PostgresVersion.V17._image,
  size: Size.gibibytes(1),
  readReplicas: 1,
  ask: statement => ['bash', '-c', 'PGPASSWORD=$(<"$0") psql -XAtq -v ON_ERROR_STOP=1 -h "$HOSTNAME" -U app -d app -c "$1"', SECRET, statement],
}, {
  name: 'mariadb',
  engine: DatabaseEngine.mariadb({ version: MariadbVersion.V11_8 }),
  image: MariadbVersion.V11_8._image,
  size: Size.gibibytes(1),
  readReplicas: 0,
  ask: mysql('mariadb'),
}, {
  name: 'mysql',
  engine: DatabaseEngine.mysql({ version: MysqlVersion.V9_7 }),
  image: MysqlVersion.V9_7._image,
  size: Size.gibibytes(2),
  readReplicas: 0,
  ask: mysql('mysql'),
}];

describe.each(PRODUCTS)('a snapshot of $name', ({ name, engine, image, size, readReplicas, ask }) => {
  const missing = imageMissing(image);
  const test = itUnless(missing);
  let namespace: TestNamespace;
  let kubectl: Kubectl;

  const sql = async (pod: string, statement: string) => (await kubectl.exec(pod, ask(statement), { container: name })).trim();
  const ready = (set: string, members = 1) => kubectl.wait(`statefulset/${set}`, `jsonpath={.status.readyReplicas}=${members}`, 240);
  const restoreFrom = RestoreSource.named(BackupDestination.snapshots(), 'orders', 'orders-nightly-1');

  function manifests(): { orders: Manifest[]; restored: Manifest[]; claim: Manifest } {
    const of = (id: string, more: object) => {
      const chart = newChart(namespace.name);
      new StatefulDatabase(chart, id, { engine, storage: { size }, resources, databaseName: 'app', ...more });
      return synth(chart);
    };
    const all = of('Restored', { restoreFrom, readReplicas });
    const [claim] = all.filter(({ kind }) => kind === 'PersistentVolumeClaim');
    const { dataSource: _, ...spec } = claim.spec as { dataSource: object };
    return { orders: of('Orders', {}), restored: all.filter(manifest => manifest !== claim), claim: { ...claim, spec } };
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
    await sql('orders-0', 'create table data (id int primary key)');
    await sql('orders-0', 'insert into data values (1), (2), (3)');
  });
  afterAll(async () => {
    await namespace?.delete({ wait: false });
  });

  test('is not replaced by an empty database if the set is applied before its claim; the log has the commands', async () => {
    await kubectl.apply(manifests().restored);
    let log = '';
    await waitUntil('a restore that is refused', 120, async () => {
      log = await kubectl.logs('restored-0', '-c', 'restore');
      return log.includes('no empty database is made') || log;
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
    for (let member = 0; member <= readReplicas; member++) expect(await sql(`restored-${member}`, 'select count(*) from data')).toBe('3');

    // What it has now is its own: another start does not restore again.
    await sql('restored-0', 'insert into data values (4)');
    await kubectl.delete('pod', 'restored-0');
    await ready('restored', 1 + readReplicas);
    expect(await sql('restored-0', 'select count(*) from data')).toBe('4');
    expect(await kubectl.logs('restored-0', '-c', 'restore')).toBe('');
  });

  /** All processes of the server, but for the one that does this. */
  async function freeze(signal: 'STOP' | 'CONT'): Promise<void> {
    const script = `for process in /proc/[0-9]*; do process=\${process#/proc/}; [ "$process" = $$ ] || kill -${signal} "$process" 2>/dev/null || :; done`;
    await kubectl.exec('orders-0', ['bash', '-c', script], { container: name });
  }
});

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
