import { join } from 'node:path';
import { type ApiObject, type App, Names, YamlOutputType } from 'cdk8s';
import { ObjectText, renderedBy } from './object-text';
import type { OrderedChart, SynthesisOrder } from './synthesis-order';

/** What an app writes: folders and files, relative to its output directory. */
export interface Output {
  readonly folders: readonly string[];
  readonly files: ReadonlyMap<string, string>;
}

/** The files of an app, with the names and contents that cdk8s gives them. */
export function outputOf(app: App, { charts, hasDependentCharts }: SynthesisOrder): Output {
  const { yamlOutputType: type, outputFileExtension: extension } = app;
  const text = new ObjectText(app);
  const folders: string[] = [];
  const files = new Map<string, string>();
  const write = (name: string, content: string) => files.set(name + extension, content);
  const nameOf = ({ chart }: OrderedChart, i: number) => `${hasDependentCharts ? `${String(i).padStart(4, '0')}-` : ''}${Names.toDnsLabel(chart)}`;

  if (type === YamlOutputType.FILE_PER_APP && charts.length > 0) write('app', text.ofAll(objectsOf(charts)));
  charts.forEach((chart, i) => {
    if (type === YamlOutputType.FILE_PER_CHART) {
      write(nameOf(chart, i), text.ofAll(chart.objects));
    } else if (type === YamlOutputType.FILE_PER_RESOURCE) {
      for (const object of chart.objects) {
        const json = renderedBy(object) as Named | undefined;
        if (json !== undefined) write(fileName(json.kind, json.metadata.name), text.ofJson(json));
      }
    } else if (type === YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE) {
      folders.push(nameOf(chart, i));
      for (const object of chart.objects) write(join(nameOf(chart, i), fileName(object.kind, object.metadata.name)), text.of(object));
    }
  });
  return { folders, files };
}

/** The text of all objects of an app. */
export function yamlOf(app: App, { charts }: SynthesisOrder): string {
  return new ObjectText(app).ofAll(objectsOf(charts));
}

/** The content of `construct-metadata.json`: which construct each object comes from. */
export function metadataOf({ charts }: SynthesisOrder): string {
  const resources = Object.fromEntries(charts.flatMap(({ objects }) => objects.map(({ name, node }) => [name, { path: node.path }])));
  return JSON.stringify({ version: '1.0.0', resources });
}

/** What names the file of an object. */
interface Named {
  readonly kind?: unknown;
  readonly metadata: { readonly name?: unknown };
}

function objectsOf(charts: readonly OrderedChart[]): readonly ApiObject[] {
  return charts.flatMap(({ objects }) => objects);
}

function fileName(kind: unknown, name: unknown): string {
  return `${String(kind)}.${String(name)}`.replace(/[^0-9a-zA-Z-_.]/g, '');
}
