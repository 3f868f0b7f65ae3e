import { invalid } from '../../base/errors';
import { requireText, type VolumeSourceSpec } from '../private/volume-source-spec';
import type { SecretReference } from '../secret-reference';
import type { StorageCapabilities } from '../storage-capabilities';

/** Options of a volume of any CSI driver. */
export interface CsiSourceOptions {
  /** The name of the driver. */
  readonly driver: string;
  /** The driver's identifier of the volume. */
  readonly volumeHandle: string;

  /**
   * The file system of the volume.
   *
   * @default - the driver's default
   */
  readonly fsType?: string;

  /**
   * Whether the volume is attached read-only.
   *
   * @default false
   */
  readonly readOnly?: boolean;

  /**
   * Attributes that the driver requires, by the names in its documentation.
   *
   * @default - none
   */
  readonly volumeAttributes?: { [name: string]: string };

  /**
   * The Secret for attaching the volume to a node.
   *
   * @default - none
   */
  readonly nodeStageSecret?: SecretReference;

  /**
   * The Secret for mounting the volume in a Pod.
   *
   * @default - none
   */
  readonly nodePublishSecret?: SecretReference;

  /**
   * The Secret for attaching the volume through the driver's controller.
   *
   * @default - none
   */
  readonly controllerPublishSecret?: SecretReference;

  /**
   * The Secret for expanding the volume.
   *
   * @default - none
   */
  readonly controllerExpandSecret?: SecretReference;

  /**
   * The capabilities of the volume.
   *
   * @default - unknown, so nothing is checked
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
        volumeHandle: requireText(where, 'volumeHandle', options.volumeHandle, "the driver's identifier of the volume"),
        nodeStageSecretRef: nodeStageSecret,
        nodePublishSecretRef: nodePublishSecret,
        controllerPublishSecretRef: controllerPublishSecret,
        controllerExpandSecretRef: controllerExpandSecret,
      },
    },
  };
}
