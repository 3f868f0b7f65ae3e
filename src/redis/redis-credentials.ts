import type * as kplus from 'cdk8s-plus-28';
import { checked } from '../input/check-input';
import { requireSecretKey } from '../kit/secret-key';

/** Options for credentials in a Secret. */
export interface RedisCredentialsOptions {
  /**
   * The key of the password.
   *
   * @default 'password'
   */
  readonly passwordKey?: string;
}

/** A password by reference to a Secret; manifests never contain it. */
export class RedisCredentials {
  /**
   * References a password in a Secret.
   *
   * @example
   * RedisCredentials.fromSecret(kplus.Secret.fromSecretName(this, 'Cache', 'cache-admin'), { passwordKey: 'redis-password' });
   *
   * @param secret a Secret in the namespace of the Pods that use it
   * @param options the key. Throws if it is not a valid Secret key.
   */
  @checked
  public static fromSecret(secret: kplus.ISecret, options: RedisCredentialsOptions = {}): RedisCredentials {
    return new RedisCredentials(secret, requireSecretKey('RedisCredentials.fromSecret', 'passwordKey', options.passwordKey ?? 'password'));
  }

  private constructor(
    /** The Secret. */
    public readonly secret: kplus.ISecret,
    /** The key of the password. */
    public readonly passwordKey: string,
  ) {}

  /** The password, as the value of an environment variable. */
  public get password(): kplus.EnvValue {
    return this.secret.envValue(this.passwordKey);
  }
}
