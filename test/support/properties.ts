import { App, Chart } from 'cdk8s';
import * as fc from 'fast-check';
import { ApiServer } from './api-server';
import { reachableClusters } from './clusters';
import { synth } from './manifests';
import { PodSecurityLevel } from './test-namespace';
import { StatefulApp } from 'cdk8s-stateful';

/** How many random inputs each construct is tried with on each API server. */
const RUNS = 500;

/**
 * Defines, for each API server, the test that whatever the public properties allow is accepted, and rendered twice to
 * the same bytes, by an App and by a StatefulApp, where Pods are admitted by `level`, restricted by default. A failure prints the seed and the smallest
 * input that fails.
 */
export function acceptsWhateverIsAllowed<T>(
  construct: string, inputs: fc.Arbitrary<T>, build: (chart: Chart, input: T) => void, level?: PodSecurityLevel,
): void {
  describe.each(reachableClusters())('API server $version', ({ kubectl }) => {
    let server: ApiServer;
    beforeAll(async () => { server = await ApiServer.start(kubectl, level); });
    afterAll(() => server?.stop());

    test(`takes ${RUNS} random ${construct}s, each rendered twice to the same bytes`, async () => {
      await fc.assert(fc.asyncProperty(inputs, async input => {
        const [theirs, ours] = [new App(), new StatefulApp()];
        const chart = render(theirs, input, build);
        render(ours, input, build);
        expect(ours.synthYaml()).toBe(theirs.synthYaml());
        await server.accept(synth(chart));
      }), { numRuns: RUNS, interruptAfterTimeLimit: 840_000, markInterruptAsFailure: true });
    });
  });
}

function render<T>(app: App, input: T, build: (chart: Chart, input: T) => void): Chart {
  const chart = new Chart(app, 'property', { namespace: 'property' });
  build(chart, input);
  return chart;
}
