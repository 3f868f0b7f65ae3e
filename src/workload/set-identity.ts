import type * as kplus from 'cdk8s-plus-28';

/** Who makes the Service that governs a set, and whether it gives the members their DNS names. */
export enum GoverningService {
  /**
   * This construct makes it, headless, or takes over a headless one of that name. The API server refuses to make a Service headless that has a
   * cluster IP: see docs/taking-over-a-set.md.
   */
  MANAGED = 'managed',
  /** Somebody else makes it, headless, perhaps for several sets: it is left alone. */
  EXISTING_HEADLESS = 'existing-headless',
  /**
   * It has a cluster IP, or there is none: it is left alone. Members have no DNS names then, so that products whose members have to find each
   * other throw.
   */
  NOT_HEADLESS = 'not-headless',
}

/**
 * What a set that runs already has in the fields that the API server never lets anybody change, for a construct that takes it over. Leave out
 * what is as this library makes it. Claims, their sizes, classes and access modes are immutable too; they are said where the claims are.
 *
 * Whatever differs from the running set is refused by the API server, and nothing is lost. But another `name` is another set, with empty volumes.
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
   * The name of the Service that governs the set, at most 63 characters; `''` where the set names none, which needs
   * `GoverningService.NOT_HEADLESS`. It is part of the DNS names of the members. A Service for clients that would have this name is
   * called `<name>-client` instead.
   *
   * @default '<name>-headless'
   */
  readonly serviceName?: string;

  /**
   * Who makes that Service, and whether it is headless.
   *
   * @default GoverningService.MANAGED
   */
  readonly governingService?: GoverningService;

  /**
   * The labels that the set selects its Pods by, at least one. Services and the disruption budget select by them too: Pods that have not been
   * rolled yet have no others. Throws at synthesis if they match Pods of another workload of the app. NetworkPolicies apply to Pods
   * by a label of this library, which a Pod has once it was rolled.
   *
   * @default - the label `cdk8s.io/metadata.addr`, with the name of the set
   */
  readonly selectorLabels?: { [key: string]: string };

  /**
   * The labels that all claim templates have. Those of a single one are among its own `labels`.
   *
   * @default - none if `selectorLabels` are given, else the label `cdk8s.io/metadata.addr`, with the name of the set
   */
  readonly claimLabels?: { [key: string]: string };

  /**
   * The names of the claim templates, by the names that the product has for them: `data`, and `log` for the log of ZooKeeper. For products only: the claims of
   * a `StatefulWorkload` have the names that you give them.
   *
   * @default - those of the product
   */
  readonly claimNames?: { [name: string]: string };

  /**
   * The names of all claim templates in the order that they have in the set, which is immutable too.
   *
   * @default - in the order of the alphabet
   */
  readonly claimOrder?: string[];

  /**
   * Whether members start one after the other, as in a set that does not say, or all at once. `ORDERED_READY` throws for several members of a product that
   * start only together.
   *
   * @default - that of the product, mostly PARALLEL; `podManagement` of a `StatefulWorkload`
   */
  readonly podManagement?: kplus.PodManagementPolicy;
}
