import { App, Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import * as fc from 'fast-check';
import { labels, optional } from './arbitraries';
import { DownwardApiVolumeProps, DownwardField, ProjectedSource, ProjectedVolumeProps } from 'cdk8s-stateful';

/** Random volumes that are named in Pods. */

/** Numbers in front, so that no file is where another has a folder. */
const paths = fc.uniqueArray(fc.stringMatching(/^[A-Za-z0-9_-]{1,8}(\/[A-Za-z0-9_.-]{0,4}[a-z]){0,2}$/), { minLength: 1, maxLength: 3 })
  .map(found => found.map((path, i) => `${i}${path}`));
const keys = fc.stringMatching(/^[-_A-Za-z0-9.]{0,8}[a-z]$/);
const modes = fc.integer({ min: 0, max: 0o777 });

/** Facts about a Pod whose container is called `main`. */
const facts: fc.Arbitrary<DownwardField> = fc.oneof(
  fc.constantFrom(DownwardField.podName(), DownwardField.podNamespace(), DownwardField.podUid(), DownwardField.labels(), DownwardField.annotations()),
  labels.map(key => DownwardField.label(key)),
  labels.map(key => DownwardField.annotation(`example.com/${key}`)),
  fc.constantFrom(...Object.values(kplus.ResourceFieldPaths)).map(resource => DownwardField.resource('main', resource)),
);

const fields = fc.tuple(facts, fc.option(modes, { nil: undefined })).map(([fact, mode]) => mode === undefined ? fact : fact.withMode(mode));

function filesOf<T>(values: fc.Arbitrary<T>): fc.Arbitrary<{ [path: string]: T }> {
  return paths.chain(names => fc.tuple(...names.map(() => values)).map(found => Object.fromEntries(names.map((name, i) => [name, found[i]]))));
}

/** Random downward API volumes. */
export const downwardApiVolumes: fc.Arbitrary<DownwardApiVolumeProps> = fc.record({ fields: filesOf(fields), name: labels, defaultMode: modes }, { requiredKeys: ['fields'] });

const keysOf = (folder: string) => optional({
  items: fc.uniqueArray(keys, { minLength: 1, maxLength: 2 }).map(found => Object.fromEntries(found.map((key, i) => [key, `${folder}/${i}`]))),
  optional: fc.boolean(),
}).chain(options => fc.subarray(Object.keys(options.items ?? {})).chain(named => fc.tuple(...named.map(() => modes))
  .map(found => ({ ...options, modes: Object.fromEntries(named.map((key, i) => [key, found[i]])) }))));

const tokens = optional({ audience: labels, expiration: fc.integer({ min: 600, max: 2 ** 32 }).map(amount => Duration.seconds(amount)) });

/** Random projected volumes; each source writes to a folder of its own. */
export const projectedVolumes: fc.Arbitrary<ProjectedVolumeProps> = fc.record({
  sources: fc.subarray([
    fc.tuple(labels, keysOf('config')).map(([name, options]) => ProjectedSource.configMap(kplus.ConfigMap.fromConfigMapName(new App(), 'Config', name), options)),
    fc.tuple(labels, keysOf('secret')).map(([name, options]) => ProjectedSource.secret(kplus.Secret.fromSecretName(new App(), 'Secret', name), options)),
    filesOf(fields).map(files => ProjectedSource.downwardApi(files)),
    tokens.map(options => ProjectedSource.serviceAccountToken(options)),
  ], { minLength: 1 }).chain(sources => fc.tuple(...sources)),
  name: labels,
  defaultMode: modes,
}, { requiredKeys: ['sources'] });
