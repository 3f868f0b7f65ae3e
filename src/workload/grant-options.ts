/** How a client is granted access. */
export interface GrantOptions {
  /**
   * Whether to write a NetworkPolicy that lets the client out to the set and to DNS. It isolates the client: what
   * else it calls then needs a policy too.
   *
   * @default true
   */
  readonly egress?: boolean;
}
