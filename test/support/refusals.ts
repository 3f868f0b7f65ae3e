import { InvalidInputError } from 'cdk8s-stateful';

/** The expected error of a test: the relevant fields, or a part of its message. */
export type Refusal = Partial<Pick<InvalidInputError, 'where' | 'property' | 'got' | 'allowed' | 'hint'>> | string;

/** Returns the InvalidInputError that `act` throws; throws if there is none, or another error. */
export function refusalOf(act: () => unknown): InvalidInputError {
  try {
    act();
  } catch (error) {
    if (error instanceof InvalidInputError) return error;
    throw new Error(`expected an InvalidInputError, got ${String(error)}`, { cause: error });
  }
  throw new Error('expected an InvalidInputError, but nothing was refused');
}

/** Expects `act` to throw an InvalidInputError. */
export function expectInvalid(act: () => unknown, refusal: Refusal): void {
  const error = refusalOf(act);
  if (typeof refusal === 'string') expect(error.message).toContain(refusal);
  else expect(error).toMatchObject(refusal);
}
