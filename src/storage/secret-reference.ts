/** A reference to an existing Secret in the cluster. The content of a Secret is never part of a manifest. */
export interface SecretReference {
  /** The name of the Secret. */
  readonly name: string;
  /** The namespace of the Secret. */
  readonly namespace: string;
}
