import { readFileSync } from 'fs';
import { App } from 'cdk8s';
import { seconds } from './measuring';
import { synthClusters, synthObjects } from './subjects';
import { Manifest } from '../support/manifest';
import { StatefulApp } from 'cdk8s-stateful';

/** V8 has compiled what a synthesis uses after some of them. */
const WARM_UP = 4;
const COUNTED = 3;

/**
 * Prints how many seconds a synthesis takes, in a process of its own, with App or StatefulApp: of as many clusters as the argument
 * says, or of the objects in the file that it names. In one process, a subject would lose compiled code while the other one runs.
 * The least time of a few counts, since other load only makes it longer.
 */
const [subject, appClass] = process.argv.slice(2);
const newApp = () => appClass === StatefulApp.name ? new StatefulApp() : new App();

function synthOf(): () => string {
  if (/^\d+$/.test(subject)) return () => synthClusters(Number(subject), newApp());
  const objects = JSON.parse(readFileSync(subject, 'utf8')) as Manifest[];
  return () => synthObjects(objects, newApp());
}

const synth = synthOf();
const times = Array.from({ length: WARM_UP + COUNTED }, () => seconds(synth));
console.log(Math.min(...times.slice(WARM_UP)));
