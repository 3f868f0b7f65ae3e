import { readFileSync } from 'node:fs';
import { ApiObject, App, Chart } from 'cdk8s';
import { addStack, SAMPLE } from './stacks';
import type { Manifest } from '../support/manifest';
import { StatefulApp } from 'cdk8s-stateful';

/** A program of a user: writes as many stacks as asked, from the objects in a file, or as constructs of cdk8s-plus if there is none. */
const [kind, outdir, count, file] = process.argv.slice(2);
const app = kind === 'StatefulApp' ? new StatefulApp({ outdir }) : new App({ outdir });
const chart = new Chart(app, 'stacks');
const text = file === undefined ? undefined : readFileSync(file, 'utf8');
for (let i = 0; i < Number(count); i++) {
  if (text === undefined) addStack(chart, `stack-${i}`);
  else (JSON.parse(text.replaceAll(SAMPLE, `stack-${i}`)) as Manifest[]).forEach((object, j) => new ApiObject(chart, `stack-${i}-${j}`, object));
}
app.synth();
