import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { ZOOKEEPER_PORTS } from './zoo-cfg';
import { zooKeeperDesign } from './zookeeper-design';
import type { ZooKeeperEnsembleProps } from './zookeeper-ensemble-props';
import { zooKeeperModel } from './zookeeper-model';
import { nameOf } from '../base/names';
import { checked, requireNew } from '../input/check-input';
import { Assembly } from '../kit/assembly';
import { type ClientGrant, grantClient } from '../kit/client-grant';
import type { IZooKeeper } from '../kit/i-zookeeper';
import type { GrantOptions } from '../workload/grant-options';
import { MemberNames } from '../workload/member-names';
import type { ScrapeOptions } from '../workload/scrape-options';
import { grantScrape } from '../workload/scraping';
import type { StatefulWorkload } from '../workload/stateful-workload';

/** The environment variable that passes the connect string to clients. */
const CONNECT_VARIABLE = 'ZOOKEEPER_CONNECT';

/**
 * A ZooKeeper ensemble whose members have stable names and persistent data.
 *
 * The membership is managed by ZooKeeper: the first member founds the ensemble, and the others join by dynamic
 * reconfiguration, initially and later. So you can change `members` without restarting running members: see docs/zookeeper.md.
 *
 * By default, members never share a node and a drain takes down at most one of them; `placement` and `disruption` change that.
 * TLS and SASL are not set up: traffic is not encrypted, and NetworkPolicies control who can connect.
 *
 * @example
 * const zookeeper = new ZooKeeperEnsemble(this, 'Coordination', { storage: { size: Size.gibibytes(10) } });
 * const api = new kplus.Deployment(this, 'Api', { containers: [{ image: 'shop/api:1' }] });
 * zookeeper.grantConnect(api); // ZOOKEEPER_CONNECT, and a NetworkPolicy that allows it to connect
 *
 * @see https://zookeeper.apache.org/doc/current/zookeeperAdmin.html
 */
export class ZooKeeperEnsemble extends Construct implements IZooKeeper {
  /** The name of the StatefulSet and of the client Service. */
  public readonly name: string;
  /** The connect string for clients, with all members: `host:2181,host:2181,…`. */
  public readonly connectString: string;
  /** The DNS name of the Service that selects the ready members, for clients that accept a single address only. */
  public readonly host: string;
  /** The client port. */
  public readonly port: number = ZOOKEEPER_PORTS.client;
  /** The StatefulSet as a cdk8s-plus workload: scheduling, connections, selectors, and additional containers, which get the restricted defaults too. */
  public readonly workload: kplus.Workload;

  private readonly names: MemberNames;
  private readonly assembly: Assembly;

  /**
   * Throws if the number of members, a setting of `zoo.cfg`, a size or the memory is invalid.
   */
  public constructor(scope: Construct, id: string, props: ZooKeeperEnsembleProps) {
    requireNew('ZooKeeperEnsemble', scope, id, props);
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
   * Grants a workload access: the NetworkPolicy of the ensemble allows it to connect to the client port, and each of its current containers
   * gets the variable `ZOOKEEPER_CONNECT`. If the grant throws, nothing is changed.
   *
   * @param client the workload. Throws if it has no containers yet, or if a container has a different value for the variable.
   * @param options options of the grant
   */
  @checked
  public grantConnect(client: kplus.AbstractPod, options: GrantOptions = {}): void {
    grantClient(this, client, {
      ...this.grantOf(options),
      variables: { [CONNECT_VARIABLE]: kplus.EnvValue.fromValue(this.connectString) },
      todo: 'Remove it. For a client of two ensembles, set variables of your own from their connectString.',
    });
  }

  /**
   * Grants a workload network access, like `grantConnect`, but without setting environment variables.
   *
   * @param client the workload
   * @param options options of the grant
   */
  @checked
  public grantNetwork(client: kplus.AbstractPod, options: GrantOptions = {}): void {
    grantClient(this, client, this.grantOf(options));
  }

  /**
   * Grants a metrics scraper, such as Prometheus, access to a single port of the members. The scraper's own traffic is not restricted.
   *
   * @param scraper a workload, Pods, Namespaces or an IP block of cdk8s-plus. Pods without namespaces are those in the namespace of the ensemble.
   * @param options the port. Throws if no container declares it.
   */
  @checked
  public grantScrape(scraper: kplus.INetworkPolicyPeer, options: ScrapeOptions = {}): void {
    grantScrape(this, this.assembly.networks, scraper, options);
  }

  private grantOf(options: GrantOptions): ClientGrant {
    return { targets: [{ network: this.set._network, ports: [{ number: this.port }] }], own: this.assembly.workloads, options };
  }

  private get set(): StatefulWorkload {
    return this.assembly.setOf(this.names);
  }
}
