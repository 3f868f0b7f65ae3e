import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { synthClusters } from './subjects';
import { StatefulApp } from 'cdk8s-stateful';

/** Writes a CPU profile of 1,000 clusters, synthesized with App and with StatefulApp, after the code has warmed up. */
export function profile(file: string): void {
  const work = () => [synthClusters(1000), synthClusters(1000, new StatefulApp())];
  work();
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.start');
  work();
  session.post('Profiler.stop', (error, { profile: taken }) => {
    if (error !== null) throw error;
    writeFileSync(file, JSON.stringify(taken));
    console.log(`Wrote ${file}: open it in VS Code, or in Chrome at chrome://inspect.`);
  });
}
