import type { ProvisionerOptions } from './provisioner-options';
import { awsEbs, type AwsEbsOptions } from './provisioners/aws-ebs';
import { awsEfs, type AwsEfsOptions } from './provisioners/aws-efs';
import { azureDisk, type AzureDiskOptions } from './provisioners/azure-disk';
import { azureFile, type AzureFileOptions } from './provisioners/azure-file';
import { cephFs, type CephFsOptions } from './provisioners/ceph-fs';
import { cephRbd, type CephRbdOptions } from './provisioners/ceph-rbd';
import { gcePersistentDisk, type GcePersistentDiskOptions } from './provisioners/gce-persistent-disk';
import { translateLegacy } from './provisioners/legacy';
import { localVolume } from './provisioners/local-volume';
import { longhorn, type LonghornOptions } from './provisioners/longhorn';
import { nfs, type NfsOptions } from './provisioners/nfs';
import { openstackCinder, type OpenstackCinderOptions } from './provisioners/openstack-cinder';
import { vsphere, type VsphereOptions } from './provisioners/vsphere';
import type { StorageCapabilities } from './storage-capabilities';
import { conflict, invalid } from '../base/errors';
import type { ProvisionerSpec } from './private/provisioner-spec';
import { checked } from '../input/check-input';

/** Options of a driver without a factory method. */
export interface OtherProvisionerOptions extends ProvisionerOptions {
  /**
   * The capabilities of the driver's volumes, which claims are checked against.
   *
   * @default - unknown, so nothing is checked
   */
  readonly capabilities?: StorageCapabilities;

  /**
   * The parameters of the driver's VolumeSnapshotClasses.
   *
   * @default - none
   */
  readonly snapshotParameters?: { [name: string]: string };
}

/**
 * The provisioner of a storage class: a CSI driver, its parameters, validated against the driver's documentation, and
 * the capabilities of its volumes. See docs/storage.md for a table of all drivers.
 *
 * @see https://kubernetes.io/docs/concepts/storage/storage-classes/#provisioner
 */
export class Provisioner {
  /**
   * Amazon EBS volumes.
   *
   * @param options parameters of the driver; throws if they contradict each other
   */
  @checked
  public static awsEbs(options: AwsEbsOptions = {}): Provisioner {
    return new Provisioner(awsEbs(options));
  }

  /**
   * Access points of an Amazon EFS file system.
   *
   * @param options parameters of the driver; throws if they contradict each other
   */
  @checked
  public static awsEfs(options: AwsEfsOptions): Provisioner {
    return new Provisioner(awsEfs(options));
  }

  /**
   * Google Compute Engine persistent disks and Hyperdisks.
   *
   * @param options parameters of the driver; throws if they contradict each other
   */
  @checked
  public static gcePersistentDisk(options: GcePersistentDiskOptions = {}): Provisioner {
    return new Provisioner(gcePersistentDisk(options));
  }

  /**
   * Azure disks.
   *
   * @param options parameters of the driver; throws if they contradict each other
   */
  @checked
  public static azureDisk(options: AzureDiskOptions = {}): Provisioner {
    return new Provisioner(azureDisk(options));
  }

  /**
   * Azure file shares.
   *
   * @param options parameters of the driver; throws if they contradict each other
   */
  @checked
  public static azureFile(options: AzureFileOptions = {}): Provisioner {
    return new Provisioner(azureFile(options));
  }

  /**
   * Longhorn volumes, replicated across the disks of the nodes.
   *
   * @param options parameters of the driver; throws if they contradict each other
   */
  @checked
  public static longhorn(options: LonghornOptions = {}): Provisioner {
    return new Provisioner(longhorn(options));
  }

  /**
   * Ceph block devices of a Rook cluster.
   *
   * @param options parameters of the driver; throws if they contradict each other
   */
  @checked
  public static cephRbd(options: CephRbdOptions): Provisioner {
    return new Provisioner(cephRbd(options));
  }

  /**
   * Subvolumes of a CephFS file system of a Rook cluster.
   *
   * @param options parameters of the driver; throws if they contradict each other
   */
  @checked
  public static cephFs(options: CephFsOptions): Provisioner {
    return new Provisioner(cephFs(options));
  }

  /**
   * Directories on an NFS server.
   *
   * @param options parameters of the driver; throws if they contradict each other
   */
  @checked
  public static nfs(options: NfsOptions): Provisioner {
    return new Provisioner(nfs(options));
  }

  /**
   * OpenStack Cinder volumes.
   *
   * @param options parameters of the driver; throws if they contradict each other
   */
  @checked
  public static openstackCinder(options: OpenstackCinderOptions = {}): Provisioner {
    return new Provisioner(openstackCinder(options));
  }

  /**
   * vSphere disks, or shares of vSAN File Services.
   *
   * @param options parameters of the driver; throws if they contradict each other
   */
  @checked
  public static vsphere(options: VsphereOptions = {}): Provisioner {
    return new Provisioner(vsphere(options));
  }

  /**
   * No dynamic provisioning: the class is for statically provisioned local volumes. For other statically provisioned
   * volumes, declare their capabilities with `Provisioner.of('kubernetes.io/no-provisioner', { capabilities: … })`. A
   * claim that refers to a volume of the app is checked against that volume rather than the class.
   */
  public static localVolume(): Provisioner {
    return new Provisioner(localVolume());
  }

  /**
   * Any other driver. The names of in-tree provisioners are translated to the CSI driver that replaced them, including
   * their parameters.
   *
   * @example
   * // As in manifests of 2019; it renders disk.csi.azure.com with skuName: Premium_LRS.
   * Provisioner.of('kubernetes.io/azure-disk', { parameters: { storageaccounttype: 'Premium_LRS', kind: 'Managed' } });
   *
   * @param driver the name of the driver; throws for a removed provisioner whose parameters cannot be translated, and names the replacement if there is one
   * @param options the parameters, by the names in the driver's documentation, and the capabilities
   */
  @checked
  public static of(driver: string, options: OtherProvisionerOptions = {}): Provisioner {
    if (!/^[a-zA-Z0-9]([-a-zA-Z0-9./]*[a-zA-Z0-9])?$/.test(driver)) {
      throw invalid('Provisioner.of', { property: 'driver', got: driver, expected: 'the name of a driver', hint: '`kubectl get csidrivers` lists those of a cluster.' });
    }
    const translated = translateLegacy(driver, options.parameters ?? {});
    if (translated === undefined) return new Provisioner({ ...options, driver, parameters: options.parameters ?? {} });
    if (options.capabilities === undefined) return new Provisioner(translated);
    if (translated.driver === driver) return new Provisioner({ ...translated, capabilities: options.capabilities }); // statically provisioned volumes can be of any kind
    throw conflict('Provisioner.of', `'capabilities' must not be set for ${driver}, which is now ${translated.driver}`, 'The capabilities of that driver are known: remove them.');
  }

  /** The name of the driver, the `provisioner` of the StorageClass. */
  public readonly driver: string;
  /** The parameters of the StorageClass. */
  public readonly parameters: { [name: string]: string };
  /** The capabilities of the driver's volumes; undefined if unknown. */
  public readonly capabilities?: StorageCapabilities;
  /** The parameters of VolumeSnapshotClasses of the driver. */
  public readonly snapshotParameters: { [name: string]: string };

  private constructor(spec: ProvisionerSpec) {
    this.driver = spec.driver;
    this.parameters = spec.parameters;
    this.capabilities = spec.capabilities;
    this.snapshotParameters = spec.snapshotParameters ?? {};
  }
}
