import type { RedisCredentials } from './redis-credentials';

/** Properties of an ACL user, in addition to the `default` user, which has full access. */
export interface RedisUserProps {
  /**
   * The permissions of the user, as Redis ACL rules: `['~orders:*', '+@read', '+@write']`. Rules that enable or disable the user or
   * set its password throw: these are derived from `credentials`.
   *
   * @see https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/
   */
  readonly rules: string[];

  /** The password of the user. */
  readonly credentials: RedisCredentials;
}
