import * as kplus from 'cdk8s-plus-28';
import type { DatabaseCredentials } from './database-credentials';

/** The value of a variable that tells a client how to connect. */
export class ConnectionValue {
  /**
   * A value that is no secret: a DNS name, a port, a name.
   *
   * @param value the value
   */
  public static text(value: string): ConnectionValue {
    return new ConnectionValue(() => kplus.EnvValue.fromValue(value));
  }

  /** The user's name, by reference to the Secret of the credentials: the database's, or those that the client has of its own. */
  public static username(): ConnectionValue {
    return new ConnectionValue(({ username }) => username);
  }

  /** The password, likewise. */
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
