import { type ProvisionerSpec, secretParameters } from '../private/provisioner-spec';
import type { ProvisionerOptions } from '../provisioner-options';
import type { SecretReference } from '../secret-reference';

/** What Rook's two drivers have in common. A cluster on hosts and one on claims differ in Rook's own resources only. */
export interface RookOptions extends ProvisionerOptions {
  /**
   * The namespace of the CephCluster, which is also how the driver knows the cluster.
   *
   * @default 'rook-ceph'
   */
  readonly clusterNamespace?: string;

  /**
   * The prefix of the driver's name: the namespace of the Rook operator, unless you set another.
   *
   * @default 'rook-ceph'
   */
  readonly driverPrefix?: string;

  /**
   * The Secret with which volumes are made and resized.
   *
   * @default - the one that Rook makes
   */
  readonly provisionerSecret?: SecretReference;

  /**
   * The Secret with which nodes attach volumes.
   *
   * @default - the one that Rook makes
   */
  readonly nodeSecret?: SecretReference;

  /**
   * Whether each volume is encrypted.
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

/** The names that Rook gives to everything, for `rbd` or `cephfs`. */
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
