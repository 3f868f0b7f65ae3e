import { say } from './progress';

/** `it`, unless there is a reason why a case cannot run here: then the case is skipped and the reason printed. */
export function itUnless(reason: string | undefined): jest.It {
  if (reason === undefined) return it;
  const skip = (title: string) => {
    say(`skipped: ${reason} (${title})`);
    it.skip(`${title}: skipped: ${reason}`, () => undefined);
  };
  return skip as jest.It;
}

/** Why cases that need a container image cannot run here, if they cannot: MISSING_IMAGES lists, spaces between, what this place has not. */
export function imageMissing(image: string): string | undefined {
  return process.env.MISSING_IMAGES?.split(' ').includes(image) ? `needs the image ${image}, which MISSING_IMAGES names` : undefined;
}
