/** What becomes of a member's claim. The values are those of the Kubernetes API. */
export enum ClaimRetention {
  /** The claim stays, and the data with it. */
  RETAIN = 'Retain',
  /** The claim is deleted; the reclaim policy of its volume decides about the data, mostly to delete it. */
  DELETE = 'Delete',
}

/**
 * What becomes of the claims of a set. Losing data is a word that you write: both default to Retain.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#persistentvolumeclaim-retention
 */
export interface VolumeRetention {
  /**
   * When the StatefulSet is deleted.
   *
   * @default ClaimRetention.RETAIN
   */
  readonly whenDeleted?: ClaimRetention;

  /**
   * When members are removed by scaling down.
   *
   * @default ClaimRetention.RETAIN
   */
  readonly whenScaled?: ClaimRetention;
}
