/** Options for granting a client access. */
export interface GrantOptions {
  /**
   * Whether to restrict the egress of the client. An egress NetworkPolicy blocks everything that no policy allows, such
   * as an object store, the API server or the client's own replicas.
   *
   * By default, a grant admits the client and does not affect its other traffic. With `egress: true`, for namespaces
   * that deny egress by default, a NetworkPolicy `<client>-egress` allows egress to DNS, to the members of the client's
   * own set if it is a set of this library, and to everything that this and other grants allow, whether made before or
   * after this one.
   *
   * @default false
   * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/#the-two-sorts-of-pod-isolation
   */
  readonly egress?: boolean;
}

/** Options for granting a client access to the Pods of a workload. */
export interface WorkloadGrantOptions extends GrantOptions {
  /**
   * The ports to open, by number. Throws if the containers do not declare one of them.
   *
   * @default - all ports that running containers declare, including those for communication between members
   */
  readonly ports?: number[];
}
