import { InvalidInputError } from 'cdk8s-stateful';

/** What a test expects of an error: the fields that matter to it, or a part of its text. */
export type Refusal = Partial<Pick<InvalidInputError, 'where' | 'property' | 'got' | 'allowed' | 'hint'>> | string;

/** The error of the library that `act` ends in; throws if it ends in none, or in another one. */
export function refusalOf(act: () => unknown): InvalidInputError {
  try {
    act();
  } catch (error) {
    if (error instanceof InvalidInputError) return error;
    throw new Error(`expected an InvalidInputError, got ${String(error)}`, { cause: error });
  }
  throw new Error('expected an InvalidInputError, but nothing was refused');
}

/** Expects `act` to be refused by the library. */
export function expectInvalid(act: () => unknown, refusal: Refusal): void {
  const error = refusalOf(act);
  if (typeof refusal === 'string') expect(error.message).toContain(refusal);
  else expect(error).toMatchObject(refusal);
}
