import type * as kplus from 'cdk8s-plus-28';
import type { Provisioner } from './provisioner';
import type { StorageCapabilities } from './storage-capabilities';
import type { VolumeBindingMode } from './volume-binding-mode';

/** Nodes that volumes may be made for: those whose label `key` has one of `values`. */
export interface TopologyRequirement {
  /**
   * The key of a node label. Each driver documents its own: that of zones is 'topology.kubernetes.io/zone' for EBS,
   * 'topology.gke.io/zone' for Compute Engine, 'topology.disk.csi.azure.com/zone' for Azure, with values such as 'eastus-1',
   * 'topology.cinder.csi.openstack.org/zone' for Cinder.
   */
  readonly key: string;
  /** The values that are allowed. At least one. */
  readonly values: string[];
}

/** Properties of a storage class. */
export interface StorageClassProps {
  /** The driver that makes the volumes, with its parameters. */
  readonly provisioner: Provisioner;

  /**
   * The name of the StorageClass, which has no namespace.
   *
   * @default - the construct id in kebab-case
   */
  readonly name?: string;

  /**
   * What becomes of a volume when its claim is deleted. DELETE loses the data with the claim.
   *
   * @default kplus.PersistentVolumeReclaimPolicy.RETAIN
   */
  readonly reclaimPolicy?: kplus.PersistentVolumeReclaimPolicy;

  /**
   * When a claim gets its volume. IMMEDIATE is refused for drivers whose volumes are in one zone or on one node. One in two
   * zones, made at once, may still be where its Pod cannot run.
   *
   * @default VolumeBindingMode.WAIT_FOR_FIRST_CONSUMER
   */
  readonly bindingMode?: VolumeBindingMode;

  /**
   * Whether claims may ask for more room later: see docs/growing-volumes.md. Throws if the driver cannot.
   *
   * @default - true where the driver is known to be able to, else false
   */
  readonly allowExpansion?: boolean;

  /**
   * Options with which volumes are mounted. They are not checked; a wrong one makes every mount fail.
   *
   * @default - those of the driver
   */
  readonly mountOptions?: string[];

  /**
   * Where volumes may be made. All of them must hold.
   *
   * @default - anywhere
   */
  readonly allowedTopologies?: TopologyRequirement[];

  /**
   * Whether claims that name no class get this one; those of the app are then checked against it at synthesis. One class
   * of an app can be the default.
   *
   * @default false
   */
  readonly isDefault?: boolean;

  /**
   * Labels of the StorageClass.
   *
   * @default - none
   */
  readonly labels?: { [key: string]: string };

  /**
   * Annotations of the StorageClass.
   *
   * @default - none
   */
  readonly annotations?: { [key: string]: string };
}

/** What is known of a class that is not in the app. */
export interface ExistingStorageClassOptions {
  /**
   * What its volumes can and cannot do, for claims to be checked against.
   *
   * @default - not known, so nothing is checked
   */
  readonly capabilities?: StorageCapabilities;

  /**
   * When a claim gets its volume.
   *
   * @default - not known
   */
  readonly bindingMode?: VolumeBindingMode;

  /**
   * The driver that makes the volumes.
   *
   * @default - not known
   */
  readonly driver?: string;

  /**
   * What becomes of a volume when its claim is deleted.
   *
   * @default - not known
   */
  readonly reclaimPolicy?: kplus.PersistentVolumeReclaimPolicy;
}
