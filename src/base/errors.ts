import { Construct, type IConstruct } from 'constructs';
import { InvalidInputError } from './invalid-input-error';

/** The details of an invalid input. */
export interface InvalidInput {
  /** The property, as the user wrote it: `members`, `storage.size`. */
  readonly property: string;
  /** The actual value. */
  readonly got: unknown;
  /** The allowed values, following the word "expected". */
  readonly expected: string;
  /** What to do, or the reason, as a sentence. */
  readonly hint?: string;
}

/** The error for an invalid value: where, which property, the actual and the allowed value, and what to do. */
export function invalid(where: IConstruct | string, input: InvalidInput): InvalidInputError {
  const { property, got, expected, hint } = input;
  return new InvalidInputError(`invalid '${property}': got ${show(got)}, expected ${expected}`, { where: pathOf(where), property, got, allowed: expected, hint });
}

/** A property that must not be set, such as one that the library derives. */
export interface ForbiddenInput {
  readonly property: string;
  readonly got: unknown;
  /** The reason, following a colon. */
  readonly reason: string;
}

/** The error for a property that must not be set. */
export function mustNotBeSet(where: IConstruct | string, { property, got, reason }: ForbiddenInput): InvalidInputError {
  return new InvalidInputError(`'${property}' must not be set: ${reason}`, { where: pathOf(where), property, got, allowed: 'nothing' });
}

/** The error for two inputs that contradict each other. */
export function conflict(where: IConstruct | string, what: string, todo: string): InvalidInputError {
  return new InvalidInputError(what, { where: pathOf(where), hint: todo });
}

/** Runs `act`; the error of a part of a construct becomes one of the construct itself, which is what the user made. */
export function reportedBy<T>(construct: IConstruct, act: () => T): T {
  try {
    return act();
  } catch (error) {
    const { path } = construct.node;
    if (!(error instanceof InvalidInputError) || !error.where.startsWith(`${path}/`)) throw error;
    throw error._of(path);
  }
}

/** Throws unless `value` is a whole number within the range. */
export function requireInteger(where: IConstruct | string, property: string, value: number, min: number, max = 2 ** 31 - 1, hint?: string): number {
  if (!Number.isInteger(value) || value < min || value > max) {
    const expected = max === 2 ** 31 - 1 ? `a whole number of at least ${min}` : `a whole number from ${min} to ${max}`;
    throw invalid(where, { property, got: value, expected, hint });
  }
  return value;
}

/** Throws unless `value`, which may come from an untyped language, is one of `allowed`. */
export function requireOneOf<T extends string>(where: IConstruct | string, property: string, value: T, allowed: readonly T[], hint?: string): T {
  if (!allowed.includes(value)) throw invalid(where, { property, got: value, expected: `one of ${allowed.join(', ')}`, hint });
  return value;
}

function pathOf(where: IConstruct | string): string {
  return typeof where === 'string' ? where : where.node.path;
}

/** A value for people: a construct by its path, another object of a class by the class, which may be large or lead back to itself. */
function show(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'function') return value.name === '' ? 'a function' : `the function ${value.name}`;
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  if (Construct.isConstruct(value)) return `the ${value.constructor.name} ${value.node.path}`.trimEnd(); // an App has an empty path
  const { name } = value.constructor ?? Object;
  if (name !== 'Object') return `${/^[AEIO]/.test(name) ? 'an' : 'a'} ${name}`;
  const fields = Object.entries(value).map(([key, field]) => `${key}: ${typeof field === 'object' && field !== null ? '…' : show(field)}`);
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}
