import { conflict, requireOneOf } from '../base/errors';
import { parseVersion } from '../kit/version';

/** Which of the two products that speak Redis' protocol. The values are the names of their programs. */
export enum RedisFlavor {
  /** Redis, of Redis Ltd.: see its licence from 7.4 on. */
  REDIS = 'redis',
  /** Valkey, of the Linux Foundation: BSD-licensed. */
  VALKEY = 'valkey',
}

const REPOSITORIES: { readonly [flavor in RedisFlavor]: string } = {
  [RedisFlavor.REDIS]: 'docker.io/library/redis',
  [RedisFlavor.VALKEY]: 'docker.io/valkey/valkey',
};

/**
 * A release of Redis or Valkey. The constants name the patch release and the distribution, and move with releases of this library.
 *
 * A newer release reads the data of an older one, never the other way round. Valkey 8 reads the data of Redis up to 7.2; Redis 7.4 and
 * later and Valkey do not read each other's. The modules in Redis' images from 8.0 on are not loaded.
 *
 * @see https://valkey.io/topics/migration/
 */
export class RedisVersion {
  /** Redis 7.2.11 on Debian bookworm. */
  public static readonly REDIS_7_2 = RedisVersion.of(RedisFlavor.REDIS, '7.2.11-bookworm');
  /** Redis 8.0.5 on Debian bookworm. */
  public static readonly REDIS_8_0 = RedisVersion.of(RedisFlavor.REDIS, '8.0.5-bookworm');
  /** Valkey 8.0.9 on Debian trixie. */
  public static readonly VALKEY_8_0 = RedisVersion.of(RedisFlavor.VALKEY, '8.0.9-trixie');
  /** Valkey 8.1.8 on Debian trixie. */
  public static readonly VALKEY_8_1 = RedisVersion.of(RedisFlavor.VALKEY, '8.1.8-trixie');

  /**
   * Any release from 7.2 on, on Debian: the Alpine variants of the images have no bash.
   *
   * @example
   * RedisVersion.of(RedisFlavor.REDIS, '8.2.1-bookworm');
   *
   * @param flavor the product
   * @param version a tag of its official image. Throws if it does not begin with such a release, or names Alpine.
   */
  public static of(flavor: RedisFlavor, version: string): RedisVersion {
    requireOneOf('RedisVersion.of', 'flavor', flavor, Object.values(RedisFlavor));
    const { flavour = '' } = parseVersion('RedisVersion.of', version, {
      major: 7, minor: 2, because: 'Older releases keep their data in other files, and resolve no host names of replicas that are down.',
    });
    if (flavour.startsWith('alpine')) {
      throw conflict('RedisVersion.of', `'${version}' is an image on Alpine, which has no bash for the scripts of the members`, "Leave '-alpine' out.");
    }
    return new RedisVersion(flavor, version);
  }

  /**
   * The release that a flavor runs by default.
   *
   * @internal
   */
  public static _defaultOf(flavor: RedisFlavor): RedisVersion {
    return flavor === RedisFlavor.VALKEY ? RedisVersion.VALKEY_8_1 : RedisVersion.REDIS_8_0;
  }

  private constructor(
    /** The product. */
    public readonly flavor: RedisFlavor,
    /** The tag of the official image. */
    public readonly version: string,
  ) {}

  /**
   * The official image.
   *
   * @internal
   */
  public get _image(): string {
    return `${REPOSITORIES[this.flavor]}:${this.version}`;
  }
}
