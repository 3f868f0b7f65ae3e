import * as kplus from 'cdk8s-plus-28';
import { BOTH_VOLUME_MODES, type ProvisionerSpec } from '../private/provisioner-spec';
import { StorageKind, StorageTopology } from '../storage-capabilities';

/** @see https://kubernetes.io/docs/concepts/storage/storage-classes/#local */
export function localVolume(): ProvisionerSpec {
  return {
    driver: 'kubernetes.io/no-provisioner',
    parameters: {},
    capabilities: {
      kind: StorageKind.BLOCK,
      volumeModes: BOTH_VOLUME_MODES,
      accessModes: [kplus.PersistentVolumeAccessMode.READ_WRITE_ONCE], // ReadWriteOncePod is for CSI volumes only
      expandable: false,
      snapshots: false,
      clone: false,
      topology: StorageTopology.NODE_BOUND,
    },
  };
}
