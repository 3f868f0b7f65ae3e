import type * as kplus from 'cdk8s-plus-28';
import type { Provisioner } from './provisioner';
import type { StorageCapabilities } from './storage-capabilities';
import type { VolumeBindingMode } from './volume-binding-mode';

/** A topology constraint on provisioning: volumes are only created for nodes whose label `key` has one of `values`. */
export interface TopologyRequirement {
  /**
   * The key of a node label. It depends on the driver. The key for zones is 'topology.kubernetes.io/zone' for EBS,
   * 'topology.gke.io/zone' for Compute Engine, 'topology.disk.csi.azure.com/zone' for Azure, with values such as
   * 'eastus-1', 'topology.cinder.csi.openstack.org/zone' for Cinder.
   */
  readonly key: string;
  /** The allowed values. At least one. */
  readonly values: string[];
}

/** Properties of a storage class. */
export interface StorageClassProps {
  /** The driver that provisions the volumes, and its parameters. */
  readonly provisioner: Provisioner;

  /**
   * The name of the StorageClass, which has no namespace.
   *
   * @default - the construct id in kebab-case
   */
  readonly name?: string;

  /**
   * What happens to a volume when its claim is deleted. With DELETE, the data is deleted with the claim.
   *
   * @default kplus.PersistentVolumeReclaimPolicy.RETAIN
   */
  readonly reclaimPolicy?: kplus.PersistentVolumeReclaimPolicy;

  /**
   * When claims are bound to a volume. Throws on IMMEDIATE for drivers whose volumes are zonal or bound to a node. A
   * regional volume that is provisioned immediately may still be in zones where its Pod cannot run.
   *
   * @default VolumeBindingMode.WAIT_FOR_FIRST_CONSUMER
   */
  readonly bindingMode?: VolumeBindingMode;

  /**
   * Whether claims can be expanded: see docs/growing-volumes.md. Throws if the driver is known not to support it.
   *
   * @default - true if the driver is known to support it, otherwise false
   */
  readonly allowExpansion?: boolean;

  /**
   * Mount options. They are not validated; an invalid option makes every mount fail.
   *
   * @default - those of the driver
   */
  readonly mountOptions?: string[];

  /**
   * Constraints on where volumes can be provisioned. All of them must hold.
   *
   * @default - anywhere
   */
  readonly allowedTopologies?: TopologyRequirement[];

  /**
   * Whether this is the default class for claims without a class. Such claims of the app are checked against it at
   * synthesis. Throws if another class of the app is the default.
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

/** Known properties of a storage class that the app does not define. */
export interface ExistingStorageClassOptions {
  /**
   * The capabilities of its volumes, which claims are checked against.
   *
   * @default - unknown, so nothing is checked
   */
  readonly capabilities?: StorageCapabilities;

  /**
   * When claims are bound to a volume.
   *
   * @default - unknown
   */
  readonly bindingMode?: VolumeBindingMode;

  /**
   * The driver that provisions the volumes.
   *
   * @default - unknown
   */
  readonly driver?: string;

  /**
   * What happens to a volume when its claim is deleted.
   *
   * @default - unknown
   */
  readonly reclaimPolicy?: kplus.PersistentVolumeReclaimPolicy;
}
