/** How a client is granted access. */
export interface GrantOptions {
  /**
   * Whether to write a NetworkPolicy that lets the client out to the set and to DNS, also where the set itself has
   * `isolate: false`. It isolates the client: what else it calls then needs a policy too. None is written for a client
   * that is a set of this library: its members have to reach each other.
   *
   * @default true
   */
  readonly egress?: boolean;
}
