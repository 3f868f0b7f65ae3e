import { readFileSync } from 'node:fs';
import { ApiObject, type App, type AppProps, Chart } from 'cdk8s';
import type { Manifest } from '../../support/manifest';

/** The name of the one stack in the file. */
export const SAMPLE = 'sample-stack';

/** Writes as many stacks as asked, from the objects in a file. */
export function writeStacks(appClass: new (props: AppProps) => App): void {
  const [outdir, count, file] = process.argv.slice(2);
  const app = new appClass({ outdir });
  const chart = new Chart(app, 'stacks');
  const text = readFileSync(file, 'utf8');
  for (let i = 0; i < Number(count); i++) {
    (JSON.parse(text.replaceAll(SAMPLE, `stack-${i}`)) as Manifest[]).forEach((object, j) => new ApiObject(chart, `stack-${i}-${j}`, object));
  }
  app.synth();
}
