import { join } from 'node:path';
import { type App, Names, YamlOutputType } from 'cdk8s';
import type { OrderedChart, SynthesisOrder } from './synthesis-order';
import { YamlText } from './yaml-text';

/** What an app writes: folders and files, relative to its output directory. */
export interface Output {
  readonly folders: readonly string[];
  readonly files: ReadonlyMap<string, string>;
}

/** The files of an app, with the names and contents that cdk8s gives them. */
export function outputOf({ yamlOutputType: type, outputFileExtension: extension }: App, { charts, hasDependentCharts }: SynthesisOrder): Output {
  const text = new YamlText();
  const folders: string[] = [];
  const files = new Map<string, string>();
  const write = (name: string, documents: unknown[]) => files.set(name + extension, text.ofAll(documents));
  const nameOf = ({ chart }: OrderedChart, i: number) => `${hasDependentCharts ? `${String(i).padStart(4, '0')}-` : ''}${Names.toDnsLabel(chart)}`;

  if (type === YamlOutputType.FILE_PER_APP && charts.length > 0) write('app', charts.flatMap(jsonOf));
  charts.forEach((chart, i) => {
    if (type === YamlOutputType.FILE_PER_CHART) {
      write(nameOf(chart, i), jsonOf(chart));
    } else if (type === YamlOutputType.FILE_PER_RESOURCE) {
      for (const json of jsonOf(chart)) write(fileName(json.kind, json.metadata?.name), [json]);
    } else if (type === YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE) {
      folders.push(nameOf(chart, i));
      for (const object of chart.objects) write(join(nameOf(chart, i), fileName(object.kind, object.metadata.name)), [object.toJson()]);
    }
  });
  return { folders, files };
}

/** The text of all objects of an app. */
export function yamlOf({ charts }: SynthesisOrder): string {
  return new YamlText().ofAll(charts.flatMap(jsonOf));
}

/** The content of `construct-metadata.json`: which construct each object comes from. */
export function metadataOf({ charts }: SynthesisOrder): string {
  const resources = Object.fromEntries(charts.flatMap(({ objects }) => objects.map(({ name, node }) => [name, { path: node.path }])));
  return JSON.stringify({ version: '1.0.0', resources });
}

/** What names the file of an object. */
interface Named {
  readonly kind?: unknown;
  readonly metadata?: { readonly name?: unknown };
}

function jsonOf({ objects }: OrderedChart): Named[] {
  return objects.map(object => object.toJson() as Named);
}

function fileName(kind: unknown, name: unknown): string {
  return `${String(kind)}.${String(name)}`.replace(/[^0-9a-zA-Z-_.]/g, '');
}
