import { App, Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import * as fc from 'fast-check';
import { accessModes, labels, optional, sizes } from './arbitraries';
import {
  AzureDiskFileSystem, AzureDiskSku, AzureFileSku, CephImageFeature, EbsFileSystem, EbsVolumeType, GceDiskType, GceFileSystem, LonghornDataLocality,
  LonghornFileSystem, NfsOnDelete, Provisioner, VolumeDataSource, VolumeSelector, VolumeSource,
} from 'cdk8s-stateful';

/** Random storage: objects of classes are made when an input is used, and inputs that contradict themselves are filtered out. */

const text = fc.stringMatching(/^[a-z0-9]([-a-z0-9.]{0,20}[a-z0-9])?$/);
const path = fc.stringMatching(/^\/[a-z]{1,8}(\/[a-z0-9]{1,8}){0,2}$/);
const hex = fc.stringMatching(/^[0-9a-f]{8,17}$/);
const flag = fc.boolean();
const some = fc.integer({ min: 1, max: 100_000 });
const secret = fc.record({ name: labels, namespace: labels }, { noNullPrototype: true });
/** Keys and values of labels, selectors and parameters. */
export const pairs = fc.dictionary(
  fc.stringMatching(/^([a-z0-9]([-a-z0-9]{0,5}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,5}[a-z0-9])?)?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,20}[A-Za-z0-9])?$/),
  fc.stringMatching(/^([A-Za-z0-9]([-A-Za-z0-9_.]{0,20}[A-Za-z0-9])?)?$/),
  { maxKeys: 3, noNullPrototype: true },
);

/** Inputs that `make` takes; what it makes of them. */
function made<T, U>(inputs: fc.Arbitrary<T>, make: (input: T) => U): fc.Arbitrary<U> {
  return inputs.filter(input => {
    try {
      make(input);
      return true;
    } catch {
      return false;
    }
  }).map(make);
}

/** Every provisioner, with random options. */
export const provisioners: fc.Arbitrary<Provisioner> = fc.oneof(
  made(optional({
    type: fc.constantFrom(...Object.values(EbsVolumeType)),
    fsType: fc.constantFrom(...Object.values(EbsFileSystem)),
    iops: some,
    iopsPerGb: some,
    throughput: some,
    encrypted: flag,
    kmsKeyId: text,
    allowAutoIopsPerGbIncrease: flag,
    tags: pairs,
  }), options => Provisioner.awsEbs(options)),
  made(fc.record({ fileSystemId: hex.map(id => `fs-${id}`), basePath: path, uid: some, gid: some }, { requiredKeys: ['fileSystemId'] }), options => Provisioner.awsEfs(options)),
  made(optional({
    type: fc.constantFrom(...Object.values(GceDiskType)),
    regional: flag,
    fsType: fc.constantFrom(...Object.values(GceFileSystem)),
    provisionedIops: some,
    provisionedThroughput: some,
    labels: pairs,
  }), options => Provisioner.gcePersistentDisk(options)),
  made(optional({
    sku: fc.constantFrom(...Object.values(AzureDiskSku)),
    fsType: fc.constantFrom(...Object.values(AzureDiskFileSystem)),
    iops: some,
    throughput: some,
    maxShares: fc.integer({ min: 1, max: 5 }),
    location: text,
    resourceGroup: text,
    subscriptionId: text,
    enableBursting: flag,
    tags: pairs,
  }), options => Provisioner.azureDisk(options)),
  made(optional({
    sku: fc.constantFrom(...Object.values(AzureFileSku)), protocol: fc.constantFrom('smb' as const, 'nfs' as const), storageAccount: text, shareName: text, secret,
  }), options => Provisioner.azureFile(options)),
  made(optional({
    replicas: fc.integer({ min: 1, max: 20 }),
    staleReplicaTimeout: some.map(minutes => Duration.minutes(minutes)),
    fsType: fc.constantFrom(...Object.values(LonghornFileSystem)),
    dataLocality: fc.constantFrom(...Object.values(LonghornDataLocality)),
    diskSelector: fc.array(text, { maxLength: 2 }),
    encryptionSecret: secret,
    migratable: flag,
  }), options => Provisioner.longhorn(options)),
  made(fc.record({
    pool: text,
    dataPool: text,
    clusterNamespace: labels,
    driverPrefix: labels,
    nodeSecret: secret,
    provisionerSecret: secret,
    encrypted: flag,
    encryptionKmsId: text,
    imageFeatures: fc.subarray(Object.values(CephImageFeature), { minLength: 1 }),
  }, { requiredKeys: ['pool'] }), options => Provisioner.cephRbd(options)),
  made(fc.record({ fsName: text, pool: text, mounter: fc.constantFrom('kernel' as const, 'fuse' as const) }, { requiredKeys: ['fsName'] }), options => Provisioner.cephFs(options)),
  made(fc.record({ server: text, share: path, subDir: text, onDelete: fc.constantFrom(...Object.values(NfsOnDelete)), mountOptionsSecret: secret }, { requiredKeys: ['server', 'share'] }),
    options => Provisioner.nfs(options)),
  made(optional({ type: text, availability: text, multiattach: flag }), options => Provisioner.openstackCinder(options)),
  made(optional({ storagePolicyName: text, fileVolumes: flag }), options => Provisioner.vsphere(options)),
  fc.constant(Provisioner.localVolume()),
  made(fc.record({ driver: text, parameters: pairs }), ({ driver, parameters }) => Provisioner.of(driver, { parameters })),
);

const lun = fc.integer({ min: 0, max: 255 });
const qualifiedName = fc.oneof(
  fc.stringMatching(/^iqn\.(19|20)[0-9]{2}-0[1-9]\.[A-Za-z0-9]([-A-Za-z0-9.]{0,20}[A-Za-z0-9])?:[^,;*&$|\s\0-\x1f\x7f-\uffff]{1,30}$/),
  fc.stringMatching(/^eui\.[0-9A-Fa-f]{16}$/),
  fc.stringMatching(/^naa\.[0-9A-Fa-f]{32}$/),
);
const chap = fc.option(labels, { nil: undefined }).map(name => name === undefined ? {} : { chapSecret: kplus.Secret.fromSecretName(new App(), 'Chap', name) });

/** Units of iSCSI targets, with CHAP or without. */
export const iscsiUnits = fc.record({
  unit: fc.record({
    targetPortal: text,
    iqn: qualifiedName,
    lun,
    portals: fc.array(text, { minLength: 1, maxLength: 2 }),
    readOnly: flag,
    initiatorName: qualifiedName,
  }, { requiredKeys: ['targetPortal', 'iqn', 'lun'] }),
  chap,
  chapDiscovery: flag,
}).map(({ unit, chap: authentication, chapDiscovery }) => ({ ...unit, ...authentication, chapDiscovery: 'chapSecret' in authentication && chapDiscovery }));

/** Every volume source, and whether it is on one node. */
export const volumeSources: fc.Arbitrary<{ readonly source: VolumeSource; readonly local?: boolean }> = fc.oneof(
  made(fc.record({ driver: labels, volumeHandle: text, fsType: fc.constant('ext4'), readOnly: flag, volumeAttributes: pairs, nodeStageSecret: secret, controllerExpandSecret: secret },
    { requiredKeys: ['driver', 'volumeHandle'] }), options => ({ source: VolumeSource.csi(options) })),
  made(fc.record({ server: text, path, readOnly: flag }, { requiredKeys: ['server', 'path'] }), options => ({ source: VolumeSource.nfs(options) })),
  made(fc.record({ unit: iscsiUnits, chapSecretNamespace: labels }, { requiredKeys: ['unit'] }),
    ({ unit, ...options }) => ({ source: VolumeSource.iscsi({ ...unit, ...options }) })),
  made(optional({ targetWwns: fc.array(hex, { maxLength: 2 }), lun, wwids: fc.array(hex, { maxLength: 2 }), readOnly: flag }),
    options => ({ source: VolumeSource.fibreChannel(options) })),
  made(fc.record({ path }), options => ({ source: VolumeSource.local(options), local: true })),
  made(fc.record({ path, type: fc.constantFrom(...Object.values(kplus.HostPathVolumeType)) }, { requiredKeys: ['path'] }), options => ({ source: VolumeSource.hostPath(options) })),
  made(fc.record({ volumeId: hex.map(id => `vol-${id}`), zone: labels }, { requiredKeys: ['volumeId'] }), options => ({ source: VolumeSource.awsEbs(options) })),
  made(fc.record({ fileSystemId: hex.map(id => `fs-${id}`), accessPointId: hex.map(id => `fsap-${id}`) }, { requiredKeys: ['fileSystemId'] }), options => ({ source: VolumeSource.awsEfs(options) })),
  made(fc.record({ diskName: text, project: text, zone: labels, partition: fc.integer({ min: 1, max: 255 }) }, { requiredKeys: ['diskName', 'project', 'zone'] }),
    options => ({ source: VolumeSource.gcePersistentDisk(options) })),
  made(fc.record({ diskName: text, project: text, region: labels, zones: fc.uniqueArray(labels, { minLength: 2, maxLength: 2 }) }, { requiredKeys: ['diskName', 'project', 'region'] }),
    options => ({ source: VolumeSource.gcePersistentDisk(options) })),
  made(fc.record({ name: text, zone: labels, fsType: fc.constant('xfs') }, { requiredKeys: ['name'] }),
    ({ name, ...options }) => ({ source: VolumeSource.azureDisk({ ...options, diskUri: `/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/disks/${name}` }) })),
  made(fc.record({ storageAccount: text, shareName: text, secret }, { requiredKeys: ['storageAccount', 'shareName'] }), options => ({ source: VolumeSource.azureFile(options) })),
  made(fc.record({ volumeId: text, zone: labels }, { requiredKeys: ['volumeId'] }), options => ({ source: VolumeSource.openstackCinder(options) })),
  made(fc.record({ volumeId: text }), options => ({ source: VolumeSource.vsphere(options) })),
  made(fc.record({ volumeName: text }), options => ({ source: VolumeSource.longhorn(options) })),
  made(fc.record({ pool: text, image: text, nodeSecret: secret }, { requiredKeys: ['pool', 'image'] }), options => ({ source: VolumeSource.cephRbd(options) })),
  made(fc.record({ fsName: text, rootPath: path, nodeSecret: secret }), options => ({ source: VolumeSource.cephFs(options) })),
);

const selectors: fc.Arbitrary<VolumeSelector> = optional({
  matchLabels: pairs,
  matchExpressions: fc.array(fc.oneof(
    fc.record({ key: labels, operator: fc.constantFrom('In' as const, 'NotIn' as const), values: fc.array(labels, { minLength: 1, maxLength: 3 }) }),
    fc.record({ key: labels, operator: fc.constantFrom('Exists' as const, 'DoesNotExist' as const) }),
  ), { maxLength: 2 }),
}).map(selector => ({ ...selector, matchExpressions: selector.matchExpressions?.map(expression => ({ ...expression })) })) // cdk8s renders no objects without a prototype
  .filter(({ matchLabels = {}, matchExpressions = [] }) => Object.keys(matchLabels).length + matchExpressions.length > 0);

const dataSources = fc.oneof(
  labels.map(name => VolumeDataSource.fromSnapshot({ name })),
  labels.map(name => VolumeDataSource.fromClaim({ name })),
  fc.record({ apiGroup: fc.constant('populators.example.com'), kind: fc.constant('Image'), name: labels }).map(object => VolumeDataSource.fromPopulator(object)),
);

/** What any claim may ask for, of a class of which nothing is known. */
export const claims = fc.record({
  size: sizes,
  accessModes,
  volumeMode: fc.constantFrom(...Object.values(kplus.PersistentVolumeMode)),
  storageClass: labels.map(name => ({ name })),
  from: fc.oneof(selectors.map(selector => ({ selector })), dataSources.map(dataSource => ({ dataSource }))),
  labels: pairs,
  annotations: pairs,
}, { requiredKeys: ['size'] }).map(({ from, ...claim }) => ({ ...claim, ...from }));
