import { requireOneOf } from '../../base/errors';
import { BOTH_VOLUME_MODES, FSTYPE, ONE_NODE, type ProvisionerSpec, parametersOf, SHARED } from '../private/provisioner-spec';
import type { ProvisionerOptions } from '../provisioner-options';
import { StorageKind, StorageTopology } from '../storage-capabilities';

/** File systems on Cinder volumes. */
export enum CinderFileSystem {
  /** The default of the sidecar. */
  EXT4 = 'ext4',
  /** For large files and parallel writes. */
  XFS = 'xfs',
}

/**
 * Options of OpenStack Cinder volumes.
 *
 * @see https://github.com/kubernetes/cloud-provider-openstack/blob/master/docs/cinder-csi-plugin/using-cinder-csi-plugin.md#supported-parameters
 */
export interface OpenstackCinderOptions extends ProvisionerOptions {
  /**
   * The name or id of a volume type, which must exist in Cinder.
   *
   * @default - Cinder's default type
   */
  readonly type?: string;

  /**
   * The availability zone of the volumes. To take that of the Pod, leave it out; to allow some zones only, use
   * `allowedTopologies` of the class.
   *
   * @default - the zone of the Pod's node
   */
  readonly availability?: string;

  /**
   * The file system to make.
   *
   * @default - ext4, by the sidecar
   */
  readonly fsType?: CinderFileSystem;

  /**
   * Whether the volume type allows `multiattach`, so that several nodes can share a raw device.
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
