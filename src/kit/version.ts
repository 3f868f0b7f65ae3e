import type { IConstruct } from 'constructs';
import { invalid } from '../base/errors';

/** A release that a product's images are tagged with: numbers, then perhaps a flavour. */
const TAG = /^(\d+)(?:\.(\d+))?(?:\.\d+)*(?:-([a-z0-9][-._a-z0-9]*))?$/;

/** The oldest release that is taken. */
export interface OldestRelease {
  readonly major: number;
  readonly minor?: number;
  /** Why older ones are not taken, for the message. */
  readonly because?: string;
}

/** What an image tag says. */
export interface ImageTag {
  readonly major: number;
  /** Absent where the tag leaves it open: such a tag moves. */
  readonly minor?: number;
  /** What follows the release: `bookworm`, `ubi9`. */
  readonly flavour?: string;
}

/** Reads an image tag such as `17`, `17.11` or `17.11-trixie`; throws if it is none or too old. */
export function parseVersion(where: string, tag: string, oldest: OldestRelease): ImageTag {
  const match = TAG.exec(tag);
  const [major, minor] = [Number(match?.[1]), match?.[2] === undefined ? undefined : Number(match[2])];
  const tooOld = major < oldest.major || (major === oldest.major && minor !== undefined && minor < (oldest.minor ?? 0));
  if (match === null || tooOld) {
    const least = oldest.minor === undefined ? `${oldest.major}` : `${oldest.major}.${oldest.minor}`;
    throw invalid(where, {
      property: 'version',
      got: tag,
      expected: `an image tag that begins with a release of at least ${least}`,
      hint: match !== null && oldest.because !== undefined ? oldest.because : 'Moving tags such as \'latest\' would change the server under your data.',
    });
  }
  return { major, minor, flavour: match[3] };
}

/** The class of the releases of one product. */
export interface VersionClass<T> {
  readonly name: string;
  readonly prototype: T;
}

/** Throws unless `version`, which may come from a language without our types, is one that `product` made. */
export function requireVersion<T extends object>(where: IConstruct | string, version: T, product: VersionClass<T>): T {
  if (!Object.prototype.isPrototypeOf.call(product.prototype, version)) {
    throw invalid(where, { property: 'version', got: version, expected: `a ${product.name}`, hint: `Make one by ${product.name}.of, or take one of its constants.` });
  }
  return version;
}
