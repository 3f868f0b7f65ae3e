import { join } from 'node:path';
import { ApiObject, type App, Names, YamlOutputType } from 'cdk8s';
import type { OrderedChart, SynthesisOrder } from './synthesis-order';
import { YamlText } from './yaml-text';
import { plainObject } from '../base/plain-object';

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
  const write = (name: string, documents: Iterable<unknown>) => files.set(name + extension, text.ofAll(documents));
  const nameOf = ({ chart }: OrderedChart, i: number) => `${hasDependentCharts ? `${String(i).padStart(4, '0')}-` : ''}${Names.toDnsLabel(chart)}`;

  if (type === YamlOutputType.FILE_PER_APP && charts.length > 0) write('app', allJsonOf(charts));
  charts.forEach((chart, i) => {
    if (type === YamlOutputType.FILE_PER_CHART) {
      write(nameOf(chart, i), jsonOf(chart));
    } else if (type === YamlOutputType.FILE_PER_RESOURCE) {
      for (const json of jsonOf(chart)) write(fileName(json.kind, json.metadata?.name), [json]);
    } else if (type === YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE) {
      folders.push(nameOf(chart, i));
      for (const object of chart.objects) write(join(nameOf(chart, i), fileName(object.kind, object.metadata.name)), [renderedBy(object)]);
    }
  });
  return { folders, files };
}

/** The text of all objects of an app. */
export function yamlOf({ charts }: SynthesisOrder): string {
  return new YamlText().ofAll(allJsonOf(charts));
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

/** What an object renders to. That of a class of its own renders itself. */
function renderedBy(object: ApiObject): unknown {
  const content: unknown = object.toJson === ApiObject.prototype.toJson ? Reflect.get(object, 'props') : undefined;
  return (typeof content === 'object' && content !== null ? plainObject(object, content) : undefined) ?? object.toJson();
}

/** One after the other, as each is garbage once it is text: memory that is used for longer costs more than rendering. */
function* jsonOf({ objects }: OrderedChart): Iterable<Named> {
  for (const object of objects) yield renderedBy(object) as Named;
}

function* allJsonOf(charts: readonly OrderedChart[]): Iterable<Named> {
  for (const chart of charts) yield* jsonOf(chart);
}

function fileName(kind: unknown, name: unknown): string {
  return `${String(kind)}.${String(name)}`.replace(/[^0-9a-zA-Z-_.]/g, '');
}
