import { type ProvisionerSpec, secretParameters } from '../private/provisioner-spec';
import type { ProvisionerOptions } from '../provisioner-options';
import type { SecretReference } from '../secret-reference';

/** Options that Rook's drivers have in common. They are the same for host-based and PVC-based Ceph clusters. */
export interface RookOptions extends ProvisionerOptions {
  /**
   * The namespace of the CephCluster, which is also its cluster id.
   *
   * @default 'rook-ceph'
   */
  readonly clusterNamespace?: string;

  /**
   * The prefix of the driver's name. By default, the namespace of the Rook operator.
   *
   * @default 'rook-ceph'
   */
  readonly driverPrefix?: string;

  /**
   * The Secret for provisioning and expanding volumes.
   *
   * @default - the one that Rook creates
   */
  readonly provisionerSecret?: SecretReference;

  /**
   * The Secret for attaching volumes to nodes.
   *
   * @default - the one that Rook creates
   */
  readonly nodeSecret?: SecretReference;

  /**
   * Whether volumes are encrypted.
   *
   * @default false
   */
  readonly encrypted?: boolean;

  /**
   * The id of the key management system in the driver's configuration. For encrypted volumes.
   *
   * @default - a passphrase in the Secret
   */
  readonly encryptionKmsId?: string;
}

/** The names that Rook uses, for `rbd` or `cephfs`. */
export function rookNames(kind: 'rbd' | 'cephfs', options: RookOptions) {
  const clusterID = options.clusterNamespace ?? 'rook-ceph';
  const provisioner = options.provisionerSecret ?? { name: `rook-csi-${kind}-provisioner`, namespace: clusterID };
  const node = options.nodeSecret ?? { name: `rook-csi-${kind}-node`, namespace: clusterID };
  const snapshotParameters: ProvisionerSpec['snapshotParameters'] = {
    clusterID,
    'csi.storage.k8s.io/snapshotter-secret-name': provisioner.name,
    'csi.storage.k8s.io/snapshotter-secret-namespace': provisioner.namespace,
  };
  return {
    driver: `${options.driverPrefix ?? 'rook-ceph'}.${kind}.csi.ceph.com`,
    clusterID,
    encryption: { encrypted: options.encrypted, encryptionKMSID: options.encryptionKmsId },
    secrets: {
      ...secretParameters(provisioner, 'provisioner', 'controller-expand', 'controller-publish'),
      ...secretParameters(node, 'node-stage'),
    },
    snapshotParameters,
  };
}
