/** A condition on a label of a PersistentVolume. */
export interface VolumeSelectorExpression {
  /** The key of the label. */
  readonly key: string;
  /** The operator. */
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  /**
   * The values to compare with. At least one for `In` and `NotIn`; must be omitted for the other operators.
   *
   * @default - none
   */
  readonly values?: string[];
}

/** Selects the PersistentVolumes that a claim may be bound to, by label. At least one condition; all must hold. */
export interface VolumeSelector {
  /**
   * Labels that the volume must have.
   *
   * @default - any
   */
  readonly matchLabels?: { [key: string]: string };

  /**
   * Conditions on the labels of the volume.
   *
   * @default - none
   */
  readonly matchExpressions?: VolumeSelectorExpression[];
}
