import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { ZOOKEEPER_PORTS } from './zoo-cfg';
import { zooKeeperDesign } from './zookeeper-design';
import type { ZooKeeperEnsembleProps } from './zookeeper-ensemble-props';
import { zooKeeperModel } from './zookeeper-model';
import { nameOf } from '../base/names';
import { Assembly } from '../kit/assembly';
import { setVariables } from '../kit/client-variables';
import type { IZooKeeper } from '../kit/i-zookeeper';
import type { GrantOptions } from '../workload/grant-options';
import { MemberNames } from '../workload/member-names';
import type { StatefulWorkload } from '../workload/stateful-workload';

/** The variable that tells a client where the ensemble is. */
const CONNECT_VARIABLE = 'ZOOKEEPER_CONNECT';

/**
 * A ZooKeeper ensemble: members that know each other by name, vote among themselves and keep their data.
 *
 * The membership belongs to ZooKeeper: the first member founds it, and the others join by reconfiguration, at the start as
 * well as later. So `members` may change, and no member that runs restarts for it; docs/zookeeper.md says how.
 *
 * Members of an ensemble never share a node, and at most one is down for a drain, unless `placement` or `disruption` say
 * otherwise. TLS and SASL are not set up: traffic is plain, and who may connect is decided by NetworkPolicies.
 *
 * @example
 * const zookeeper = new ZooKeeperEnsemble(this, 'Coordination', { storage: { size: Size.gibibytes(10) } });
 * const api = new kplus.Deployment(this, 'Api', { containers: [{ image: 'shop/api:1' }] });
 * zookeeper.grantConnect(api); // ZOOKEEPER_CONNECT, and NetworkPolicies both ways
 *
 * @see https://zookeeper.apache.org/doc/current/zookeeperAdmin.html
 */
export class ZooKeeperEnsemble extends Construct implements IZooKeeper {
  /** The name of the StatefulSet, and of the Service for clients. */
  public readonly name: string;
  /** All members, as clients want them: `host:2181,host:2181,…`. */
  public readonly connectString: string;
  /** The DNS name of the Service over the members that serve, for clients that take one address only. */
  public readonly host: string;
  /** The port for clients. */
  public readonly port: number = ZOOKEEPER_PORTS.client;
  /** The cdk8s-plus view of the set: scheduling, connections, selectors, further containers, which are restricted too. */
  public readonly workload: kplus.Workload;

  private readonly names: MemberNames;
  private readonly assembly: Assembly;

  /**
   * Throws if the number of members, a setting of `zoo.cfg`, a size or the memory could not work.
   */
  public constructor(scope: Construct, id: string, props: ZooKeeperEnsembleProps) {
    super(scope, id);
    this.name = nameOf(this, props.name);
    this.names = MemberNames._of(this, this.name, props);
    const model = zooKeeperModel(this, this.names, props);
    this.assembly = new Assembly(this, zooKeeperDesign(model), props);
    this.workload = this.set.workload;
    this.connectString = Array.from({ length: model.members.count }, (_, i) => `${this.names.podDnsName(i)}:${this.port}`).join(',');
    this.host = this.names.serviceDnsName();
  }

  /**
   * Lets the Pods of a workload connect, by NetworkPolicies on both sides, and gives its containers the variable
   * `ZOOKEEPER_CONNECT`. Throws if there is no container yet, or one has the variable with another value.
   *
   * @param client the workload to let in; add its containers first
   * @param options how
   */
  public grantConnect(client: kplus.AbstractPod, options: GrantOptions = {}): void {
    this.grantNetwork(client, options);
    setVariables(client, { [CONNECT_VARIABLE]: kplus.EnvValue.fromValue(this.connectString) },
      'Remove it; a client of two ensembles reads their connectString from variables of its own.');
  }

  /**
   * Lets the Pods of a workload connect, by NetworkPolicies on both sides, and tells them nothing.
   *
   * @param client the workload to let in
   * @param options how
   */
  public grantNetwork(client: kplus.AbstractPod, options: GrantOptions = {}): void {
    this.set._grantPorts(client, [this.port], options);
  }

  private get set(): StatefulWorkload {
    return this.assembly.setOf(this.names);
  }
}
