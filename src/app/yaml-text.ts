import { Yaml } from 'cdk8s';

/** Strings that no version of YAML reads as anything else, whether they are keys or values, but for the words below. */
const SAFE = /^[A-Za-z_/](?:[\w./=@+,()$;-]|:(?=[\w/.])| (?=[\w/(]))*$/;
/** Booleans and nulls of any version, and numbers that begin with their exponent. */
const WORD = /^(?:y|yes|n|no|on|off|true|false|null|e[-+]?\d+)$/i;

/** The longest key that fits on the line of its value. */
const LONGEST_KEY = 1024;

/**
 * Writes documents exactly as `Yaml.stringify` of cdk8s does, but faster: it writes maps, lists and plainly safe scalars
 * itself, and asks `Yaml.stringify` for every other scalar, once for each distinct one. A document that is not plain data
 * is left to `Yaml.stringify` as a whole.
 */
export class YamlText {
  /** What `Yaml.stringify` made of awkward scalars, by the indentation of their further lines. */
  private readonly scalars = new Map<string, Map<unknown, string>>();
  private readonly keys = new Map<string, string | undefined>();

  /** The objects of the current document: one that occurs twice is an alias in YAML. */
  private seen = new Set<object>();
  private plain = true;

  /** The text of several documents, with `---` between them. */
  public ofAll(documents: Iterable<unknown>): string {
    return Array.from(documents, document => this.of(document)).join('---\n');
  }

  private of(document: unknown): string {
    if (typeof document !== 'object' || document === null) return Yaml.stringify(document);
    this.seen = new Set();
    this.plain = true;
    const text = this.block(document, '', '');
    return this.plain ? inOnePiece(`${text}\n`) : Yaml.stringify(document);
  }

  /** A map or a list that begins on the current line, after `empty` if there is nothing in it. Further lines begin with `indent`. */
  private block(value: object, indent: string, empty: string): string {
    if (this.seen.has(value)) return this.awkward();
    this.seen.add(value);
    if (Array.isArray(value)) return value.length === 0 ? `${empty}[]` : this.list(value, indent);
    return isMap(value) ? this.map(value, indent) || `${empty}{}` : this.awkward();
  }

  private map(value: Fields, indent: string): string {
    let text = '';
    for (const key of Object.keys(value)) {
      const item = value[key];
      if (text !== '') text += `\n${indent}`;
      text += `${this.key(key)}:`;
      if (typeof item !== 'object' || item === null) text += ` ${this.scalar(item, indent)}`;
      else if (isEmpty(item)) text += this.block(item, indent, ' ');
      else text += `\n${indent}  ${this.block(item, `${indent}  `, '')}`;
    }
    return text;
  }

  private list(items: readonly unknown[], indent: string): string {
    let text = '';
    for (const item of items) {
      if (text !== '') text += `\n${indent}`;
      text += `- ${typeof item !== 'object' || item === null ? this.scalar(item, indent) : this.block(item, `${indent}  `, '')}`;
    }
    return text;
  }

  private key(key: string): string {
    if (key.length <= LONGEST_KEY && isSafe(key)) return key;
    if (!this.keys.has(key)) this.keys.set(key, keyText(key));
    return this.keys.get(key) ?? this.awkward();
  }

  private scalar(value: unknown, indent: string): string {
    if (typeof value === 'string' ? isSafe(value) : typeof value === 'boolean' || (Number.isSafeInteger(value) && !Object.is(value, -0))) return String(value);
    if (typeof value !== 'string' && typeof value !== 'number' && value !== null) return this.awkward();
    const known = this.scalars.get(indent) ?? new Map<unknown, string>();
    this.scalars.set(indent, known);
    const text = known.get(value) ?? indented(scalarText(value), indent);
    known.set(value, text);
    return text;
  }

  private awkward(): string {
    this.plain = false;
    return '';
  }
}

/** V8 keeps the pieces from which a text was put together until a character of it is read. Thousands of them slow its garbage collector down. */
function inOnePiece(text: string): string {
  text.charCodeAt(0);
  return text;
}

function isEmpty(value: object): boolean {
  return Array.isArray(value) ? value.length === 0 : Object.keys(value).length === 0;
}

function isSafe(text: string): boolean {
  if (!SAFE.test(text)) return false;
  const last = text.charCodeAt(text.length - 1);
  return last !== 0x2d /* - */ && !WORD.test(text);
}

interface Fields {
  readonly [key: string]: unknown;
}

function isMap(value: object): value is Fields {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function indented(text: string, indent: string): string {
  return indent === '' ? text : text.replace(/\n(?=[^\n])/g, `\n${indent}`);
}

/** The text of a scalar as the value of a key of the outermost map. */
function scalarText(value: unknown): string {
  const before = 'k: ';
  const after = '\nz: 0\n';
  return Yaml.stringify({ k: value, z: 0 }).slice(before.length, -after.length);
}

/** The text of a key, or undefined if it does not fit on one line or, as with the marks of a document, depends on where it is. */
function keyText(key: string): string | undefined {
  if (/^(?:%|---|\.\.\.)/m.test(key)) return undefined;
  const after = ': 0\n';
  const text = Yaml.stringify({ [key]: 0 });
  return text.startsWith('? ') || text.indexOf('\n') !== text.length - 1 ? undefined : text.slice(0, -after.length);
}
