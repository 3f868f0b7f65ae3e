import type * as kplus from 'cdk8s-plus-28';
import type { GrantOptions } from '../workload/grant-options';

/** A ZooKeeper ensemble that clients can connect to. */
export interface IZooKeeper {
  /** The connection string with all members: `host:2181,host:2181,…`, without a chroot. */
  readonly connectString: string;

  /**
   * Allows a workload to connect, and sets the connection details in its environment.
   *
   * @param client the workload to grant access to; add its containers first
   * @param options how
   */
  grantConnect(client: kplus.AbstractPod, options?: GrantOptions): void;

  /**
   * Allows a workload to connect, without setting any environment variables. For products with the connection details
   * in configuration files.
   *
   * @param client the workload to grant access to
   * @param options how
   */
  grantNetwork(client: kplus.AbstractPod, options?: GrantOptions): void;
}
