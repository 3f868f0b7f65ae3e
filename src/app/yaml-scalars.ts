import { Yaml } from 'cdk8s';

/** Strings that no version of YAML reads as anything else, whether they are keys or values, but for the words below. */
const SAFE = /^[A-Za-z_/](?:[\w./=@+,()$;-]|:(?=[\w/.])| (?=[\w/(]))*$/;
/** Booleans and nulls of any version, and numbers that begin with their exponent. */
const WORD = /^(?:y|yes|n|no|on|off|true|false|null|e[-+]?\d+)$/i;

/** Several lines of printable ASCII, of which the first begins and the last ends with a character that is not blank. */
const LINES = /^[!-~](?:[ -~\n]*[!-~])?\n?$/;

/** The longest key that fits on the line of its value. */
const LONGEST_KEY = 1024;

/**
 * Writes keys and scalars exactly as `Yaml.stringify` of cdk8s does, but faster: it writes plainly safe ones and plain lines itself, and asks `Yaml.stringify` for
 * every other, once for each distinct one.
 */
export class YamlScalars {
  /** The texts of awkward scalars, by the break before their further lines. */
  private readonly scalars = new Map<string, Map<unknown, string>>();
  private readonly keys = new Map<string, string | undefined>();

  /** The text of a key, or undefined if it depends on where the key is. */
  public key(key: string): string | undefined {
    const known = this.keys.get(key);
    if (known !== undefined || this.keys.has(key)) return known;
    const text = key.length <= LONGEST_KEY && isSafe(key) ? key : keyText(key);
    this.keys.set(key, text);
    return text;
  }

  /** The text of a scalar, or undefined if the value is none. Its further lines begin with `newLine`. */
  public scalar(value: unknown, newLine: string): string | undefined {
    if (typeof value === 'string' ? isSafe(value) : typeof value === 'boolean' || (Number.isSafeInteger(value) && !Object.is(value, -0))) return String(value);
    if (typeof value !== 'string' && typeof value !== 'number' && value !== null) return undefined;
    const known = this.scalars.get(newLine) ?? new Map<unknown, string>();
    this.scalars.set(newLine, known);
    const text = known.get(value) ?? (blockText(value) ?? scalarText(value)).replace(/\n(?=[^\n])/g, newLine);
    known.set(value, text);
    return text;
  }
}

function isSafe(text: string): boolean {
  if (!SAFE.test(text)) return false;
  const last = text.charCodeAt(text.length - 1);
  return last !== 0x2d /* - */ && !WORD.test(text);
}

/** The text of plain lines, such as those of a script, as the value of a key of the outermost map; undefined for other values. */
function blockText(value: string | number | null): string | undefined {
  if (typeof value !== 'string' || !value.includes('\n') || !LINES.test(value)) return undefined;
  const isClosed = value.endsWith('\n');
  const lines = isClosed ? value.slice(0, -1) : value;
  return `${isClosed ? '|' : '|-'}\n  ${lines.replace(/\n(?=[^\n])/g, '\n  ')}`;
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
