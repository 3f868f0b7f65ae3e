import type { VolumeSourceSpec } from './private/volume-source-spec';
import {
  awsEbs, type AwsEbsSourceOptions, awsEfs, type AwsEfsSourceOptions, azureDisk, type AzureDiskSourceOptions, azureFile, type AzureFileSourceOptions,
  gcePersistentDisk, type GcePersistentDiskSourceOptions, openstackCinder, type OpenstackCinderSourceOptions, vsphere, type VsphereSourceOptions,
} from './sources/clouds';
import { cephFs, type CephFsSourceOptions, cephRbd, type CephRbdSourceOptions, longhorn, type LonghornSourceOptions } from './sources/cluster';
import { csi, type CsiSourceOptions } from './sources/csi';
import { legacySource } from './sources/legacy';
import { fibreChannel, type FibreChannelSourceOptions, iscsi, type IscsiVolumeSourceOptions, nfs, type NfsSourceOptions } from './sources/network';
import { hostPath, type HostPathSourceOptions, local, type LocalSourceOptions } from './sources/node';
import { checked } from '../input/check-input';

/**
 * The storage behind a PersistentVolume.
 *
 * @see https://kubernetes.io/docs/concepts/storage/persistent-volumes/#types-of-persistent-volumes
 */
export class VolumeSource {
  /**
   * A volume of any CSI driver.
   *
   * @param options the driver, the volume handle and its attributes
   */
  @checked
  public static csi(options: CsiSourceOptions): VolumeSource {
    return new VolumeSource(csi(options));
  }

  /**
   * An NFS export.
   *
   * @param options the server and the path
   */
  @checked
  public static nfs(options: NfsSourceOptions): VolumeSource {
    return new VolumeSource(nfs(options));
  }

  /**
   * An iSCSI LUN.
   *
   * @param options the target and the LUN
   */
  @checked
  public static iscsi(options: IscsiVolumeSourceOptions): VolumeSource {
    return new VolumeSource(iscsi(options));
  }

  /**
   * A Fibre Channel LUN.
   *
   * @param options the identifiers of the LUN
   */
  @checked
  public static fibreChannel(options: FibreChannelSourceOptions): VolumeSource {
    return new VolumeSource(fibreChannel(options));
  }

  /**
   * A disk, partition or directory of one node. The volume requires `nodeAffinity`. If the node is lost, so is the
   * data.
   *
   * @param options the path
   */
  @checked
  public static local(options: LocalSourceOptions): VolumeSource {
    return new VolumeSource(local(options));
  }

  /**
   * A path on the node that the Pod happens to run on. **Use it only in single-node clusters and for agents that manage
   * the node itself.** Otherwise, a rescheduled Pod finds different files or none, and anyone who can write to the path
   * may be able to take over the node. For node-local disks use `local`, which keeps Pod and files together.
   *
   * @param options the path and its type
   */
  @checked
  public static hostPath(options: HostPathSourceOptions): VolumeSource {
    return new VolumeSource(hostPath(options));
  }

  /**
   * An existing EBS volume.
   *
   * @param options the id and the zone
   */
  @checked
  public static awsEbs(options: AwsEbsSourceOptions): VolumeSource {
    return new VolumeSource(awsEbs(options));
  }

  /**
   * An existing EFS file system or access point.
   *
   * @param options the ids of the file system and the access point
   */
  @checked
  public static awsEfs(options: AwsEfsSourceOptions): VolumeSource {
    return new VolumeSource(awsEfs(options));
  }

  /**
   * An existing Compute Engine disk.
   *
   * @param options the name, the project and the zone or region
   */
  @checked
  public static gcePersistentDisk(options: GcePersistentDiskSourceOptions): VolumeSource {
    return new VolumeSource(gcePersistentDisk(options));
  }

  /**
   * An existing Azure disk.
   *
   * @param options the resource id and the zone
   */
  @checked
  public static azureDisk(options: AzureDiskSourceOptions): VolumeSource {
    return new VolumeSource(azureDisk(options));
  }

  /**
   * An existing Azure file share.
   *
   * @param options the storage account and the share
   */
  @checked
  public static azureFile(options: AzureFileSourceOptions): VolumeSource {
    return new VolumeSource(azureFile(options));
  }

  /**
   * An existing OpenStack Cinder volume.
   *
   * @param options the id and the zone
   */
  @checked
  public static openstackCinder(options: OpenstackCinderSourceOptions): VolumeSource {
    return new VolumeSource(openstackCinder(options));
  }

  /**
   * An existing vSphere disk.
   *
   * @param options the id
   */
  @checked
  public static vsphere(options: VsphereSourceOptions): VolumeSource {
    return new VolumeSource(vsphere(options));
  }

  /**
   * An existing Longhorn volume.
   *
   * @param options the name
   */
  @checked
  public static longhorn(options: LonghornSourceOptions): VolumeSource {
    return new VolumeSource(longhorn(options));
  }

  /**
   * An existing Ceph RBD image of a Rook cluster. Use the reclaim policy Retain: the driver cannot delete it.
   *
   * @param options the pool and the image
   */
  @checked
  public static cephRbd(options: CephRbdSourceOptions): VolumeSource {
    return new VolumeSource(cephRbd(options));
  }

  /**
   * An existing directory of a CephFS file system of a Rook cluster. Use the reclaim policy Retain: the driver cannot
   * delete it.
   *
   * @param options the file system and the path
   */
  @checked
  public static cephFs(options: CephFsSourceOptions): VolumeSource {
    return new VolumeSource(cephFs(options));
  }

  /**
   * Translates a volume source that Kubernetes has removed: cloud disks become volumes of the CSI driver that replaced
   * them, and `hostDir` becomes hostPath. Throws, and names the replacement, for kinds that cannot be translated, such
   * as flocker, gitRepo and vsphereVolume.
   *
   * @example
   * VolumeSource.of('awsElasticBlockStore', { volumeID: 'aws://eu-central-1a/vol-0123456789abcdef0', fsType: 'ext4' });
   *
   * @param kind the kind, as in the manifest
   * @param fields the fields, as in the manifest
   */
  @checked
  public static of(kind: string, fields: { [field: string]: string } = {}): VolumeSource {
    return new VolumeSource(legacySource(kind, fields));
  }

  private constructor(
    /** @internal */
    public readonly _spec: VolumeSourceSpec,
  ) {}
}
