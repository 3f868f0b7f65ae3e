import type { RedisCredentials } from './redis-credentials';

/** An account of clients, beside the one named `default`, which may do everything. */
export interface RedisUserProps {
  /**
   * What the account may do, by the rules of Redis' ACL: `['~orders:*', '+@read', '+@write']`. Whether it is on, and its password,
   * are not among them: they follow from `credentials`.
   *
   * @see https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/
   */
  readonly rules: string[];

  /** Its password. */
  readonly credentials: RedisCredentials;
}
