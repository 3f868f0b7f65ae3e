import { conflict, invalid } from '../../base/errors';

/** Parameters of a server, by its own names. */
export type Parameters = { [name: string]: string };

/** The parameters that a user must not set, each with the reason, after "because". */
export type Reserved = { readonly [name: string]: string };

/**
 * The parameters of a user under the names that servers know them by: in lower case, with '_' for '-'. Throws if one is
 * none of a server's, is given twice, or is one that the library sets.
 *
 * @param plain what a name means to the server, where a prefix says how it is read
 */
export function requireParameters(where: string, parameters: Parameters, reserved: Reserved, plain = (name: string) => name): Parameters {
  const written = new Map<string, string>();
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => {
    const property = `parameters.${name}`;
    if (!/^[a-zA-Z_][-a-zA-Z0-9_.]*$/.test(name)) {
      throw invalid(where, { property, got: name, expected: 'the name of a server parameter' });
    }
    if (typeof value !== 'string' || /[\n\0]/.test(value)) {
      throw invalid(where, { property, got: value, expected: 'a text of one line', hint: "Write numbers and switches in quotes: '100', 'on'." });
    }
    const normalized = name.toLowerCase().replace(/-/g, '_');
    const meant = plain(normalized);
    const reason = reserved[meant];
    if (reason !== undefined) throw conflict(where, `the parameter '${name}' cannot be set, because ${reason}`, 'Leave it out.');
    const twin = written.get(meant);
    if (twin !== undefined) throw conflict(where, `the parameters '${twin}' and '${name}' are one to the server`, 'Leave one of them out.');
    written.set(meant, name);
    return [normalized, value];
  }));
}

/** What memory sizes of a server look like. */
export interface MemoryUnits {
  /** Bytes of each unit, by its name. */
  readonly units: { readonly [unit: string]: number };
  /** Bytes of a number without a unit. */
  readonly bare: number;
  /** The digits before the unit. */
  readonly amount: RegExp;
}

/** Reads a memory parameter in MiB; throws if it is none. */
export function parseMemory(where: string, name: string, value: string, { units, bare, amount: digits }: MemoryUnits): number {
  const [, amount, unit] = new RegExp(`^\\s*(${digits.source})\\s*([a-zA-Z]*)\\s*$`).exec(value) ?? [];
  const bytes = unit === '' ? bare : units[unit ?? 'none'];
  if (amount === undefined || bytes === undefined) {
    throw invalid(where, { property: `parameters.${name}`, got: value, expected: `a number, alone or with a unit: ${Object.keys(units).join(', ')}` });
  }
  return Number(amount) * bytes / 2 ** 20;
}

/** The value, or the bound that it is beyond. */
export function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}

/** A value of a command line that Kubernetes, which expands `$(NAME)` and reads `$$` as `$`, passes on as it is. */
export function literal(value: string): string {
  return value.replace(/\$/g, '$$$$');
}
