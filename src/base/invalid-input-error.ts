/**
 * The error of a wrong input: what a construct, method or factory throws that refuses what it is given. TypeScript and JavaScript read its
 * fields; other languages see the message only, because jsii carries no other part of an exception.
 *
 * @jsii ignore
 */
export class InvalidInputError extends Error {
  public override readonly name = 'InvalidInputError';
  /** Where the input was given: the path of a construct, or the name of a method such as `Members.quorum`. */
  public readonly where: string;
  /** The property, as the user wrote it, such as `storage.size`; undefined where several properties contradict each other. */
  public readonly property?: string;
  /** The value that was given. */
  public readonly got?: unknown;
  /** The values that are allowed, in words. */
  public readonly allowed?: string;
  /** What to do, in a sentence. */
  public readonly hint?: string;

  /** Not for callers: the library makes these. */
  public constructor(message: string, { where, property, got, allowed, hint }: Omit<InvalidInputError, keyof Error>) {
    super(`${where}: ${message}.${hint ? ` ${hint}` : ''}`);
    this.where = where;
    this.property = property;
    this.got = got;
    this.allowed = allowed;
    this.hint = hint;
  }
}
