import type * as kplus from 'cdk8s-plus-28';
import type { GrantOptions } from '../workload/grant-options';

/** A ZooKeeper ensemble that others can speak to. */
export interface IZooKeeper {
  /** All members, as clients want them: `host:2181,host:2181,…`, without a path. */
  readonly connectString: string;

  /**
   * Lets the Pods of a workload connect, and tells them where.
   *
   * @param client the workload to let in; add its containers first
   * @param options how
   */
  grantConnect(client: kplus.AbstractPod, options?: GrantOptions): void;

  /**
   * Lets the Pods of a workload connect, and tells them nothing: for products that have where to connect in files of their own.
   *
   * @param client the workload to let in
   * @param options how
   */
  grantNetwork(client: kplus.AbstractPod, options?: GrantOptions): void;
}
