import type { IConstruct } from 'constructs';
import { invalid } from '../base/errors';

/** The image tag of a release: numbers, optionally followed by a flavour. */
const TAG = /^(\d+)(?:\.(\d+))?(?:\.\d+)*(?:-([a-z0-9][-._a-z0-9]*))?$/;

/** The oldest supported release. */
export interface OldestRelease {
  readonly major: number;
  readonly minor?: number;
  /** Why older releases are not supported, for the error message. */
  readonly because?: string;
}

/** The parts of an image tag. */
export interface ImageTag {
  readonly major: number;
  /** Absent if the tag does not specify it, so that the tag is updated over time. */
  readonly minor?: number;
  /** The suffix after the release: `bookworm`, `ubi9`. */
  readonly flavour?: string;
}

/** Reads an image tag such as `17`, `17.11` or `17.11-trixie`; throws if it is invalid or too old. */
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
      hint: match !== null && oldest.because !== undefined ? oldest.because : 'With floating tags such as \'latest\', the server would change without notice.',
    });
  }
  return { major, minor, flavour: match[3] };
}

/** The class of the releases of one product. */
export interface VersionClass<T> {
  readonly name: string;
  readonly prototype: T;
}

/** Throws unless `version`, which may come from an untyped language, is an instance of `product`. */
export function requireVersion<T extends object>(where: IConstruct | string, version: T, product: VersionClass<T>): T {
  if (!Object.prototype.isPrototypeOf.call(product.prototype, version)) {
    throw invalid(where, { property: 'version', got: version, expected: `a ${product.name}`, hint: `Use ${product.name}.of, or one of its constants.` });
  }
  return version;
}
