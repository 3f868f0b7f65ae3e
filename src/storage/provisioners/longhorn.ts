import type { Duration } from 'cdk8s';
import { conflict, requireInteger, requireOneOf } from '../../base/errors';
import { BOTH_VOLUME_MODES, ONE_NODE, type ProvisionerSpec, parametersOf, secretParameters, SHARED } from '../private/provisioner-spec';
import type { ProvisionerOptions } from '../provisioner-options';
import type { SecretReference } from '../secret-reference';
import { StorageKind, StorageTopology } from '../storage-capabilities';

/** Whether Longhorn keeps a replica on the node of the Pod. The values are those that the driver uses. */
export enum LonghornDataLocality {
  /** Replicas can be on any node. */
  DISABLED = 'disabled',
  /** One replica is on the Pod's node if possible. */
  BEST_EFFORT = 'best-effort',
  /** The only replica is on the Pod's node: the volume is bound to that node. */
  STRICT_LOCAL = 'strict-local',
}

/** The file systems that Longhorn can create. */
export enum LonghornFileSystem {
  /** The driver's default. */
  EXT4 = 'ext4',
  /** Suited to large files and parallel writes. */
  XFS = 'xfs',
}

/**
 * Options of Longhorn volumes.
 *
 * @see https://longhorn.io/docs/latest/references/storage-class-parameters/
 */
export interface LonghornOptions extends ProvisionerOptions {
  /**
   * The number of replicas of each volume, from 1 to 20.
   *
   * @default - 1 with `strict-local`, otherwise 3
   */
  readonly replicas?: number;

  /**
   * The time after which a failed replica is deleted, in whole minutes, at least one.
   *
   * @default - Duration.days(2), the driver's default (2880 minutes in its code; its documentation says 30)
   */
  readonly staleReplicaTimeout?: Duration;

  /**
   * The file system of the volumes.
   *
   * @default - ext4, the driver's default
   */
  readonly fsType?: LonghornFileSystem;

  /**
   * Whether a replica is kept on the node of the Pod.
   *
   * @default - disabled, the driver's default
   */
  readonly dataLocality?: LonghornDataLocality;

  /**
   * Tags that the disks of the replicas must have.
   *
   * @default - any disk
   */
  readonly diskSelector?: string[];

  /**
   * Tags that the nodes of the replicas must have.
   *
   * @default - any node
   */
  readonly nodeSelector?: string[];

  /**
   * The Secret with the encryption key.
   *
   * @default - no encryption
   */
  readonly encryptionSecret?: SecretReference;

  /**
   * Whether raw block devices can be attached to two nodes at the same time, as required for live migration of virtual
   * machines. Volumes with a file system can then no longer be shared.
   *
   * @default false
   */
  readonly migratable?: boolean;

  /**
   * The data engine of the volumes.
   *
   * @default - v1, the driver's default
   */
  readonly dataEngine?: 'v1' | 'v2';
}

export function longhorn(options: LonghornOptions): ProvisionerSpec {
  const where = 'Provisioner.longhorn';
  const locality = options.dataLocality && requireOneOf(where, 'dataLocality', options.dataLocality, Object.values(LonghornDataLocality));
  const local = locality === LonghornDataLocality.STRICT_LOCAL;
  const replicas = requireInteger(where, 'replicas', options.replicas ?? (local ? 1 : 3), 1, 20);
  if (local && replicas !== 1) throw conflict(where, `${replicas} replicas are set for strict-local`, 'It keeps exactly one, on the node of the Pod: omit them.');
  const timeout = options.staleReplicaTimeout?.toMinutes({ integral: false });
  return {
    driver: 'driver.longhorn.io',
    parameters: parametersOf(where, {
      numberOfReplicas: replicas,
      staleReplicaTimeout: timeout === undefined ? undefined : requireInteger(where, 'staleReplicaTimeout in minutes', timeout, 1),
      fsType: options.fsType && requireOneOf(where, 'fsType', options.fsType, Object.values(LonghornFileSystem)),
      dataLocality: locality,
      diskSelector: options.diskSelector?.join(','),
      nodeSelector: options.nodeSelector?.join(','),
      encrypted: options.encryptionSecret && true,
      ...secretParameters(options.encryptionSecret, 'provisioner', 'node-publish', 'node-stage', 'node-expand'),
      migratable: options.migratable,
      dataEngine: options.dataEngine && requireOneOf(where, 'dataEngine', options.dataEngine, ['v1', 'v2']),
    }, options.parameters),
    snapshotParameters: { type: 'snap' }, // 'bak' would create backups outside the cluster
    capabilities: {
      kind: StorageKind.BLOCK,
      volumeModes: BOTH_VOLUME_MODES,
      // A file system is shared through an NFS server in a Pod, a raw block device for live migration. A volume supports one of the two:
      // https://longhorn.io/docs/latest/nodes-and-volumes/volumes/rwx-volumes/
      accessModes: options.migratable ? ONE_NODE : SHARED,
      blockAccessModes: options.migratable ? SHARED : ONE_NODE,
      expandable: true,
      snapshots: true,
      clone: true,
      topology: local ? StorageTopology.NODE_BOUND : StorageTopology.NETWORK,
    },
  };
}
