import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { exampleNames, synthApp } from '../../scripts/synth-examples';
import { ApiServer } from '../support/api-server';
import { reachableClusters } from '../support/clusters';
import { Manifest, parseManifests } from '../support/manifest';

let outdir: string;
beforeAll(() => { outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'examples-')); });
afterAll(() => fs.rmSync(outdir, { recursive: true }));

const synthesized = new Map<string, Manifest[]>();

/** An example runs when it is imported, so once for all servers. */
function manifestsOf(example: string): Manifest[] {
  const manifests = synthesized.get(example)
    ?? synthApp(`examples/${example}`, path.join(outdir, example)).flatMap((file) => parseManifests(fs.readFileSync(file, 'utf8')));
  synthesized.set(example, manifests);
  return manifests;
}

describe.each(reachableClusters())('API server $version', ({ kubectl }) => {
  let server: ApiServer;
  beforeAll(async () => { server = await ApiServer.start(kubectl); });
  afterAll(() => server?.stop());

  test.each(exampleNames())('takes all of the example %s', async (name) => {
    await server.accept(manifestsOf(name));
  });
});
