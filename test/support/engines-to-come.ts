import { Cron, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { ConnectionValue, DatabaseDesign, DatabaseRequest, EndpointTarget, IDatabaseEngine, MemberContainer, MemberMount, Members } from 'cdk8s-stateful';

/** Engines that have no server yet: what the contract has to bear for those that come. */

export const port = (name: string, number: number): kplus.ContainerPort => ({ name, number });
export const resources: kplus.ContainerResources = { memory: { limit: Size.mebibytes(128) } };

function server({ resources: own }: Pick<DatabaseRequest, 'resources'>, name: string, number: number, more: Partial<MemberContainer> = {}): MemberContainer {
  return { name, image: `${name}:1`, resources: own, ports: [port(name, number)], ...more };
}

/** A quorum that a Job initiates once, and a group of arbiters beside it. */
export class Quorum implements IDatabaseEngine {
  public readonly name = 'quorum';

  public constructor(private readonly script = 'initiate') {}

  public design(request: DatabaseRequest): DatabaseDesign {
    const { names, storage, credentials } = request;
    const watchers = names.group('watcher');
    const secret = MemberMount.secret('credentials', '/credentials', credentials.secret, { [credentials.passwordKey]: 'password' });
    return {
      groups: [
        {
          names,
          members: Members.quorum(3),
          user: 999,
          mounts: [MemberMount.claim('data', '/data', storage), secret, MemberMount.memberCount()],
          containers: [server(request, 'db', 27017)],
        },
        {
          names: watchers,
          members: Members.quorum(3),
          user: 999,
          mounts: [MemberMount.folder('/tmp'), MemberMount.memberCountOf('members-of-db', '/etc/db-members', names)],
          containers: [server({ resources }, 'watcher', 26379)],
          reaches: [{ group: names, ports: [27017] }],
        },
      ],
      write: { name: names.serviceName(), group: names, ports: [port('db', 27017)] },
      endpoints: [{ name: names.serviceName('watchers'), group: watchers, ports: [port('watcher', 26379)] }],
      tasks: [
        {
          name: `${names.set}-init`,
          user: 999,
          container: { name: 'init', image: 'db:1', resources, command: ['sh', '-c', this.script], args: [names.podDnsName(0)] },
          mounts: [secret, MemberMount.folder('/tmp')],
          reaches: [{ group: names, ports: [27017] }],
        },
        { name: `${names.set}-compact`, user: 999, schedule: Cron.daily(), container: { name: 'compact', image: 'db:1', resources }, reaches: [{ group: names, ports: [27017] }] },
      ],
      connection: [{ name: 'MONGO_URL', suffix: 'URL', value: ConnectionValue.text(`db://${[0, 1, 2].map(i => names.podDnsName(i)).join(',')}`) }],
    };
  }
}

/** Members that elect a primary at the Kubernetes API and label it. */
export class Elected implements IDatabaseEngine {
  public readonly name = 'elected';

  public design(request: DatabaseRequest): DatabaseDesign {
    const { names, storage, readReplicas } = request;
    const postgres = port('postgres', 5432);
    return {
      groups: [{
        names,
        members: Members.replicas(1 + readReplicas),
        user: 999,
        mounts: [MemberMount.claim('data', '/data', storage)],
        containers: [server(request, 'postgres', 5432)],
        apiRights: [
          { resources: ['pods', 'endpoints', 'configmaps'], verbs: ['get', 'list', 'patch'] },
          { apiGroup: 'coordination.k8s.io', resources: ['leases'], verbs: ['get', 'update'] },
        ],
      }],
      write: { name: names.serviceName(), group: names, ports: [postgres], target: EndpointTarget.labeled({ role: 'primary' }) },
      read: { name: names.serviceName('read'), group: names, ports: [postgres], target: EndpointTarget.labeled({ role: 'replica' }) },
      connection: [{ name: 'PGHOST', suffix: 'HOST', value: ConnectionValue.text(names.serviceDnsName()) }],
    };
  }
}

/** Shards, each a set of its own, behind routers that keep nothing. */
export class Sharded implements IDatabaseEngine {
  public readonly name = 'sharded';

  public design(request: DatabaseRequest): DatabaseDesign {
    const { names, storage } = request;
    const shards = [0, 1].map(i => names.group(`shard${i}`));
    return {
      groups: [
        { names, members: Members.replicas(2), user: 999, mounts: [], containers: [server({ resources }, 'router', 27016)], reaches: shards.map(group => ({ group, ports: [27018] })) },
        ...shards.map(group => ({
          names: group, members: Members.quorum(3), user: 999, neverTwoOnANode: true, mounts: [MemberMount.claim('data', '/data', storage)], containers: [server(request, 'shard', 27018)],
        })),
      ],
      write: { name: names.serviceName(), group: names, ports: [port('router', 27016)] },
      connection: [{ name: 'HOST', suffix: 'HOST', value: ConnectionValue.text(names.serviceDnsName()) }],
    };
  }
}
