import type * as kplus from 'cdk8s-plus-28';
import { invalid } from '../base/errors';
import { requireSecretKey } from '../kit/secret-key';

/** Where in a Secret the credentials are. */
export interface DatabaseCredentialsOptions {
  /**
   * The key of the user's name.
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
 * The user that a database is made with, by reference: no manifest holds a name or a password.
 *
 * Images create the user when a volume is new, and never look again: to change a password, change it in the database
 * with SQL, then in the Secret, then restart the clients.
 */
export class DatabaseCredentials {
  /**
   * The credentials in a Secret.
   *
   * @example
   * DatabaseCredentials.fromSecret(kplus.Secret.fromSecretName(this, 'Admin', 'orders-admin'), { usernameKey: 'login' });
   *
   * @param secret a Secret in the namespace of those who read it
   * @param options the keys
   */
  public static fromSecret(secret: kplus.ISecret, options: DatabaseCredentialsOptions = {}): DatabaseCredentials {
    const where = 'DatabaseCredentials.fromSecret';
    const usernameKey = requireSecretKey(where, 'usernameKey', options.usernameKey ?? 'username');
    const passwordKey = requireSecretKey(where, 'passwordKey', options.passwordKey ?? 'password');
    if (usernameKey === passwordKey) {
      throw invalid(where, { property: 'passwordKey', got: passwordKey, expected: "another key than 'usernameKey'" });
    }
    return new DatabaseCredentials(secret, usernameKey, passwordKey);
  }

  private constructor(
    /** The Secret. */
    public readonly secret: kplus.ISecret,
    /** The key of the user's name. */
    public readonly usernameKey: string,
    /** The key of the password. */
    public readonly passwordKey: string,
  ) {}

  /** The user's name, as a variable of a container. */
  public get username(): kplus.EnvValue {
    return this.secret.envValue(this.usernameKey);
  }

  /** The password, as a variable of a container. */
  public get password(): kplus.EnvValue {
    return this.secret.envValue(this.passwordKey);
  }
}
