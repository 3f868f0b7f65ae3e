import type * as kplus from 'cdk8s-plus-28';

/** How the governing Service of a set is managed, and whether it gives the members DNS names. */
export enum GoverningService {
  /**
   * The construct creates a headless Service, or takes over a headless one of the same name. The API server does not
   * allow a Service with a cluster IP to become headless: see docs/taking-over-a-set.md.
   */
  MANAGED = 'managed',
  /** A headless Service exists that is managed elsewhere, possibly for several sets. It is not changed. */
  EXISTING_HEADLESS = 'existing-headless',
  /**
   * The Service has a cluster IP, or does not exist. It is not changed. Members then have no DNS names, so products
   * whose members must find each other throw.
   */
  NOT_HEADLESS = 'not-headless',
}

/**
 * The immutable fields of an existing set, for a construct that takes it over. Omit the fields that already have the
 * values that this library sets. Claims, with their sizes, classes and access modes, are immutable too, but are
 * configured with the claims.
 *
 * If a value differs from the running set, the API server refuses the change, and nothing is lost. A different `name`,
 * however, creates another set with empty volumes.
 *
 * @example
 * new StatefulDatabase(this, 'Orders', {
 *   name: 'postgres',
 *   identity: {
 *     serviceName: 'postgres',
 *     selectorLabels: { app: 'postgres' },
 *     claimNames: { data: 'pgdata' },
 *     podManagement: kplus.PodManagementPolicy.ORDERED_READY,
 *   },
 *   engine: DatabaseEngine.postgres({ version: PostgresVersion.V17 }),
 *   storage: { size: Size.gibibytes(20) },
 * });
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/
 */
export interface SetIdentity {
  /**
   * The name of the governing Service, at most 63 characters. Use `''` if the set has none, which requires
   * `GoverningService.NOT_HEADLESS`. It is part of the DNS names of the members. A Service for clients that would have
   * the same name is called `<name>-client` instead.
   *
   * @default '<name>-headless'
   */
  readonly serviceName?: string;

  /**
   * How the governing Service is managed, and whether it is headless.
   *
   * @default GoverningService.MANAGED
   */
  readonly governingService?: GoverningService;

  /**
   * The labels by which the set selects its Pods, at least one. Services and the disruption budget also select by them,
   * since Pods have no other labels until they are rolled. Synthesis fails if they match Pods of another workload of
   * the app. NetworkPolicies select Pods by a label of this library, which they have once they are rolled.
   *
   * @default - the label `cdk8s.io/metadata.addr`, with the name of the set
   */
  readonly selectorLabels?: { [key: string]: string };

  /**
   * The labels of all claim templates. Set labels of a single template in its own `labels`.
   *
   * @default - none if `selectorLabels` is set, otherwise the label `cdk8s.io/metadata.addr`, with the name of the set
   */
  readonly claimLabels?: { [key: string]: string };

  /**
   * The names of the claim templates, by the product's names for them: `data`, and `log` for the transaction log of
   * ZooKeeper. For products only: the claims of a `StatefulWorkload` have the names that you choose.
   *
   * @default - those of the product
   */
  readonly claimNames?: { [name: string]: string };

  /**
   * The names of all claim templates, in the order that they have in the set, which is immutable too.
   *
   * @default - alphabetical order
   */
  readonly claimOrder?: string[];

  /**
   * Whether members start one after the other, the default of Kubernetes, or all at once. Throws on `ORDERED_READY` for
   * several members of a product that can only start together.
   *
   * @default - that of the product, usually PARALLEL; `podManagement` of a `StatefulWorkload`
   */
  readonly podManagement?: kplus.PodManagementPolicy;
}
