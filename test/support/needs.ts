import { say } from './progress';

/** `it`, or, if there is a reason why a case cannot run here, a skipped case with the reason printed. */
export function itUnless(reason: string | undefined): jest.It {
  if (reason === undefined) return it;
  const skip = (title: string) => {
    say(`skipped: ${reason} (${title})`);
    it.skip(`${title}: skipped: ${reason}`, () => undefined);
  };
  return skip as jest.It;
}

/** The reason why cases that need a container image cannot run here, if any: MISSING_IMAGES is a space-separated list of unavailable images. */
export function imageMissing(image: string): string | undefined {
  return process.env.MISSING_IMAGES?.split(' ').includes(image) ? `needs the image ${image}, which MISSING_IMAGES names` : undefined;
}
