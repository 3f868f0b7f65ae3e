/** @beside-others */
import * as kplus from 'cdk8s-plus-28';
import * as fc from 'fast-check';
import { accessModes, labels, optional, sizes, subdomains } from '../../support/arbitraries';
import { acceptsWhateverIsAllowed } from '../../support/properties';
import { claims, pairs, provisioners, volumeSources } from '../../support/storage-arbitraries';
import {
  EphemeralVolume, LimitRange, PersistentVolume, PersistentVolumeClaim, PersistentVolumeProps, ResourceQuota, StatefulWorkload, StorageClass,
  StorageClassProps, VolumeBindingMode,
} from 'cdk8s-stateful';

const node = kplus.Node.labeled(kplus.NodeLabelQuery.in('kubernetes.io/hostname', ['n1', 'n2']));

acceptsWhateverIsAllowed('StorageClass object', fc.record({
  provisioner: provisioners,
  others: optional({
    name: subdomains,
    reclaimPolicy: fc.constantFrom(...Object.values(kplus.PersistentVolumeReclaimPolicy)),
    bindingMode: fc.constantFrom(...Object.values(VolumeBindingMode)),
    allowExpansion: fc.boolean(),
    mountOptions: fc.array(labels, { maxLength: 2 }),
    allowedTopologies: fc.uniqueArray(
      fc.record({ key: labels, values: fc.uniqueArray(labels, { minLength: 1, maxLength: 2 }) }, { noNullPrototype: true }),
      { maxLength: 2, selector: ({ key }) => key },
    ),
    isDefault: fc.boolean(),
    labels: pairs,
    annotations: pairs,
  }),
}).map(({ provisioner, others }): StorageClassProps => {
  const { topology, expandable } = provisioner.capabilities ?? {};
  const waits = topology === 'zonal' || topology === 'node-bound';
  return {
    ...others,
    provisioner,
    bindingMode: waits ? undefined : others.bindingMode,
    allowExpansion: expandable === false ? undefined : others.allowExpansion,
  };
}), (chart, props) => { new StorageClass(chart, 'Class', props); });

acceptsWhateverIsAllowed('PersistentVolume', fc.record({
  where: volumeSources,
  capacity: sizes,
  others: optional({
    accessModes,
    name: subdomains,
    reclaimPolicy: fc.constantFrom(...Object.values(kplus.PersistentVolumeReclaimPolicy)),
    storageClass: labels.map(name => ({ name })),
    volumeMode: fc.constantFrom(...Object.values(kplus.PersistentVolumeMode)),
    nodeAffinity: fc.constant(node),
    labels: pairs,
    annotations: pairs,
  }),
  reserved: fc.boolean(),
}).map(({ where, capacity, others, reserved }) => {
  const { volumeModes, accessModes: modes, blockAccessModes } = { ...where.source._spec.capabilities };
  const mode = others.volumeMode ?? kplus.PersistentVolumeMode.FILE_SYSTEM;
  const volumeMode = volumeModes && !volumeModes.includes(mode) ? volumeModes[0] : others.volumeMode;
  const known = (volumeMode === kplus.PersistentVolumeMode.BLOCK ? blockAccessModes : undefined) ?? modes;
  const fits = others.accessModes?.every(wanted => known?.includes(wanted) ?? true);
  const props: PersistentVolumeProps = {
    ...others,
    source: where.source,
    capacity,
    volumeMode,
    accessModes: fits ? others.accessModes : undefined,
    nodeAffinity: where.local ? node : others.nodeAffinity,
    reclaimPolicy: where.source._spec.kube.csi && !where.source._spec.undeletable ? others.reclaimPolicy : undefined, // nobody deletes the others
  };
  return { props, reserved };
}), (chart, { props, reserved }) => {
  const volume = new PersistentVolume(chart, 'Volume', props);
  if (reserved) volume.reserve();
});

acceptsWhateverIsAllowed('PersistentVolumeClaim', fc.record({ props: claims, name: subdomains, mounted: fc.boolean() }), (chart, { props, name, mounted }) => {
  const claim = new PersistentVolumeClaim(chart, 'Data', { ...props, name });
  if (mounted) new StatefulWorkload(chart, 'Store').addContainer({ image: 'store:1' }).mount('/data', claim);
});

acceptsWhateverIsAllowed('pairs of claim template and ephemeral volume', fc.record({ template: claims, ephemeral: claims }), (chart, { template, ephemeral }) => {
  const store = new StatefulWorkload(chart, 'Store');
  const main = store.addContainer({ image: 'store:1' });
  main.mount('/volumes/data', store.addClaim('data', template));
  main.mount('/volumes/scratch', new EphemeralVolume(chart, 'Scratch', ephemeral));
});

const limits = optional({ storage: sizes, claims: fc.nat(100) }).filter(limit => Object.keys(limit).length > 0);

acceptsWhateverIsAllowed('pairs of ResourceQuota and LimitRange', fc.record({
  all: limits,
  classes: fc.uniqueArray(fc.record({ name: labels, limit: limits }), { selector: ({ name }) => name, maxLength: 3 }),
  range: fc.tuple(sizes, sizes),
}), (chart, { all, classes, range }) => {
  new ResourceQuota(chart, 'Quota', { ...all, classes: classes.map(({ name, limit }) => ({ ...limit, storageClass: { name } })) });
  const [min, max] = [...range].sort((a, b) => a.toKibibytes() - b.toKibibytes());
  new LimitRange(chart, 'Range', { min, max });
});
