import { conflict, requireOneOf } from '../base/errors';
import { checked } from '../input/check-input';
import { parseVersion } from '../kit/version';

/** The product to run. Each value is the prefix of the names of its programs. */
export enum RedisFlavor {
  /** Redis, by Redis Ltd. Check its license, which changed with 7.4. */
  REDIS = 'redis',
  /** Valkey, a project of the Linux Foundation, under the BSD license. */
  VALKEY = 'valkey',
}

const REPOSITORIES: { readonly [flavor in RedisFlavor]: string } = {
  [RedisFlavor.REDIS]: 'docker.io/library/redis',
  [RedisFlavor.VALKEY]: 'docker.io/valkey/valkey',
};

/**
 * A release of Redis or Valkey.
 *
 * The constants refer to a patch release and a distribution, which change with releases of this library. A newer release reads the
 * data of an older one, but not the other way round. Valkey 8 reads the data of Redis up to 7.2; Valkey and Redis 7.4 or later cannot
 * read each other's data. The modules in the images of Redis 8.0 and later are not loaded.
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
   * Any release as of 7.2, on Debian: the Alpine images have no bash.
   *
   * @example
   * RedisVersion.of(RedisFlavor.REDIS, '8.2.1-bookworm');
   *
   * @param flavor the product
   * @param version a tag of its official image. Throws if it does not start with such a release, or if the image is based on Alpine.
   */
  @checked
  public static of(flavor: RedisFlavor, version: string): RedisVersion {
    requireOneOf('RedisVersion.of', 'flavor', flavor, Object.values(RedisFlavor));
    const { flavour = '' } = parseVersion('RedisVersion.of', version, {
      major: 7, minor: 2, because: 'Older releases use other data files, and cannot resolve the host names of replicas that are down.',
    });
    if (flavour.startsWith('alpine')) {
      throw conflict('RedisVersion.of', `'${version}' is an Alpine image, which has no bash for the scripts of the members`, "Omit '-alpine'.");
    }
    return new RedisVersion(flavor, version);
  }

  /**
   * The default release of a flavor.
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
