/**
 * The error that constructs, methods and factories throw for invalid input. Its fields are available in TypeScript and
 * JavaScript; other languages only get the message, because jsii does not transfer other parts of an exception.
 *
 * @jsii ignore
 */
export class InvalidInputError extends Error {
  public override readonly name = 'InvalidInputError';
  /** Where the input is invalid: the path of a construct, or the name of a method such as `Members.quorum`. */
  public readonly where: string;
  /** The property, as the user wrote it, such as `storage.size`; undefined if several properties contradict each other. */
  public readonly property?: string;
  /** The actual value. */
  public readonly got?: unknown;
  /** A description of the allowed values. */
  public readonly allowed?: string;
  /** What to do, as a sentence. */
  public readonly hint?: string;

  /** Created by the library only. */
  public constructor(message: string, { where, property, got, allowed, hint }: Omit<InvalidInputError, keyof Error | '_of'>) {
    super(`${where}: ${message}.${hint ? ` ${hint}` : ''}`);
    this.where = where;
    this.property = property;
    this.got = got;
    this.allowed = allowed;
    this.hint = hint;
    // Node prints the enumerable fields of an error that nobody catches, though the message has them.
    for (const field of Object.keys(this)) Object.defineProperty(this, field, { enumerable: false });
    captureWholeStack(this);
  }

  /**
   * The same error of another construct.
   *
   * @internal
   */
  public _of(where: string): InvalidInputError {
    const { property, got, allowed, hint } = this;
    const error = new InvalidInputError('', { where, property, got, allowed, hint });
    error.message = where + this.message.slice(this.where.length);
    error.stack = this.stack?.replace(this.where, where);
    return error;
  }
}

/** By default Node keeps ten calls, which can all be within the library: the caller's line would be missing. */
function captureWholeStack(error: InvalidInputError): void {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 50;
  Error.captureStackTrace(error, InvalidInputError);
  Error.stackTraceLimit = stackTraceLimit;
}
