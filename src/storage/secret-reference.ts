/** A Secret somewhere in the cluster, which must exist: its content is never part of a manifest. */
export interface SecretReference {
  /** The name of the Secret. */
  readonly name: string;
  /** The namespace of the Secret. */
  readonly namespace: string;
}
