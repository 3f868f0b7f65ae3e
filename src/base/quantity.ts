import { Size, SizeRoundingBehavior } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { conflict, invalid } from './errors';

const EXAMPLE = 'For example Size.gibibytes(20).';

/** A size as a Kubernetes quantity, in the largest binary unit that shows it whole: `20Gi`, `500Mi`. */
export function quantity(size: Size): string {
  const kibibytes = size.toKibibytes({ rounding: SizeRoundingBehavior.FAIL });
  if (kibibytes % (1024 * 1024) === 0) return `${kibibytes / (1024 * 1024)}Gi`;
  if (kibibytes % 1024 === 0) return `${kibibytes / 1024}Mi`;
  return `${kibibytes}Ki`;
}

/** A size in whole mebibytes, rounded down: what Java heaps and server parameters are counted in. */
export function mebibytes(size: Size): number {
  return size.toMebibytes({ rounding: SizeRoundingBehavior.FLOOR });
}

/** Throws unless the size, which may come from a language without our types, is positive and a whole number of kibibytes. */
export function requireSize(where: IConstruct, property: string, size: Size): Size {
  if (!(size instanceof Size)) throw invalid(where, { property, got: size, expected: 'a Size', hint: EXAMPLE });
  const kibibytes = size.toKibibytes({ rounding: SizeRoundingBehavior.NONE });
  if (!Number.isInteger(kibibytes) || kibibytes <= 0) {
    throw invalid(where, { property, got: `${kibibytes}Ki`, expected: 'a size above zero in whole kibibytes', hint: EXAMPLE });
  }
  return size;
}

const UNITS = new Map([
  ['n', 1e-9],
  ['u', 1e-6],
  ['m', 1e-3],
  ...['', 'k', 'M', 'G', 'T', 'P', 'E'].map((suffix, i) => [suffix, 1000 ** i] as const),
  ...['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'].map((suffix, i) => [suffix, 1024 ** (i + 1)] as const),
]);

/** The bytes of a Kubernetes quantity, as anybody may have written it: `20Gi`, `1.5G`, `1e9`. Errors say `where`. */
export function bytesOf(where: IConstruct | string, text: string | number): number {
  const match = /^([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)([a-zA-Z]*)$/.exec(String(text));
  const unit = match && UNITS.get(match[2]);
  if (!match || unit === undefined || unit === null) throw conflict(where, `'${text}' is no Kubernetes quantity`, "Write it as in '20Gi'.");
  return Number(match[1]) * unit;
}

/** Bytes for people, in the largest binary unit that they fill: `1.5Gi`. */
export function showBytes(bytes: number): string {
  const power = Math.min(6, Math.max(0, Math.floor(Math.log2(Math.max(bytes, 1)) / 10)));
  return `${Math.round(bytes / 1024 ** power * 100) / 100}${['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'][power]}`;
}
