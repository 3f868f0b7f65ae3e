import { App, Chart, Testing } from 'cdk8s';
import { Manifest } from './manifest';
import { YamlText } from '../../src/app/yaml-text';

/** A chart of an app of its own. */
export function newChart(namespace?: string): Chart {
  return new Chart(new App(), 'test', { namespace });
}

/** All objects of a chart. */
export function synth(chart: Chart): Manifest[] {
  return Testing.synth(chart) as Manifest[];
}

/** The objects of one kind. */
export function ofKind(chart: Chart, kind: string): Manifest[] {
  return synth(chart).filter(manifest => manifest.kind === kind);
}

/**
 * The object of this kind and name; throws, saying what there is, if it is missing. ConfigMaps that are named by their
 * content are found without the hash.
 */
export function find(chart: Chart, kind: string, name: string): Manifest {
  const manifests = synth(chart);
  const named = (manifest: Manifest) => manifest.immutable === true ? manifest.metadata.name.replace(/-[0-9a-f]{10}$/, '') : manifest.metadata.name;
  const found = manifests.filter(manifest => manifest.kind === kind && named(manifest) === name);
  if (found.length !== 1) {
    throw new Error(`${found.length} objects are ${kind}/${name}, among ${manifests.map(({ kind: k, metadata }) => `${k}/${metadata.name}`).join(', ')}`);
  }
  return found[0];
}

/** What a snapshot of a chart holds: its YAML, which test/api gives to real API servers also. Written as a StatefulApp does, so that each snapshot compares it with cdk8s. */
export function yaml(chart: Chart): string {
  const text = new YamlText();
  return synth(chart).map(document => text.of(document)).join('---\n');
}
