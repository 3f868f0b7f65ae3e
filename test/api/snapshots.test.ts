import { readdirSync } from 'fs';
import { join } from 'path';
import { ApiServer } from '../support/api-server';
import { reachableClusters } from '../support/clusters';
import { parseManifests } from '../support/manifest';

/** What the unit tests' snapshots hold, as name and YAML. */
const snapshots = readdirSync(join(__dirname, '..'), { recursive: true, encoding: 'utf8' })
  .filter(file => file.endsWith('.snap'))
  .flatMap(file => Object.entries(jest.requireActual<Record<string, string>>(join(__dirname, '..', file))))
  .map(([name, text]) => [name, text.trim().replace(/^"|"$/g, '')]);

describe.each(reachableClusters())('API server $version', ({ kubectl }) => {
  let server: ApiServer;
  beforeAll(async () => { server = await ApiServer.start(kubectl); });
  afterAll(() => server?.stop());

  test.each(snapshots)('takes all of the snapshot “%s”', async (_, yaml) => {
    const manifests = parseManifests(yaml);
    expect(manifests.length).toBeGreaterThan(0);
    await server.accept(manifests);
  });
});
