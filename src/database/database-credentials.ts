import type * as kplus from 'cdk8s-plus-28';
import { invalid } from '../base/errors';
import { checked } from '../input/check-input';
import { requireSecretKey } from '../kit/secret-key';

/** Options for credentials in a Secret. */
export interface DatabaseCredentialsOptions {
  /**
   * The key of the user name.
   *
   * @default 'username'
   */
  readonly usernameKey?: string;

  /**
   * The key of the password.
   *
   * @default 'password'
   */
  readonly passwordKey?: string;
}

/**
 * The user that owns a database, by reference to a Secret; manifests never contain the name or the password.
 *
 * The images create the user when the volume is new and ignore later changes of the Secret. To change the password, change it in the
 * database with SQL, then in the Secret, then restart the clients.
 */
export class DatabaseCredentials {
  /**
   * References credentials in a Secret.
   *
   * @example
   * DatabaseCredentials.fromSecret(kplus.Secret.fromSecretName(this, 'Admin', 'orders-admin'), { usernameKey: 'login' });
   *
   * @param secret a Secret in the namespace of the Pods that use it
   * @param options the keys. Throws if they are not valid Secret keys, or equal.
   */
  @checked
  public static fromSecret(secret: kplus.ISecret, options: DatabaseCredentialsOptions = {}): DatabaseCredentials {
    const where = 'DatabaseCredentials.fromSecret';
    const usernameKey = requireSecretKey(where, 'usernameKey', options.usernameKey ?? 'username');
    const passwordKey = requireSecretKey(where, 'passwordKey', options.passwordKey ?? 'password');
    if (usernameKey === passwordKey) {
      throw invalid(where, { property: 'passwordKey', got: passwordKey, expected: "a key other than 'usernameKey'" });
    }
    return new DatabaseCredentials(secret, usernameKey, passwordKey);
  }

  private constructor(
    /** The Secret. */
    public readonly secret: kplus.ISecret,
    /** The key of the user name. */
    public readonly usernameKey: string,
    /** The key of the password. */
    public readonly passwordKey: string,
  ) {}

  /** The user name, as the value of an environment variable. */
  public get username(): kplus.EnvValue {
    return this.secret.envValue(this.usernameKey);
  }

  /** The password, as the value of an environment variable. */
  public get password(): kplus.EnvValue {
    return this.secret.envValue(this.passwordKey);
  }
}
