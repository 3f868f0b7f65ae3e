import * as kplus from 'cdk8s-plus-28';
import type { DatabaseCredentials } from './database-credentials';
import { checked } from '../input/check-input';

/** The value of an environment variable with a connection setting for clients. */
export class ConnectionValue {
  /**
   * A plain value, such as a host name, a port or a database name.
   *
   * @param value the value, which must not be a secret
   */
  @checked
  public static text(value: string): ConnectionValue {
    return new ConnectionValue(() => kplus.EnvValue.fromValue(value));
  }

  /** The user name, as a reference to the Secret of the database or, if given, to the client's own Secret. */
  public static username(): ConnectionValue {
    return new ConnectionValue(({ username }) => username);
  }

  /** The password, as a reference to the Secret of the database or, if given, to the client's own Secret. */
  public static password(): ConnectionValue {
    return new ConnectionValue(({ password }) => password);
  }

  private constructor(
    /**
     * The value for a client with these credentials.
     *
     * @internal
     */
    public readonly _for: (credentials: DatabaseCredentials) => kplus.EnvValue,
  ) {}
}
