import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { clusterWithNodes } from '../support/clusters';
import { imageMissing, itUnless } from '../support/needs';
import { measure } from '../support/progress';
import { PostgresVersion } from 'cdk8s-stateful';

const root = join(__dirname, '../..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
/** The commands of the README's quickstart from the namespace on: what comes before needs the repository's public address. */
const steps = [...readme.matchAll(/^ *<!-- quickstart -->\n *```sh\n([\s\S]*?)\n *```/gm)].map(([, commands]) => commands.replace(/^ +/gm, ''));
/** What the README says that the last command but the clean-up prints. */
const answer = /^ *```text\n([\s\S]*?)\n *```/m.exec(readme)?.[1] ?? '';

const { kubectl: cluster } = clusterWithNodes();
const test = itUnless(imageMissing(PostgresVersion.V17._image));

/** Runs commands as a user does who pastes them, but ends at the first that fails. */
async function paste(commands: string): Promise<string> {
  const { stdout } = await promisify(execFile)('bash', ['-ec', commands], { cwd: root, env: { ...process.env, KUBECONFIG: cluster.kubeconfig }, timeout: 600_000 });
  return stdout;
}

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
    expect(words(await paste(connect))).toEqual(words(answer));
    await paste(cleanUp);
    expect(await cluster.run(['get', 'namespace', 'shop', '--ignore-not-found'])).toBe('');
  });
});
