/** What happens to a member's claim. The values are those of the Kubernetes API. */
export enum ClaimRetention {
  /** The claim and its data are kept. */
  RETAIN = 'Retain',
  /** The claim is deleted. The reclaim policy of its volume, usually Delete, determines what happens to the data. */
  DELETE = 'Delete',
}

/**
 * What happens to the claims of a set. Both settings default to Retain: deleting data requires an explicit opt-in.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#persistentvolumeclaim-retention
 */
export interface VolumeRetention {
  /**
   * What happens to the claims when the StatefulSet is deleted.
   *
   * @default ClaimRetention.RETAIN
   */
  readonly whenDeleted?: ClaimRetention;

  /**
   * What happens to the claims of members that are removed by scaling down.
   *
   * @default ClaimRetention.RETAIN
   */
  readonly whenScaled?: ClaimRetention;
}
