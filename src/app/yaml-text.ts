import { Yaml } from 'cdk8s';
import { YamlScalars } from './yaml-scalars';
import { type Fields, isLostKey, isPlainMap, sortedKeys } from '../base/plain-json';

/** The keys of an object that cdk8s writes before all others. */
const FIRST = ['apiVersion', 'kind', 'metadata'];

/** What is being written. */
enum Source {
  /** Something rendered, written as it is. An object that occurs in it twice is an alias in YAML. */
  JSON,
  /** Something that cdk8s renders with sorted keys, without undefined and null, and without aliases. */
  CONTENT,
  /** The same, without maps and lists that are empty. */
  METADATA,
}

/**
 * Writes documents exactly as `Yaml.stringify` of cdk8s does, but faster: it writes maps, lists and plainly safe scalars itself. A document that
 * is not plain data is left to `Yaml.stringify` as a whole.
 */
export class YamlText {
  private readonly scalars = new YamlScalars();
  /** The line breaks, with the indentation of the next line, by its depth. */
  private readonly newLines = ['\n'];

  private source = Source.JSON;
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
  public ofObject(content: Fields, metadata: Fields): string | undefined {
    this.begin();
    this.source = Source.METADATA;
    const inner = this.map(metadata, 1);
    this.source = Source.CONTENT;
    const keys = sortedKeys(content).filter(key => !FIRST.includes(key));
    const parts = [this.map(content, 0, ['apiVersion', 'kind']), `metadata:${this.newLine(1)}${inner}`, this.map(content, 0, keys)];
    return inner === '' ? undefined : this.end(parts.filter(part => part !== '').join('\n'));
  }

  private begin(): void {
    this.source = Source.JSON;
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
    if (this.source === Source.JSON) {
      if (this.seen.has(value)) return this.awkward();
      this.seen.add(value);
    }
    if (Array.isArray(value)) return this.list(value, depth);
    return isPlainMap(value) || (this.source === Source.JSON && hasNoPrototype(value)) ? this.map(value, depth) : this.awkward();
  }

  private map(value: Fields, depth: number, keys = this.source === Source.JSON ? Object.keys(value) : sortedKeys(value)): string {
    let text = '';
    for (const key of keys) {
      const item = value[key];
      if (this.source !== Source.JSON && (item === undefined || item === null)) continue;
      const isBlock = typeof item === 'object' && item !== null;
      const inner = isBlock ? this.block(item, depth + 1) : this.scalar(item, depth);
      if (isBlock && inner === '' && this.source === Source.METADATA) continue;
      if (text !== '') text += this.newLine(depth);
      text += this.key(key);
      if (!isBlock) text += `: ${inner}`;
      else text += inner === '' ? `: ${this.empty(item)}` : `:${this.newLine(depth + 1)}${inner}`;
    }
    return text;
  }

  private list(items: readonly unknown[], depth: number): string {
    let text = '';
    for (const item of items) {
      if (text !== '') text += this.newLine(depth);
      text += `- ${typeof item !== 'object' || item === null ? this.scalar(item, depth) : this.block(item, depth + 1) || this.empty(item)}`;
    }
    return text;
  }

  private key(key: string): string {
    return (this.source !== Source.JSON && (isLostKey(key) || isNumeric(key)) ? undefined : this.scalars.key(key)) ?? this.awkward();
  }

  private scalar(value: unknown, depth: number): string {
    return this.scalars.scalar(value, this.newLine(depth)) ?? this.awkward();
  }

  private empty(value: object): string {
    if (this.source === Source.METADATA) return this.awkward();
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
