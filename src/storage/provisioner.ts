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

/** Options of a driver that has no factory here. */
export interface OtherProvisionerOptions extends ProvisionerOptions {
  /**
   * What the driver can and cannot do, for claims to be checked against.
   *
   * @default - not known, so nothing is checked
   */
  readonly capabilities?: StorageCapabilities;

  /**
   * Parameters of a VolumeSnapshotClass of the driver.
   *
   * @default - none
   */
  readonly snapshotParameters?: { [name: string]: string };
}

/**
 * Who makes the volumes of a storage class: a CSI driver with its parameters, checked against the driver's
 * documentation, and what its volumes can and cannot do. The table of all drivers is in docs/storage.md.
 *
 * @see https://kubernetes.io/docs/concepts/storage/storage-classes/#provisioner
 */
export class Provisioner {
  /**
   * Disks of Amazon EBS.
   *
   * @param options parameters of the driver; throws if they contradict each other
   */
  public static awsEbs(options: AwsEbsOptions = {}): Provisioner {
    return new Provisioner(awsEbs(options));
  }

  /**
   * Folders of an Amazon EFS file system.
   *
   * @param options parameters of the driver; throws if they contradict each other
   */
  public static awsEfs(options: AwsEfsOptions): Provisioner {
    return new Provisioner(awsEfs(options));
  }

  /**
   * Disks of Google Compute Engine.
   *
   * @param options parameters of the driver; throws if they contradict each other
   */
  public static gcePersistentDisk(options: GcePersistentDiskOptions = {}): Provisioner {
    return new Provisioner(gcePersistentDisk(options));
  }

  /**
   * Disks of Azure.
   *
   * @param options parameters of the driver; throws if they contradict each other
   */
  public static azureDisk(options: AzureDiskOptions = {}): Provisioner {
    return new Provisioner(azureDisk(options));
  }

  /**
   * File shares of Azure.
   *
   * @param options parameters of the driver; throws if they contradict each other
   */
  public static azureFile(options: AzureFileOptions = {}): Provisioner {
    return new Provisioner(azureFile(options));
  }

  /**
   * Volumes that Longhorn replicates over the disks of the nodes.
   *
   * @param options parameters of the driver; throws if they contradict each other
   */
  public static longhorn(options: LonghornOptions = {}): Provisioner {
    return new Provisioner(longhorn(options));
  }

  /**
   * Ceph block devices of a Rook cluster.
   *
   * @param options parameters of the driver; throws if they contradict each other
   */
  public static cephRbd(options: CephRbdOptions): Provisioner {
    return new Provisioner(cephRbd(options));
  }

  /**
   * Folders of a CephFS file system of a Rook cluster.
   *
   * @param options parameters of the driver; throws if they contradict each other
   */
  public static cephFs(options: CephFsOptions): Provisioner {
    return new Provisioner(cephFs(options));
  }

  /**
   * Folders of an NFS server.
   *
   * @param options parameters of the driver; throws if they contradict each other
   */
  public static nfs(options: NfsOptions): Provisioner {
    return new Provisioner(nfs(options));
  }

  /**
   * Volumes of OpenStack Cinder.
   *
   * @param options parameters of the driver; throws if they contradict each other
   */
  public static openstackCinder(options: OpenstackCinderOptions = {}): Provisioner {
    return new Provisioner(openstackCinder(options));
  }

  /**
   * Disks, or shares of vSAN File Services, of vSphere.
   *
   * @param options parameters of the driver; throws if they contradict each other
   */
  public static vsphere(options: VsphereOptions = {}): Provisioner {
    return new Provisioner(vsphere(options));
  }

  /**
   * Nobody: the class is for disks of the nodes, whose volumes you make by hand. For a class of other volumes that are made
   * by hand say what they can do: `Provisioner.of('kubernetes.io/no-provisioner', { capabilities: … })`. A claim that names
   * a volume of the app is checked against that volume, whatever the class says.
   */
  public static localVolume(): Provisioner {
    return new Provisioner(localVolume());
  }

  /**
   * Any other driver. The names of provisioners that were once built into Kubernetes are answered with the CSI driver
   * that took over and its parameters.
   *
   * @example
   * // As in manifests of 2019; it renders disk.csi.azure.com with skuName: Premium_LRS.
   * Provisioner.of('kubernetes.io/azure-disk', { parameters: { storageaccounttype: 'Premium_LRS', kind: 'Managed' } });
   *
   * @param driver the name of the driver; throws, and names the successor if there is one, for an old one whose parameters cannot be translated
   * @param options its parameters, as its documentation writes them, and what it can do
   */
  public static of(driver: string, options: OtherProvisionerOptions = {}): Provisioner {
    if (!/^[a-zA-Z0-9]([-a-zA-Z0-9./]*[a-zA-Z0-9])?$/.test(driver)) {
      throw invalid('Provisioner.of', { property: 'driver', got: driver, expected: 'the name of a driver', hint: '`kubectl get csidrivers` lists those of a cluster.' });
    }
    const translated = translateLegacy(driver, options.parameters ?? {});
    if (translated === undefined) return new Provisioner({ ...options, driver, parameters: options.parameters ?? {} });
    if (options.capabilities === undefined) return new Provisioner(translated);
    if (translated.driver === driver) return new Provisioner({ ...translated, capabilities: options.capabilities }); // volumes made by hand are of any kind
    throw conflict('Provisioner.of', `'capabilities' are given for ${driver}, which is ${translated.driver} now`, 'They are known: leave them out.');
  }

  /** The name of the driver, as a StorageClass has it in `provisioner`. */
  public readonly driver: string;
  /** The parameters for the driver, as a StorageClass has them. */
  public readonly parameters: { [name: string]: string };
  /** What the driver's volumes can and cannot do; undefined if it is not known. */
  public readonly capabilities?: StorageCapabilities;
  /** The parameters for the driver, as a VolumeSnapshotClass has them. */
  public readonly snapshotParameters: { [name: string]: string };

  private constructor(spec: ProvisionerSpec) {
    this.driver = spec.driver;
    this.parameters = spec.parameters;
    this.capabilities = spec.capabilities;
    this.snapshotParameters = spec.snapshotParameters ?? {};
  }
}
