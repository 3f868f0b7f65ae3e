import { requireOneOf } from '../../base/errors';
import { BOTH_VOLUME_MODES, FSTYPE, ONE_NODE, type ProvisionerSpec, parametersOf, SHARED } from '../private/provisioner-spec';
import type { ProvisionerOptions } from '../provisioner-options';
import { StorageKind, StorageTopology } from '../storage-capabilities';

/** The file systems that the Cinder driver can create. */
export enum CinderFileSystem {
  /** The default of the provisioner sidecar. */
  EXT4 = 'ext4',
  /** Suited to large files and parallel writes. */
  XFS = 'xfs',
}

/**
 * Options of OpenStack Cinder volumes.
 *
 * @see https://github.com/kubernetes/cloud-provider-openstack/blob/master/docs/cinder-csi-plugin/using-cinder-csi-plugin.md#supported-parameters
 */
export interface OpenstackCinderOptions extends ProvisionerOptions {
  /**
   * The name or id of an existing Cinder volume type.
   *
   * @default - Cinder's default type
   */
  readonly type?: string;

  /**
   * The availability zone of the volumes. Omit it to use the zone of the Pod's node; to restrict zones, set
   * `allowedTopologies` of the class.
   *
   * @default - the zone of the Pod's node
   */
  readonly availability?: string;

  /**
   * The file system of the volumes.
   *
   * @default - ext4, the default of the provisioner sidecar
   */
  readonly fsType?: CinderFileSystem;

  /**
   * Whether the volume type has `multiattach` enabled, so that several nodes can share a raw block device.
   *
   * @default false
   */
  readonly multiattach?: boolean;
}

export function openstackCinder(options: OpenstackCinderOptions): ProvisionerSpec {
  const where = 'Provisioner.openstackCinder';
  return {
    driver: 'cinder.csi.openstack.org',
    parameters: parametersOf(where, {
      type: options.type,
      availability: options.availability,
      [FSTYPE]: options.fsType && requireOneOf(where, 'fsType', options.fsType, Object.values(CinderFileSystem)),
    }, options.parameters),
    // https://github.com/kubernetes/cloud-provider-openstack/blob/master/docs/cinder-csi-plugin/features.md
    capabilities: {
      kind: StorageKind.BLOCK,
      volumeModes: BOTH_VOLUME_MODES,
      accessModes: ONE_NODE,
      blockAccessModes: options.multiattach ? SHARED : ONE_NODE,
      expandable: true,
      snapshots: true,
      clone: true,
      topology: StorageTopology.ZONAL,
    },
  };
}
