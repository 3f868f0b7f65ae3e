import { readGolden, renderGolden } from '../../scripts/golden';
import { Effect, upgradeEffects } from '../../scripts/upgrade-effect';
import { Manifest, parseManifests } from '../support/manifest';

const rendered = [...renderGolden()].map(([file, yaml]) => ({ file, yaml }));

/** A change of these manifests is a change of everybody's running sets: “npm run golden” accepts it. */
describe.each(rendered)('$file', ({ file, yaml }) => {
  test('has the effect on running sets that was accepted: none', () => {
    expect(upgradeEffects(parseManifests(readGolden(file)), parseManifests(yaml))).toEqual([]);
  });

  test('is the same text', () => {
    expect(yaml).toBe(readGolden(file));
  });
});

describe('the effect of a change', () => {
  const set = (spec: object): Manifest => ({ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'orders' }, spec: { serviceName: 'a', replicas: 1, template: { spec: {} }, ...spec } });
  const effect = (before: Manifest, after: Manifest): Effect | undefined => upgradeEffects([before], [after])[0];

  test.each<[string, object, Effect['effect'], string]>([
    ['a claim template', { volumeClaimTemplates: [] }, 'refused', 'spec.volumeClaimTemplates'],
    ['the governing Service', { serviceName: 'b' }, 'refused', 'spec.serviceName'],
    ['the start of the members', { podManagementPolicy: 'Parallel' }, 'refused', 'spec.podManagementPolicy'],
    ['a byte of the Pod template', { template: { spec: { hostname: 'x' } } }, 'rolls', 'spec.template'],
    ['the number of members', { replicas: 2 }, 'changed', 'spec.replicas'],
  ])('%s', (_, spec, expected, field) => {
    expect(effect(set({}), set(spec))).toEqual({ object: 'StatefulSet/orders', effect: expected, fields: [field] });
  });

  test('of an immutable ConfigMap, a Job, and of objects that come and go', () => {
    const files = (content: string): Manifest => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'files' }, immutable: true, data: { file: content } });
    const job = (image: string): Manifest => ({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'job' }, spec: { template: { image } } });
    expect(effect(files('a'), files('b'))?.effect).toBe('refused');
    expect(effect(job('a'), job('b'))?.effect).toBe('refused');
    expect(upgradeEffects([files('a')], [job('a')]).map(({ object, effect: what }) => [object, what])).toEqual([['ConfigMap/files', 'removed'], ['Job/job', 'added']]);
    expect(upgradeEffects([files('a')], [files('a')])).toEqual([]);
  });
});
