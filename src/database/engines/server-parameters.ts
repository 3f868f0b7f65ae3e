import { conflict, invalid, mustNotBeSet } from '../../base/errors';
import { type AllowedSettings, requireListed } from '../../kit/listed-settings';
import { requireNoSecret } from '../../kit/secret-settings';

/** Server parameters, by name. */
export type Parameters = { [name: string]: string };

/** The parameters that a user must not set, each with the reason. */
export type Reserved = { readonly [name: string]: string };

/** What a server accepts. All names are normalized. */
export interface ParameterRules {
  readonly reserved: Reserved;
  readonly allowed: AllowedSettings;
  /** The names of a parameter that may be in the list of the server, or undefined if it accepts such names without knowing them. */
  readonly listedAs: (name: string) => readonly string[] | undefined;
  /**
   * The full name of a parameter, without prefixes and abbreviations.
   *
   * @default - the name
   */
  readonly plain?: (name: string) => string;
}

/**
 * The parameters given by the user, with normalized names: in lower case, with '_' instead of '-'. Throws if a name or value is
 * invalid, if the server does not know a parameter, if one is given twice, or if the library sets it.
 */
export function requireParameters(where: string, parameters: Parameters, rules: ParameterRules): Parameters {
  const { reserved, allowed, listedAs, plain = (name: string) => name } = rules;
  const written = new Map<string, string>();
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => {
    const property = `parameters.${name}`;
    if (!/^[a-zA-Z_][-a-zA-Z0-9_.]*$/.test(name)) {
      throw invalid(where, { property, got: name, expected: 'the name of a server parameter' });
    }
    if (typeof value !== 'string' || /[\n\0]/.test(value)) {
      throw invalid(where, { property, got: value, expected: 'a single line of text', hint: "Quote numbers and booleans: '100', 'on'." });
    }
    const normalized = name.toLowerCase().replace(/-/g, '_');
    const meant = plain(normalized);
    const reason = reserved[meant];
    if (reason !== undefined) throw mustNotBeSet(where, { property, got: value, reason });
    requireNoSecret(where, property, normalized, value);
    const names = listedAs(normalized);
    if (names !== undefined) requireListed(where, allowed, { property, name, listedAs: names });
    const twin = written.get(meant);
    if (twin !== undefined) throw conflict(where, `the parameters '${twin}' and '${name}' are the same to the server`, 'Omit one of them.');
    written.set(meant, name);
    return [normalized, value];
  }));
}

/** The format of the memory sizes of a server. */
export interface MemoryUnits {
  /** The number of bytes of each unit. */
  readonly units: { readonly [unit: string]: number };
  /** The number of bytes of a value without a unit. */
  readonly bare: number;
  /** The pattern of the number before the unit. */
  readonly amount: RegExp;
}

/** Parses a memory parameter, in MiB. Throws if it is not a memory size. */
export function parseMemory(where: string, name: string, value: string, { units, bare, amount: digits }: MemoryUnits): number {
  const [, amount, unit] = new RegExp(`^\\s*(${digits.source})\\s*([a-zA-Z]*)\\s*$`).exec(value) ?? [];
  const bytes = unit === '' ? bare : units[unit ?? 'none'];
  if (amount === undefined || bytes === undefined) {
    throw invalid(where, { property: `parameters.${name}`, got: value, expected: `a number with an optional unit: ${Object.keys(units).join(', ')}` });
  }
  return Number(amount) * bytes / 2 ** 20;
}

/** The value, limited to the range. */
export function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}

/** The value escaped for a container's command line, where Kubernetes expands `$(NAME)` and replaces `$$` with `$`. */
export function literal(value: string): string {
  return value.replace(/\$/g, '$$$$');
}
