import type { Size } from 'cdk8s';

/** A snapshot that claims can begin with. */
export interface IVolumeSnapshot {
  /** The name of the VolumeSnapshot object. */
  readonly name: string;
  /** Its namespace; undefined if it is not known. */
  readonly namespace?: string;
  /** The size of the volume it was taken of; undefined if it is not known. */
  readonly size?: Size;
  /** The driver that has it; undefined if it is not known. */
  readonly driver?: string;
}
