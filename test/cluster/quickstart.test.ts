/** @beside-others */
import { readPage } from '../docs/markdown';
import { clusterWithNodes } from '../support/clusters';
import { imageMissing, itUnless } from '../support/needs';
import { measure, waitUntil } from '../support/progress';
import { commandsOf, paste as pasteInto } from '../support/runbook';
import { PostgresVersion } from 'cdk8s-stateful';

const readme = readPage('README.md');
/** The commands of the README's quickstart from the namespace on: what comes before needs the repository's public address. */
const steps = commandsOf(readme, 'quickstart');
/** What the README says that the last command but the clean-up prints. */
const answer = /^ *```text\n([\s\S]*?)\n *```/m.exec(readme)?.[1] ?? '';

const { kubectl: cluster } = clusterWithNodes();
const test = itUnless(imageMissing(PostgresVersion.V17._image));

const paste = (commands: string) => pasteInto(commands, cluster);
const words = (text: string) => text.split(/\s+/).filter(Boolean);

describe('the quickstart of the README', () => {
  afterAll(() => cluster.delete('namespace', 'shop'));

  test('ends with an answer of psql', async () => {
    expect(steps).toHaveLength(4);
    expect(readme).toContain('   npm run synth -- quickstart\n');
    const [create, apply, connect, cleanUp] = steps;
    await paste('npm run synth -- quickstart');
    await paste(create);
    await measure('quickstart: from kubectl apply to ready', () => paste(apply));
    await waitUntil('the answer of the README', 60, async () => {
      const shown = await paste(connect);
      return `${words(shown)}` === `${words(answer)}` || shown;
    });
    await paste(cleanUp);
    expect(await cluster.run(['get', 'namespace', 'shop', '--ignore-not-found'])).toBe('');
  });
});
