import { Size, SizeRoundingBehavior } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { conflict, invalid } from './errors';

const EXAMPLE = 'For example Size.gibibytes(20).';

/**
 * Sizes in the notation of Kubernetes.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export class Quantity {
  /**
   * Converts a Kubernetes quantity to a `Size`, including decimal ones, for which `Size` itself has no unit. It is rendered in the unit that
   * needs the fewest digits: `1000M` as `1G`.
   *
   * @example
   * new PersistentVolumeClaim(this, 'Uploads', { size: Quantity.toSize('1G') });
   *
   * @param text a number and a unit: `Ki`, `Mi`, `Gi`, `Ti`, `Pi` or `Ei`; decimal `k`, `M`, `G`, `T`, `P` or `E`; or none for bytes. Throws
   * unless it is a whole number of bytes, at least 1 and less than 8 EiB.
   */
  public static toSize(text: string): Size {
    const bytes = typeof text === 'string' ? parseQuantity(text) : undefined;
    if (bytes === undefined || !Number.isInteger(bytes) || bytes < 1 || bytes >= 2 ** 63) {
      throw invalid('Quantity.toSize', { property: 'text', got: text, expected: 'a quantity of whole bytes, at least 1 and less than 2^63', hint: "For example '500M' or '20Gi'." });
    }
    return Size.kibibytes(bytes / 1024);
  }

  private constructor() {}
}

/** The number of bytes of a size, possibly with a fraction. */
export function bytesIn(size: Size): number {
  return size.toKibibytes({ rounding: SizeRoundingBehavior.NONE }) * 1024;
}

/** A size in whole bytes as a Kubernetes quantity, binary or decimal, whichever needs fewer digits: `20Gi`, `500Mi`, `1G`. */
export function quantity(size: Size): string {
  const bytes = bytesIn(size);
  const binary = inLargestUnit(bytes, 1024, ['', 'Ki', 'Mi', 'Gi']);
  const decimal = inLargestUnit(bytes, 1000, ['', 'k', 'M', 'G', 'T', 'P', 'E']);
  const { count, unit } = digits(decimal.count) < digits(binary.count) ? decimal : binary;
  return `${count}${unit}`;
}

/** The same in mebibytes if possible, like cdk8s-plus renders memory. */
export function memoryQuantity(size: Size): string {
  const count = bytesIn(size) / 2 ** 20;
  return Number.isInteger(count) ? `${count}Mi` : quantity(size);
}

/** A number of bytes in the largest unit without a fraction. */
function inLargestUnit(bytes: number, base: number, units: string[]): { readonly count: number; readonly unit: string } {
  let power = 0;
  while (power + 1 < units.length && bytes % base ** (power + 1) === 0) power++;
  return { count: bytes / base ** power, unit: units[power] };
}

function digits(count: number): number {
  return String(count).length;
}

/** A size in whole mebibytes, rounded down, as used for Java heaps and server parameters. */
export function mebibytes(size: Size): number {
  return Math.floor(bytesIn(size) / 2 ** 20); // cdk8s only rounds on conversion
}

/** Throws unless the size, which may come from an untyped language, is a whole number of bytes, at least one, and within the range of the API. */
export function requireSize(where: IConstruct, property: string, size: Size, least = 1): Size {
  if (!(size instanceof Size)) throw invalid(where, { property, got: size, expected: 'a Size', hint: EXAMPLE });
  const bytes = bytesIn(size);
  if (!Number.isInteger(bytes) || bytes < least || bytes >= 2 ** 63) {
    throw invalid(where, { property, got: `${bytes} bytes`, expected: `at least ${least} and less than 2^63 bytes, without a fraction`, hint: EXAMPLE });
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

/** The number of bytes of a Kubernetes quantity in any notation: `20Gi`, `1.5G`, `1e9`. Errors refer to `where`. */
export function bytesOf(where: IConstruct | string, text: string | number): number {
  const bytes = parseQuantity(String(text));
  if (bytes === undefined) throw conflict(where, `'${text}' is not a Kubernetes quantity`, "Write it like '20Gi'.");
  return bytes;
}

/**
 * The value of a Kubernetes quantity; undefined if the text is not a quantity.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function parseQuantity(text: string): number | undefined {
  const [, number, exponent, suffix] = /^([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))(?:([eE][+-]?[0-9]+)|([a-zA-Z]*))$/.exec(text) ?? [];
  const unit = UNITS.get(suffix ?? '');
  if (number === undefined || unit === undefined) return undefined;
  const value = Number(`${number}${exponent ?? ''}`) * unit;
  return Number.isInteger(value) ? value : Number(value.toPrecision(15)); // 1.1G is 1100000000, not 1100000000.0000002
}

/** A number of bytes in human-readable form, in the largest binary unit: `1.5Gi`. */
export function showBytes(bytes: number): string {
  const power = Math.min(6, Math.max(0, Math.floor(Math.log2(Math.max(bytes, 1)) / 10)));
  return `${Math.round(bytes / 1024 ** power * 100) / 100}${['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'][power]}`;
}
