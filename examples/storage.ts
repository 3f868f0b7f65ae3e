import { App, Chart, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import {
  EbsVolumeType, PersistentVolume, PersistentVolumeClaim, PodSecurity, Provisioner, ResourceQuota, StatefulWorkload, StorageClass, VolumeSource,
} from 'cdk8s-stateful';

const app = new App();

// Storage classes and volumes are cluster-scoped.
const cluster = new Chart(app, 'cluster');
const fast = new StorageClass(cluster, 'Fast', { provisioner: Provisioner.awsEbs({ type: EbsVolumeType.GP3, encrypted: true }) });
const shared = new StorageClass(cluster, 'Shared', { provisioner: Provisioner.awsEfs({ fileSystemId: 'fs-0123456789abcdef0' }) });

const shop = new Chart(app, 'shop', { namespace: 'shop' });

// Pods with an identity: one disk each.
const cache = new StatefulWorkload(shop, 'Cache', { replicas: 2, security: { user: 1000 } });
cache.addContainer({ image: 'shop/cache:1' }).mount('/data', cache.addClaim('data', { size: Size.gibibytes(10), storageClass: fast, expandable: true }));

// Pods without an identity: files that all of them share.
const uploads = new PersistentVolumeClaim(shop, 'Uploads', {
  size: Size.gibibytes(50),
  storageClass: shared,
  accessModes: [kplus.PersistentVolumeAccessMode.READ_WRITE_MANY],
});
const web = new kplus.Deployment(shop, 'Web', { containers: [{ image: 'shop/web:1', securityContext: PodSecurity.restricted({ user: 1000 }) }] });
web.containers[0].mount('/srv/uploads', uploads);

// Existing storage: a statically provisioned volume, reserved for a claim.
const archive = new PersistentVolume(shop, 'Archive', {
  source: VolumeSource.nfs({ server: 'nfs.example.com', path: '/exports/archive' }),
  capacity: Size.tebibytes(2),
  accessModes: [kplus.PersistentVolumeAccessMode.READ_ONLY_MANY],
}).reserve();
web.containers[0].mount('/srv/archive', archive, { readOnly: true });

// Synthesis fails if the claims above exceed the quota.
new ResourceQuota(shop, 'Storage', { storage: Size.tebibytes(3), claims: 10, classes: [{ storageClass: fast, storage: Size.gibibytes(100) }] });

app.synth();
