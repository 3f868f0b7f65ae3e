import { Lazy, Yaml } from 'cdk8s';
import { YamlScalars } from './yaml-scalars';
import { type Fields, isLostKey, isPlainMap, Part, sortedKeys } from '../base/plain-json';

/** The keys of an object that cdk8s writes before all others. */
const FIRST = ['apiVersion', 'kind', 'metadata'];

/**
 * Writes documents exactly as `Yaml.stringify` of cdk8s does, but faster: it writes maps, lists and plainly safe scalars itself. A document that
 * is not plain data is left to `Yaml.stringify` as a whole.
 */
export class YamlText {
  private readonly scalars = new YamlScalars();
  /** The line breaks, with the indentation of the next line, by its depth. */
  private readonly newLines = ['\n'];

  /** What is being written: a part of an object, as it is rendered to, or else something rendered, where an object that occurs twice is an alias. */
  private part?: Part;
  private seen = new Set<object>();
  private plain = true;

  /** The text of a document. */
  public of(document: unknown): string {
    if (typeof document !== 'object' || document === null) return Yaml.stringify(document);
    this.begin();
    this.seen = new Set();
    const text = this.block(document, 0) || this.empty(document);
    return this.end(text) ?? Yaml.stringify(document);
  }

  /** The text of what cdk8s renders an object of Kubernetes to; undefined if its content or metadata are not plain data. */
  public ofObject(content: Fields, metadata: Fields, part: Part.CONTENT | Part.OWN_CONTENT): string | undefined {
    this.begin(Part.METADATA);
    const inner = this.map(metadata, 1);
    if (inner === '' || !this.plain) return undefined;
    this.begin(part);
    const keys = sortedKeys(content).filter(key => !FIRST.includes(key));
    const parts = [this.map(content, 0, ['apiVersion', 'kind']), `metadata:${this.newLine(1)}${inner}`, this.map(content, 0, keys)];
    return this.end(parts.filter(text => text !== '').join('\n'));
  }

  private begin(part?: Part): void {
    this.part = part;
    this.plain = true;
  }

  /** The text of the document, in one piece: V8 keeps the pieces from which a text was put together until a character of it is read, and thousands of them slow its garbage collector down. */
  private end(text: string): string | undefined {
    if (!this.plain) return undefined;
    const whole = `${text}\n`;
    whole.charCodeAt(0);
    return whole;
  }

  /** A map or a list that begins on the current line; an empty text if nothing is in it. */
  private block(value: object, depth: number): string {
    if (this.part === undefined) {
      if (this.seen.has(value)) return this.awkward();
      this.seen.add(value);
    }
    if (Array.isArray(value)) return this.list(value, depth);
    return isPlainMap(value) || (this.part === undefined && hasNoPrototype(value)) ? this.map(value, depth) : this.awkward();
  }

  private map(value: Fields, depth: number, keys = this.part === undefined ? Object.keys(value) : sortedKeys(value)): string {
    let text = '';
    for (const key of keys) {
      if (this.part !== undefined && isLostKey(key)) return this.awkward();
      const item = this.resolved(value[key]);
      if (this.part !== undefined && (item === undefined || item === null)) continue;
      const isBlock = typeof item === 'object' && item !== null;
      const inner = isBlock ? this.block(item, depth + 1) : this.scalar(item, depth);
      if (isBlock && inner === '' && this.part === Part.METADATA) continue;
      if (text !== '') text += this.newLine(depth);
      text += this.key(key);
      if (!isBlock) text += `: ${inner}`;
      else text += inner === '' ? `: ${this.empty(item)}` : `:${this.newLine(depth + 1)}${inner}`;
    }
    return text;
  }

  private list(items: readonly unknown[], depth: number): string {
    let text = '';
    for (const given of items) {
      const item = this.resolved(given);
      if (text !== '') text += this.newLine(depth);
      text += `- ${typeof item !== 'object' || item === null ? this.scalar(item, depth) : this.block(item, depth + 1) || this.empty(item)}`;
    }
    return text;
  }

  private resolved(value: unknown): unknown {
    return this.part === Part.OWN_CONTENT && value instanceof Lazy ? this.resolved(value.produce()) : value;
  }

  private key(key: string): string {
    return (this.part !== undefined && isNumeric(key) ? undefined : this.scalars.key(key)) ?? this.awkward();
  }

  private scalar(value: unknown, depth: number): string {
    return this.scalars.scalar(value, this.newLine(depth)) ?? this.awkward();
  }

  private empty(value: object): string {
    if (this.part === Part.METADATA) return this.awkward();
    return Array.isArray(value) ? '[]' : '{}';
  }

  private newLine(depth: number): string {
    return this.newLines[depth] ??= `\n${'  '.repeat(depth)}`;
  }

  private awkward(): string {
    this.plain = false;
    return '';
  }
}

/** Whether a key begins with a digit: whole numbers are the first keys of an object, however they are sorted. */
function isNumeric(key: string): boolean {
  return key >= '0' && key < ':';
}

function hasNoPrototype(value: object): value is Fields {
  return Object.getPrototypeOf(value) === null;
}
