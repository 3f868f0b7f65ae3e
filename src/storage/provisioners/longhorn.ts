import type { Duration } from 'cdk8s';
import { conflict, requireInteger, requireOneOf } from '../../base/errors';
import { BOTH_VOLUME_MODES, ONE_NODE, type ProvisionerSpec, parametersOf, secretParameters, SHARED } from '../private/provisioner-spec';
import type { ProvisionerOptions } from '../provisioner-options';
import type { SecretReference } from '../secret-reference';
import { StorageKind, StorageTopology } from '../storage-capabilities';

/** Whether Longhorn keeps a replica on the node of the Pod. The values are those of the driver. */
export enum LonghornDataLocality {
  /** Anywhere. */
  DISABLED = 'disabled',
  /** One there if it can. */
  BEST_EFFORT = 'best-effort',
  /** The only one there: the volume never leaves the node. */
  STRICT_LOCAL = 'strict-local',
}

/** File systems that Longhorn makes. */
export enum LonghornFileSystem {
  /** The driver's own default. */
  EXT4 = 'ext4',
  /** For large files and parallel writes. */
  XFS = 'xfs',
}

/**
 * Options of Longhorn volumes.
 *
 * @see https://longhorn.io/docs/latest/references/storage-class-parameters/
 */
export interface LonghornOptions extends ProvisionerOptions {
  /**
   * How many copies of each volume there are, from 1 to 20.
   *
   * @default - 1 with `strict-local`, else 3
   */
  readonly replicas?: number;

  /**
   * After how long a broken copy is given up, in whole minutes, at least one.
   *
   * @default - Duration.days(2), by the driver (its documentation says 30 minutes, its code 2880)
   */
  readonly staleReplicaTimeout?: Duration;

  /**
   * The file system to make.
   *
   * @default - ext4, by the driver
   */
  readonly fsType?: LonghornFileSystem;

  /**
   * Whether a copy is kept where the Pod runs.
   *
   * @default - disabled, by the driver
   */
  readonly dataLocality?: LonghornDataLocality;

  /**
   * Tags that the disks of the copies must have.
   *
   * @default - any disk
   */
  readonly diskSelector?: string[];

  /**
   * Tags that the nodes of the copies must have.
   *
   * @default - any node
   */
  readonly nodeSelector?: string[];

  /**
   * The Secret with the key to encrypt volumes with.
   *
   * @default - volumes are not encrypted
   */
  readonly encryptionSecret?: SecretReference;

  /**
   * Whether raw devices can be attached to two nodes at once, as live migration of virtual machines needs. Volumes with
   * a file system cannot be shared then.
   *
   * @default false
   */
  readonly migratable?: boolean;

  /**
   * The engine that serves the volumes.
   *
   * @default - v1, by the driver
   */
  readonly dataEngine?: 'v1' | 'v2';
}

export function longhorn(options: LonghornOptions): ProvisionerSpec {
  const where = 'Provisioner.longhorn';
  const locality = options.dataLocality && requireOneOf(where, 'dataLocality', options.dataLocality, Object.values(LonghornDataLocality));
  const local = locality === LonghornDataLocality.STRICT_LOCAL;
  const replicas = requireInteger(where, 'replicas', options.replicas ?? (local ? 1 : 3), 1, 20);
  if (local && replicas !== 1) throw conflict(where, `${replicas} replicas are given for strict-local`, 'It keeps one, on the node of the Pod: leave them out.');
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
    snapshotParameters: { type: 'snap' }, // a backup elsewhere is 'bak'
    capabilities: {
      kind: StorageKind.BLOCK,
      volumeModes: BOTH_VOLUME_MODES,
      // A file system is shared through an NFS server in a Pod, a raw device for live migration; a volume is for one of the two:
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
