import { ApiObject, App, Chart, Size, Testing, Yaml } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import fc from 'fast-check';
import {
  DatabaseEngine, KafkaCluster, MysqlVersion, PostgresVersion, RedisDatabase, RedisTopology, SharedScratchPod, StatefulDatabase, StatefulWorkload,
  ZooKeeperEnsemble,
} from 'cdk8s-stateful';

const storage = { size: Size.gibibytes(4) };
const SHOP = 'shop';

interface Product extends Construct {
  grantConnect(client: kplus.AbstractPod, options?: object): void;
}

/** Each product, with the workloads that it consists of, and a variable that it tells its clients. */
interface Subject {
  readonly name: string;
  readonly make: (chart: Chart) => { readonly product: Product; readonly own: (kplus.AbstractPod | undefined)[] };
  readonly variable?: string;
}

function redis(name: string, topology?: RedisTopology): Subject {
  return {
    name,
    variable: 'REDIS_PASSWORD',
    make: chart => {
      const product = new RedisDatabase(chart, 'Server', { storage, topology });
      return { product, own: [...product.workloads, product.sentinelWorkload, product.dataLinkWorkload] };
    },
  };
}

const subjects: Subject[] = [
  {
    name: 'PostgreSQL',
    variable: 'PGHOST',
    make: chart => {
      const product = new StatefulDatabase(chart, 'Server', { engine: DatabaseEngine.postgres({ version: PostgresVersion.V17 }), storage, readReplicas: 1 });
      return { product, own: [product.workload] };
    },
  },
  {
    name: 'MySQL',
    variable: 'MYSQL_PWD',
    make: chart => {
      const product = new StatefulDatabase(chart, 'Server', { engine: DatabaseEngine.mysql({ version: MysqlVersion.V9_7 }), storage });
      return { product, own: [product.workload] };
    },
  },
  {
    name: 'Kafka',
    variable: 'KAFKA_BOOTSTRAP_SERVERS',
    make: chart => {
      const product = new KafkaCluster(chart, 'Server', { storage, controllers: 3 });
      return { product, own: [product.workload, product.controllerWorkload] };
    },
  },
  {
    name: 'ZooKeeper',
    variable: 'ZOOKEEPER_CONNECT',
    make: chart => {
      const product = new ZooKeeperEnsemble(chart, 'Server', { storage });
      return { product, own: [product.workload] };
    },
  },
  redis('Redis'),
  redis('Redis with a data link', RedisTopology.sentinel()),
  redis('Redis with sentinels only', RedisTopology.sentinel({ dataLink: false })),
  redis('Redis as a cluster', RedisTopology.cluster({ shards: 3 })),
  {
    name: 'a set',
    make: chart => {
      const product = new StatefulWorkload(chart, 'Server', { containers: [{ image: 'a:1', ports: [{ number: 7000 }] }] });
      return { product, own: [product.workload] };
    },
  },
  {
    name: 'a scratch Pod',
    make: chart => {
      const product = new SharedScratchPod(chart, 'Server');
      product.addWriter({ image: 'a:1', mountPath: '/out', ports: [{ number: 7000 }] });
      return { product, own: [product.pod] };
    },
  },
];

/** An app with the product and clients of all kinds, to try grants in. */
class Scene {
  public readonly app = new App();
  public readonly shop = new Chart(this.app, SHOP, { namespace: SHOP });
  private readonly web = new Chart(this.app, 'web', { namespace: 'web' });
  private readonly nowhere = new Chart(this.app, 'nowhere');
  public readonly product: Product;
  public readonly own: kplus.AbstractPod[];
  public readonly api = this.deployment(this.shop, 'Api');
  public readonly abroad = this.deployment(this.web, 'Abroad');
  public readonly homeless = this.deployment(this.nowhere, 'Homeless');
  public readonly taken = this.deployment(this.shop, 'Taken');
  /** A client of the same name as another one that is limited, whose policy has the name that its own would have. */
  public readonly twin: kplus.Deployment;

  public constructor(public readonly subject: Subject, where = SHOP) {
    const { product, own } = subject.make(where === SHOP ? this.shop : this.nowhere);
    this.product = product;
    this.own = own.filter(pods => pods !== undefined);
    this.taken.addContainer({ name: 'second', image: 'b:1', envVariables: { [subject.variable ?? 'NONE']: kplus.EnvValue.fromValue('another') } });
    const store = new StatefulWorkload(this.shop, 'Store', { containers: [{ image: 'a:1', ports: [{ number: 1 }] }] });
    store.grantConnect(this.deployment(this.shop, 'First', 'twin'), { egress: true });
    this.twin = this.deployment(this.shop, 'Twin', 'twin');
  }

  /** Calls as from JavaScript. Returns what was thrown. */
  public attempt(client: unknown, options?: unknown): unknown {
    try {
      Reflect.apply(this.product.grantConnect, this.product, [client, options]);
      return undefined;
    } catch (error) {
      return error;
    }
  }

  /** With a client that has no containers, which nobody can render. It must have got no policy either. */
  public attemptEmpty(): unknown {
    const empty = new kplus.Deployment(this.shop, 'Empty');
    const thrown = this.attempt(empty, { egress: true });
    expect(empty.node.findAll().filter(construct => ApiObject.isApiObject(construct))).toHaveLength(1);
    this.shop.node.tryRemoveChild('Empty');
    return thrown;
  }

  public get bytes(): string {
    return [this.shop, this.web, this.nowhere].map(chart => Yaml.stringify(...Testing.synth(chart) as object[])).join('---\n');
  }

  private deployment(chart: Chart, id: string, name = id.toLowerCase()): kplus.Deployment {
    return new kplus.Deployment(chart, id, { metadata: { name }, containers: [{ image: 'api:1' }] });
  }
}

/** What is refused, of whom it is true. */
const refusals: { readonly name: string; readonly attempt: (scene: Scene) => unknown; readonly of?: (subject: Subject) => boolean }[] = [
  { name: 'a client in no namespace', attempt: scene => scene.attempt(scene.homeless) },
  { name: 'a limited client in no namespace', attempt: scene => scene.attempt(scene.homeless, { egress: true }) },
  { name: 'a client of another namespace, without credentials that it can read', attempt: scene => scene.attempt(scene.abroad), of: ({ name }) => /SQL|Redis/.test(name) },
  { name: 'a client without containers', attempt: scene => scene.attemptEmpty(), of: ({ variable }) => variable !== undefined },
  { name: 'a client with another value for a variable', attempt: scene => scene.attempt(scene.taken, { egress: true }), of: ({ variable }) => variable !== undefined },
  { name: 'a limited client whose policy has a name that is taken', attempt: scene => scene.attempt(scene.twin, { egress: true }) },
  { name: 'a construct that is no workload', attempt: scene => scene.attempt(scene.shop) },
  { name: 'the product itself', attempt: scene => scene.attempt(scene.product, { egress: true }) },
  { name: 'no client', attempt: scene => scene.attempt(undefined) },
  { name: 'a text as client', attempt: scene => scene.attempt('api', { egress: true }) },
  { name: 'egress as a text', attempt: scene => scene.attempt(scene.api, { egress: 'false' }) },
  { name: 'ports that are not declared', attempt: scene => scene.attempt(scene.api, { ports: [1], egress: true }), of: ({ variable }) => variable === undefined },
  { name: 'ports as a text', attempt: scene => scene.attempt(scene.api, { ports: '7000' }), of: ({ variable }) => variable === undefined },
  { name: 'no ports', attempt: scene => scene.attempt(scene.api, { ports: [], egress: true }), of: ({ variable }) => variable === undefined },
  { name: 'a prefix that is none', attempt: scene => scene.attempt(scene.api, { prefix: '2-', egress: true }), of: ({ name }) => /SQL|Redis/.test(name) },
  { name: 'credentials as a text', attempt: scene => scene.attempt(scene.api, { credentials: 'secret', egress: true }), of: ({ name }) => /SQL|Redis/.test(name) },
  { name: 'an option that there is not', attempt: scene => scene.attempt(scene.api, { egres: true }) },
  { name: 'an account that is not there', attempt: scene => scene.attempt(scene.api, { user: 'web', egress: true }), of: ({ name }) => /Redis/.test(name) },
  { name: 'sentinels where there are none', attempt: scene => scene.attempt(scene.api, { sentinel: true, egress: true }), of: ({ name }) => ['Redis', 'Redis as a cluster'].includes(name) },
  { name: 'a data link where there is none', attempt: scene => scene.attempt(scene.api, { sentinel: false, egress: true }), of: ({ name }) => name === 'Redis with sentinels only' },
  { name: 'a listener that is not there', attempt: scene => scene.attempt(scene.api, { listener: 'TLS', egress: true }), of: ({ name }) => name === 'Kafka' },
];

describe.each(subjects)('a grant to $name that is refused leaves every byte as it was', subject => {
  const tried = new Scene(subject);
  const untried = tried.bytes;

  test.each(refusals.filter(({ of = () => true }) => of(subject)))('$name', ({ attempt }) => {
    expect(attempt(tried)).toBeInstanceOf(Error);
    expect(tried.bytes).toBe(untried);
  });

  test('each of its own workloads as a client of it', () => {
    for (const own of tried.own) expect(tried.attempt(own, { egress: true })).toBeInstanceOf(Error);
    expect(tried.bytes).toBe(untried);
  });

  test('where its own namespace is not known', () => {
    const nowhere = new Scene(subject, 'nowhere');
    const before = nowhere.bytes;
    expect(nowhere.attempt(nowhere.api, { egress: true })).toBeInstanceOf(Error);
    expect(nowhere.bytes).toBe(before);
  });
});

test('whatever else is granted before and after, in whatever order, refused grants change nothing', () => {
  const [grants, refused] = [fc.constantFrom('api', 'limited', 'another'), fc.constantFrom(...refusals.map(({ name }) => name))];
  fc.assert(fc.property(fc.constantFrom(...subjects), fc.array(fc.oneof(grants, refused), { maxLength: 8 }), (subject, steps) => {
    const [all, valid] = [new Scene(subject), new Scene(subject)];
    for (const step of steps) {
      const refusal = refusals.find(({ name }) => name === step);
      if (refusal === undefined) {
        for (const scene of [all, valid]) grant(scene, step);
      } else if (refusal.of === undefined || refusal.of(subject)) {
        expect(refusal.attempt(all)).toBeInstanceOf(Error);
      }
    }
    expect(all.bytes).toBe(valid.bytes);
    const turned = new Scene(subject);
    for (const step of [...steps].reverse()) grant(turned, step);
    expect(turned.bytes).toBe(valid.bytes);
  }), { numRuns: 15, seed: 10 });
});

function grant(scene: Scene, step: string): void {
  const clients: { [step: string]: [kplus.AbstractPod, object] } = {
    api: [scene.api, {}], limited: [scene.api, { egress: true }], another: [scene.twin, {}],
  };
  if (clients[step] !== undefined) expect(scene.attempt(...clients[step])).toBeUndefined();
}
