import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { exampleNames, synthApp } from './synth-examples';

/**
 * The golden set: the manifests of every example as they were when somebody last looked at a change of them. Run it to accept
 * a change, and read the difference as an operator of a running set would: see docs/decisions/0018-what-an-upgrade-may-do.md.
 */
const GOLDEN = path.join(__dirname, '../test/golden');

/** The manifests of every example, by the name of its file in the golden set. */
export function renderGolden(): Map<string, string> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'golden-'));
  try {
    return new Map(exampleNames().map(name => {
      const files = synthApp(`examples/${name}`, path.join(folder, name));
      return [`${name}.yaml`, files.map(file => fs.readFileSync(file, 'utf8')).join('---\n')];
    }));
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** What was accepted; nothing for an example that is new. */
export function readGolden(file: string): string {
  const accepted = path.join(GOLDEN, file);
  return fs.existsSync(accepted) ? fs.readFileSync(accepted, 'utf8') : '';
}

if (require.main === module) {
  for (const file of fs.readdirSync(GOLDEN).filter(name => name.endsWith('.yaml'))) fs.rmSync(path.join(GOLDEN, file));
  for (const [file, yaml] of renderGolden()) fs.writeFileSync(path.join(GOLDEN, file), yaml);
}
