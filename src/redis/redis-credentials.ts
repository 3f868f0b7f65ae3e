import type * as kplus from 'cdk8s-plus-28';
import { requireSecretKey } from '../kit/secret-key';

/** Where in a Secret the password is. */
export interface RedisCredentialsOptions {
  /**
   * The key of the password.
   *
   * @default 'password'
   */
  readonly passwordKey?: string;
}

/** A password by reference: no manifest holds it. */
export class RedisCredentials {
  /**
   * The password in a Secret.
   *
   * @example
   * RedisCredentials.fromSecret(kplus.Secret.fromSecretName(this, 'Cache', 'cache-admin'), { passwordKey: 'redis-password' });
   *
   * @param secret a Secret in the namespace of those who read it
   * @param options the key; throws if it cannot be one
   */
  public static fromSecret(secret: kplus.ISecret, options: RedisCredentialsOptions = {}): RedisCredentials {
    return new RedisCredentials(secret, requireSecretKey('RedisCredentials.fromSecret', 'passwordKey', options.passwordKey ?? 'password'));
  }

  private constructor(
    /** The Secret. */
    public readonly secret: kplus.ISecret,
    /** The key of the password. */
    public readonly passwordKey: string,
  ) {}

  /** The password, as a variable of a container. */
  public get password(): kplus.EnvValue {
    return this.secret.envValue(this.passwordKey);
  }
}
