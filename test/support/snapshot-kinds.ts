import { Kubectl } from './kubectl';
import { Manifest } from './manifest';
import { say, waitUntil } from './progress';

/**
 * The kinds of snapshot.storage.k8s.io/v1 with all that the definitions of external-snapshotter demand of what we write;
 * what the controller writes (`status`) may be anything.
 */
const KINDS = [
  {
    kind: 'VolumeSnapshot',
    scope: 'Namespaced',
    required: ['spec'],
    properties: { spec: snapshotSpec(), status: { 'type': 'object', 'x-kubernetes-preserve-unknown-fields': true } },
  },
  {
    kind: 'VolumeSnapshotClass',
    scope: 'Cluster',
    required: ['driver', 'deletionPolicy'],
    properties: {
      driver: { type: 'string' },
      deletionPolicy: { type: 'string', enum: ['Delete', 'Retain'] },
      parameters: { type: 'object', additionalProperties: { type: 'string' } },
    },
  },
];

/** The API group and version of snapshots. */
export const SNAPSHOT_API = 'snapshot.storage.k8s.io/v1';

/**
 * Snapshots are no part of Kubernetes. Where a cluster has not the kinds, they are made for a test, with nothing that acts
 * on them; the returned function takes them away again.
 *
 * @see https://github.com/kubernetes-csi/external-snapshotter/tree/master/client/config/crd
 */
export async function makeSnapshotKinds(cluster: Kubectl): Promise<() => Promise<void>> {
  const present = await cluster.run(['get', 'crd', '-o', 'name']);
  const missing = KINDS.map(definition).filter(({ metadata }) => !present.includes(`/${metadata.name}\n`));
  if (missing.length === 0) return async () => undefined;
  const names = missing.map(({ metadata }) => metadata.name);
  say(`the cluster has no ${names.join(' and ')}: made for this test`);
  await cluster.apply(missing);
  for (const name of names) await cluster.wait(`crd/${name}`, 'condition=Established', 30);
  await waitUntil('the kinds in what the API server offers', 30, async () => {
    const { resources } = JSON.parse(await cluster.run(['get', '--raw', '/apis/snapshot.storage.k8s.io/v1'])) as { readonly resources: readonly { readonly name: string }[] };
    return names.every(name => resources.some(resource => `${resource.name}.snapshot.storage.k8s.io` === name)) || 'not all';
  });
  return () => cluster.delete('crd', ...names);
}

function definition({ kind, scope, required, properties }: typeof KINDS[number]): Manifest {
  const singular = kind.toLowerCase();
  const plural = singular.endsWith('s') ? `${singular}es` : `${singular}s`;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.snapshot.storage.k8s.io`, annotations: { 'api-approved.kubernetes.io': 'unapproved, for tests' } },
    spec: {
      group: 'snapshot.storage.k8s.io',
      scope,
      names: { kind, singular, plural, listKind: `${kind}List` },
      versions: [{
        name: 'v1',
        served: true,
        storage: true,
        subresources: kind === 'VolumeSnapshot' ? { status: {} } : undefined,
        schema: { openAPIV3Schema: { type: 'object', required, properties } },
      }],
    },
  };
}

function snapshotSpec(): object {
  const names = ['persistentVolumeClaimName', 'volumeSnapshotContentName'];
  const immutable = { 'type': 'string', 'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'is immutable' }] };
  return {
    type: 'object',
    required: ['source'],
    properties: {
      volumeSnapshotClassName: { 'type': 'string', 'x-kubernetes-validations': [{ rule: 'size(self) > 0', message: 'must not be empty' }] },
      source: {
        type: 'object',
        oneOf: names.map(name => ({ required: [name] })),
        properties: Object.fromEntries(names.map(name => [name, immutable])),
      },
    },
  };
}
