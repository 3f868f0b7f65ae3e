import { invalid } from '../../base/errors';
import { requireText, type VolumeSourceSpec } from '../private/volume-source-spec';
import type { SecretReference } from '../secret-reference';
import type { StorageCapabilities } from '../storage-capabilities';

/** A volume that a CSI driver knows. */
export interface CsiSourceOptions {
  /** The name of the driver. */
  readonly driver: string;
  /** What the driver calls the volume. */
  readonly volumeHandle: string;

  /**
   * The file system on the volume.
   *
   * @default - the driver's default
   */
  readonly fsType?: string;

  /**
   * Whether the volume is attached for reading only.
   *
   * @default false
   */
  readonly readOnly?: boolean;

  /**
   * What else the driver must know, as its documentation writes it.
   *
   * @default - nothing
   */
  readonly volumeAttributes?: { [name: string]: string };

  /**
   * The Secret for attaching the volume to a node.
   *
   * @default - none
   */
  readonly nodeStageSecret?: SecretReference;

  /**
   * The Secret for mounting the volume into a Pod.
   *
   * @default - none
   */
  readonly nodePublishSecret?: SecretReference;

  /**
   * The Secret for attaching the volume by way of the driver's controller.
   *
   * @default - none
   */
  readonly controllerPublishSecret?: SecretReference;

  /**
   * The Secret for growing the volume.
   *
   * @default - none
   */
  readonly controllerExpandSecret?: SecretReference;

  /**
   * What the volume can and cannot do.
   *
   * @default - not known, so nothing is checked
   */
  readonly capabilities?: StorageCapabilities;
}

/** @see https://kubernetes.io/docs/concepts/storage/volumes/#csi */
export function csi(options: CsiSourceOptions, where = 'VolumeSource.csi'): VolumeSourceSpec {
  if (options.driver.length > 63 || !/^[a-zA-Z0-9]([-a-zA-Z0-9.]*[a-zA-Z0-9])?$/.test(options.driver)) {
    throw invalid(where, { property: 'driver', got: options.driver, expected: 'the name of a CSI driver, at most 63 characters', hint: '`kubectl get csidrivers` lists those of a cluster.' });
  }
  const { capabilities, nodeStageSecret, nodePublishSecret, controllerPublishSecret, controllerExpandSecret, ...fields } = options;
  return {
    what: `a volume of ${options.driver}`,
    capabilities,
    kube: {
      csi: {
        ...fields,
        volumeHandle: requireText(where, 'volumeHandle', options.volumeHandle, "the driver's name of the volume"),
        nodeStageSecretRef: nodeStageSecret,
        nodePublishSecretRef: nodePublishSecret,
        controllerPublishSecretRef: controllerPublishSecret,
        controllerExpandSecretRef: controllerExpandSecret,
      },
    },
  };
}
