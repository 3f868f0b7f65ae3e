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

/**
 * Where the bytes of a PersistentVolume are.
 *
 * @see https://kubernetes.io/docs/concepts/storage/persistent-volumes/#types-of-persistent-volumes
 */
export class VolumeSource {
  /**
   * A volume of any CSI driver.
   *
   * @param options driver, handle and attributes
   */
  public static csi(options: CsiSourceOptions): VolumeSource {
    return new VolumeSource(csi(options));
  }

  /**
   * A path that an NFS server exports.
   *
   * @param options server and path
   */
  public static nfs(options: NfsSourceOptions): VolumeSource {
    return new VolumeSource(nfs(options));
  }

  /**
   * A unit of an iSCSI target.
   *
   * @param options target and unit
   */
  public static iscsi(options: IscsiVolumeSourceOptions): VolumeSource {
    return new VolumeSource(iscsi(options));
  }

  /**
   * A Fibre Channel unit.
   *
   * @param options names of the unit
   */
  public static fibreChannel(options: FibreChannelSourceOptions): VolumeSource {
    return new VolumeSource(fibreChannel(options));
  }

  /**
   * A disk, partition or directory of one node. The volume needs `nodeAffinity`; when the node is lost, so is the data.
   *
   * @param options the path
   */
  public static local(options: LocalSourceOptions): VolumeSource {
    return new VolumeSource(local(options));
  }

  /**
   * A path of whatever node the Pod runs on. **It is right for clusters of one node, and for agents that look after the
   * node itself.** Anywhere else a Pod that moves finds other files, or none, and whoever may write the path may take
   * over the node: use `local` for disks of nodes, which keeps Pod and files together.
   *
   * @param options path, and what must be there
   */
  public static hostPath(options: HostPathSourceOptions): VolumeSource {
    return new VolumeSource(hostPath(options));
  }

  /**
   * An existing EBS volume.
   *
   * @param options id and zone
   */
  public static awsEbs(options: AwsEbsSourceOptions): VolumeSource {
    return new VolumeSource(awsEbs(options));
  }

  /**
   * An existing EFS file system or access point.
   *
   * @param options their ids
   */
  public static awsEfs(options: AwsEfsSourceOptions): VolumeSource {
    return new VolumeSource(awsEfs(options));
  }

  /**
   * An existing Compute Engine disk.
   *
   * @param options name and place
   */
  public static gcePersistentDisk(options: GcePersistentDiskSourceOptions): VolumeSource {
    return new VolumeSource(gcePersistentDisk(options));
  }

  /**
   * An existing Azure disk.
   *
   * @param options resource id and zone
   */
  public static azureDisk(options: AzureDiskSourceOptions): VolumeSource {
    return new VolumeSource(azureDisk(options));
  }

  /**
   * An existing Azure file share.
   *
   * @param options account and share
   */
  public static azureFile(options: AzureFileSourceOptions): VolumeSource {
    return new VolumeSource(azureFile(options));
  }

  /**
   * An existing OpenStack Cinder volume.
   *
   * @param options id and zone
   */
  public static openstackCinder(options: OpenstackCinderSourceOptions): VolumeSource {
    return new VolumeSource(openstackCinder(options));
  }

  /**
   * An existing vSphere disk.
   *
   * @param options its id
   */
  public static vsphere(options: VsphereSourceOptions): VolumeSource {
    return new VolumeSource(vsphere(options));
  }

  /**
   * An existing Longhorn volume.
   *
   * @param options its name
   */
  public static longhorn(options: LonghornSourceOptions): VolumeSource {
    return new VolumeSource(longhorn(options));
  }

  /**
   * An existing Ceph block image of a Rook cluster. Keep it with Retain: the driver cannot delete it.
   *
   * @param options pool and image
   */
  public static cephRbd(options: CephRbdSourceOptions): VolumeSource {
    return new VolumeSource(cephRbd(options));
  }

  /**
   * An existing folder of a CephFS file system of a Rook cluster. Keep it with Retain: the driver cannot delete it.
   *
   * @param options file system and path
   */
  public static cephFs(options: CephFsSourceOptions): VolumeSource {
    return new VolumeSource(cephFs(options));
  }

  /**
   * What an old manifest names by a kind that Kubernetes has removed: disks of clouds become volumes of the CSI driver
   * that took over, `hostDir` becomes hostPath. Throws, and says what took its place, for what is gone or
   * cannot be translated: flocker, gitRepo, vsphereVolume …
   *
   * @example
   * VolumeSource.of('awsElasticBlockStore', { volumeID: 'aws://eu-central-1a/vol-0123456789abcdef0', fsType: 'ext4' });
   *
   * @param kind the kind, as the manifest writes it
   * @param fields its fields, as the manifest writes them
   */
  public static of(kind: string, fields: { [field: string]: string } = {}): VolumeSource {
    return new VolumeSource(legacySource(kind, fields));
  }

  private constructor(
    /** @internal */
    public readonly _spec: VolumeSourceSpec,
  ) {}
}
