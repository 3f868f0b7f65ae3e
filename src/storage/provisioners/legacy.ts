import { awsEbs, type AwsEbsOptions, EbsFileSystem, EbsVolumeType } from './aws-ebs';
import { azureDisk, AzureDiskCachingMode, AzureDiskFileSystem, type AzureDiskOptions, AzureDiskSku } from './azure-disk';
import { azureFile, AzureFileSku } from './azure-file';
import { gcePersistentDisk, GceDiskType, GceFileSystem } from './gce-persistent-disk';
import { localVolume } from './local-volume';
import { openstackCinder, CinderFileSystem } from './openstack-cinder';
import { vsphere, VsphereFileSystem } from './vsphere';
import { conflict, invalid } from '../../base/errors';
import type { ProvisionerSpec } from '../private/provisioner-spec';
import { ZONE_KEYS } from '../private/zone-keys';

type Parameters = { [name: string]: string };

/** Reads the parameters of an in-tree provisioner, which are case-insensitive. A parameter that is never read is an error. */
class LegacyParameters {
  private readonly left: Map<string, string>;

  public constructor(private readonly where: string, parameters: Parameters) {
    this.left = new Map(Object.entries(parameters).map(([name, value]) => [name.toLowerCase(), value]));
  }

  /** The value of a parameter, under the first of its names that is set. */
  public text(...names: string[]): string | undefined {
    const values = names.map(name => {
      const value = this.left.get(name);
      this.left.delete(name);
      return value;
    });
    return values.find(value => value !== undefined);
  }

  /** The same for a parameter with a fixed set of values. */
  public oneOf<T extends string>(allowed: readonly T[], ...names: string[]): T | undefined {
    const value = this.text(...names);
    const known = allowed.find(candidate => candidate.toLowerCase() === value?.toLowerCase());
    if (value !== undefined && known === undefined) {
      throw invalid(this.where, { property: `parameters.${names[0]}`, got: value, expected: `one of ${allowed.join(', ')}` });
    }
    return known;
  }

  public number(name: string): number | undefined {
    const value = this.text(name);
    return value === undefined ? undefined : Number(value);
  }

  public flag(name: string): boolean | undefined {
    return this.oneOf(['true', 'false'], name)?.startsWith('t');
  }

  /** The given parameters that are set; the CSI driver uses the same names. */
  public same(...names: string[]): Parameters {
    return Object.fromEntries(names.flatMap(name => {
      const value = this.text(name.toLowerCase());
      return value === undefined ? [] : [[name, value]];
    }));
  }

  /** Throws if a parameter is left that has no equivalent in the CSI driver. */
  public done(zoneKey: string | undefined): void {
    if (zoneKey !== undefined && (this.left.has('zone') || this.left.has('zones'))) {
      throw conflict(this.where, 'the CSI driver has no parameter for zones', `Set 'allowedTopologies' of the StorageClass instead, with the key '${zoneKey}'.`);
    }
    const [name] = this.left.keys();
    if (name !== undefined) {
      throw conflict(this.where, `the parameter '${name}' has no equivalent in the CSI driver`, 'Remove it, or use the factory method of the CSI driver and see what it offers instead.');
    }
  }
}

const TRANSLATED: { [provisioner: string]: (old: LegacyParameters) => ProvisionerSpec } = {
  'kubernetes.io/no-provisioner': () => localVolume(),

  'kubernetes.io/aws-ebs': old => {
    const iopsPerGb = old.number('iopspergb');
    const options: AwsEbsOptions = {
      type: old.oneOf(Object.values(EbsVolumeType), 'type') ?? EbsVolumeType.GP2, // the in-tree default
      fsType: old.oneOf(Object.values(EbsFileSystem), 'fstype'),
      iopsPerGb,
      allowAutoIopsPerGbIncrease: old.flag('allowautoiopspergbincrease') ?? (iopsPerGb === undefined ? undefined : true), // the in-tree behavior
      iops: old.number('iops'),
      throughput: old.number('throughput'),
      encrypted: old.flag('encrypted'),
      kmsKeyId: old.text('kmskeyid'),
    };
    return awsEbs(options);
  },

  'kubernetes.io/gce-pd': old => gcePersistentDisk({
    type: old.oneOf(Object.values(GceDiskType), 'type') ?? GceDiskType.PD_STANDARD,
    fsType: old.oneOf(Object.values(GceFileSystem), 'fstype'),
    regional: old.oneOf(['none', 'regional-pd'], 'replication-type') === 'regional-pd',
  }),

  'kubernetes.io/azure-disk': old => {
    old.oneOf(['Managed'], 'kind'); // Dedicated and Shared meant disks in storage accounts, which Azure has retired
    old.oneOf(['true'], 'zoned'); // the CSI driver accepts and ignores it
    const options: AzureDiskOptions = {
      sku: old.oneOf(Object.values(AzureDiskSku), 'storageaccounttype', 'skuname'),
      cachingMode: old.oneOf(Object.values(AzureDiskCachingMode), 'cachingmode'),
      fsType: old.oneOf(Object.values(AzureDiskFileSystem), 'fstype'),
      location: old.text('location'),
      resourceGroup: old.text('resourcegroup'),
      iops: old.number('diskiopsreadwrite'),
      throughput: old.number('diskmbpsreadwrite'),
      maxShares: old.number('maxshares'),
      diskEncryptionSetId: old.text('diskencryptionsetid'),
      parameters: old.same('tags', 'writeAcceleratorEnabled'),
    };
    return azureDisk(options);
  },

  'kubernetes.io/azure-file': old => azureFile({
    sku: old.oneOf(Object.values(AzureFileSku), 'storageaccounttype', 'skuname'),
    protocol: old.oneOf(['smb', 'nfs'], 'protocol'),
    location: old.text('location'),
    storageAccount: old.text('storageaccount'),
    resourceGroup: old.text('resourcegroup'),
    shareName: old.text('sharename'),
    parameters: old.same('secretName', 'secretNamespace', 'tags'), // name and namespace of the Secret have separate defaults
  }),

  'kubernetes.io/cinder': old => openstackCinder({
    type: old.text('type'),
    availability: old.text('availability'),
    fsType: old.oneOf(Object.values(CinderFileSystem), 'fstype'),
  }),

  'kubernetes.io/vsphere-volume': old => vsphere({
    storagePolicyName: old.text('storagepolicyname'),
    fsType: old.oneOf(Object.values(VsphereFileSystem), 'fstype'),
  }),
};

/** The zone key of provisioners that accepted `zone` or `zones`. */
const ZONES: { [provisioner: string]: string } = {
  'kubernetes.io/aws-ebs': ZONE_KEYS.awsEbs,
  'kubernetes.io/gce-pd': ZONE_KEYS.gcePersistentDisk,
  'kubernetes.io/azure-disk': ZONE_KEYS.azureDisk,
  'kubernetes.io/cinder': ZONE_KEYS.openstackCinder,
};

const REPLACED: { [provisioner: string]: string } = {
  'kubernetes.io/portworx-volume': "Provisioner.of('pxd.portworx.com', …), with the parameters in the Portworx documentation",
  'kubernetes.io/rbd': 'Provisioner.cephRbd: Rook manages monitors and keys, so none of the old parameters are needed',
  'kubernetes.io/cephfs': 'Provisioner.cephFs',
  'kubernetes.io/glusterfs': 'Provisioner.nfs, Provisioner.cephFs or another shared file system: GlusterFS has no maintained CSI driver',
  'kubernetes.io/flocker': 'any CSI driver: the company behind Flocker closed in 2016',
  'kubernetes.io/quobyte': "Provisioner.of('quobyte-csi', …)",
  'kubernetes.io/scaleio': "Provisioner.of('csi-vxflexos.dellemc.com', …)",
  'kubernetes.io/storageos': "Provisioner.of('storageos', …)",
  'kubernetes.io/host-path': 'Provisioner.localVolume',
};

/**
 * Translates an in-tree provisioner to its CSI driver. Undefined if the name is not that of an in-tree provisioner.
 * Throws if it cannot be translated.
 *
 * @see https://kubernetes.io/docs/concepts/storage/volumes/#csi-migration
 */
export function translateLegacy(provisioner: string, parameters: Parameters): ProvisionerSpec | undefined {
  if (REPLACED[provisioner] !== undefined) throw replaced(provisioner, REPLACED[provisioner]);
  const translate = TRANSLATED[provisioner];
  if (translate === undefined) return undefined;
  const old = new LegacyParameters(`Provisioner.of('${provisioner}')`, parameters);
  const spec = translate(old);
  old.done(ZONES[provisioner]);
  return spec;
}

function replaced(provisioner: string, by: string): Error {
  return invalid('Provisioner.of', { property: 'driver', got: provisioner, expected: 'a driver that still exists', hint: `Kubernetes removed it. Use ${by}.` });
}
