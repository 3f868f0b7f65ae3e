import { ApiObject, App, Chart, JsonPatch, Size } from 'cdk8s';
import { newChart, synth } from '../support/manifests';
import { mountedConfig } from '../support/mounted-config';
import { DatabaseEngine, MariadbVersion, StatefulDatabase } from 'cdk8s-stateful';

function database(initScripts: { [file: string]: string }, chart: Chart = newChart('shop')) {
  new StatefulDatabase(chart, 'Orders', { engine: DatabaseEngine.mariadb({ version: MariadbVersion.V11_8 }), storage: { size: Size.gibibytes(1) }, initScripts });
  return chart;
}

const mounted = (chart: Chart) => mountedConfig(chart, 'orders', 'init-scripts');

test('files are immutable, named by their content, and there before the set that mounts them', () => {
  const chart = database({ '1.sql': 'select 1' });
  const kinds = synth(chart).map(({ kind }) => kind);
  const files = synth(chart).find(({ metadata }) => metadata.name === mounted(chart));
  expect(files).toMatchObject({ kind: 'ConfigMap', immutable: true, data: { '1.sql': 'select 1' } });
  expect(kinds.lastIndexOf('ConfigMap')).toBeLessThan(kinds.indexOf('StatefulSet'));
});

test('other files are another ConfigMap, so that a rollback finds those of its revision; the same ones have the same name', () => {
  const names = ['select 1', 'select 2', 'select 1'].map(script => mounted(database({ '1.sql': script })));
  expect(names[0]).toMatch(/^orders-init-scripts-[0-9a-f]{10}$/);
  expect(names[1]).not.toBe(names[0]);
  expect(names[2]).toBe(names[0]);
});

test('the name follows what a patch makes of the content', () => {
  const chart = database({ '1.sql': 'select 1' });
  const before = mounted(chart);
  const files = chart.node.findAll().filter(ApiObject.isApiObject).find(({ name }) => name === 'orders-init-scripts');
  files?.addJsonPatch(JsonPatch.replace('/data/1.sql', 'select 3'));
  expect(mounted(chart)).not.toBe(before);
  expect(synth(chart)).toContainEqual(expect.objectContaining({ metadata: expect.objectContaining({ name: mounted(chart) }) }));
});

test('tools that prune keep them until the rollout is done', () => {
  const files = synth(database({ '1.sql': 'select 1' })).find(({ immutable }) => immutable === true);
  expect(files?.metadata.annotations).toEqual({ 'argocd.argoproj.io/sync-options': 'PruneLast=true', 'kustomize.toolkit.fluxcd.io/prune': 'disabled' });
});

test('where an app is written one file a resource, every ConfigMap has a file', () => {
  const app = new App();
  database({ '1.sql': 'select 1' }, new Chart(app, 'a', { namespace: 'a' }));
  database({ '1.sql': 'select 1' }, new Chart(app, 'b', { namespace: 'b' }));
  expect(app.synthYaml().match(/kind: ConfigMap/g)).toHaveLength(4);
});
