import { App, Chart } from 'cdk8s';
import { addStack } from './plus-stacks';

const [outdir, count] = process.argv.slice(2);
const app = new App({ outdir });
const chart = new Chart(app, 'stacks');
for (let i = 0; i < Number(count); i++) addStack(chart, `stack-${i}`);
app.synth();
