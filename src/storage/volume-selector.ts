/** A condition on a label. */
export interface VolumeSelectorExpression {
  /** The key of the label. */
  readonly key: string;
  /** What must hold. */
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  /**
   * The values for `In` and `NotIn`, at least one; none for the others.
   *
   * @default - none
   */
  readonly values?: string[];
}

/** Which PersistentVolumes a claim may take, by their labels. At least one condition; all must hold. */
export interface VolumeSelector {
  /**
   * Labels that the volume must have.
   *
   * @default - any
   */
  readonly matchLabels?: { [key: string]: string };

  /**
   * Conditions that the volume's labels must meet.
   *
   * @default - none
   */
  readonly matchExpressions?: VolumeSelectorExpression[];
}
