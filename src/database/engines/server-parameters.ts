import { conflict, invalid } from '../../private/errors';

/** Parameters of a server, by its own names. */
export type Parameters = { [name: string]: string };

/** The parameters that a user must not set, each with the reason, after "because". */
export type Reserved = { readonly [name: string]: string };

/** Throws if a parameter is none of a server's, or one that the library sets. */
export function requireParameters(where: string, parameters: Parameters, reserved: Reserved, normalize: (name: string) => string): void {
  for (const [name, value] of Object.entries(parameters)) {
    const property = `parameters.${name}`;
    if (!/^[a-zA-Z_][-a-zA-Z0-9_.]*$/.test(name)) {
      throw invalid(where, { property, got: name, expected: 'the name of a server parameter' });
    }
    if (typeof value !== 'string' || /[\n\0]/.test(value)) {
      throw invalid(where, { property, got: value, expected: 'a text of one line', hint: "Write numbers and switches in quotes: '100', 'on'." });
    }
    const reason = reserved[normalize(name)];
    if (reason !== undefined) throw conflict(where, `the parameter '${name}' cannot be set, because ${reason}`, 'Leave it out.');
  }
}

/** What memory sizes of a server look like. */
export interface MemoryUnits {
  /** Bytes of each unit, by its name. */
  readonly units: { readonly [unit: string]: number };
  /** Bytes of a number without a unit. */
  readonly bare: number;
}

/** Reads a memory parameter in MiB; throws if it is none. */
export function parseMemory(where: string, name: string, value: string, { units, bare }: MemoryUnits): number {
  const [, amount, unit] = /^\s*(\d+)\s*([a-zA-Z]*)\s*$/.exec(value) ?? [];
  const bytes = unit === '' ? bare : units[unit ?? 'none'];
  if (amount === undefined || bytes === undefined) {
    throw invalid(where, { property: `parameters.${name}`, got: value, expected: `a number, alone or with a unit: ${Object.keys(units).join(', ')}` });
  }
  return Number(amount) * bytes / 2 ** 20;
}

/** A value of a command line that Kubernetes, which expands `$(NAME)` and reads `$$` as `$`, passes on as it is. */
export function literal(value: string): string {
  return value.replace(/\$/g, '$$$$');
}
