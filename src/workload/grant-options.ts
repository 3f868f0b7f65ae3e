/** How a client is granted access. */
export interface GrantOptions {
  /**
   * Whether to limit what the client itself may call: a NetworkPolicy for egress cuts the client off from everything that no policy allows,
   * such as an object store, the API server or its own replicas.
   *
   * By default the grant lets the client in and leaves its own traffic alone. With `egress: true`, for namespaces that deny egress by
   * default, one NetworkPolicy `<client>-egress` lets it out to DNS, to the members of its own set if it is one of this library, and to
   * everything that this and other grants let it reach, made before or after this one.
   *
   * @default false
   * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/#the-two-sorts-of-pod-isolation
   */
  readonly egress?: boolean;
}

/** How a client is granted access to the Pods of a workload. */
export interface WorkloadGrantOptions extends GrantOptions {
  /**
   * The ports to open, by number: of those that the containers declare. Throws if one of them is not declared.
   *
   * @default - every port that a running container declares, those that members use among themselves too
   */
  readonly ports?: number[];
}
