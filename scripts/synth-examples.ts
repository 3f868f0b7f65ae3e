import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as path from 'node:path';

const root = path.join(__dirname, '..');
const run = createRequire(__filename); // an `import()` would leave TypeScript to Node, which cannot load it

const usage = `npm run synth [-- <name>...]

Synthesizes the examples (all of them, or those named) to dist/<name>/ and prints what was written.`;

/** The names of the examples: each is one cdk8s app in one file. */
export function exampleNames(): string[] {
  return fs.readdirSync(path.join(root, 'examples'))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => path.basename(file, '.ts'))
    .sort();
}

/** Runs a cdk8s app, such as `examples/postgres`; returns the paths of the files that it wrote below `outdir`. */
export function synthApp(app: string, outdir: string): string[] {
  fs.rmSync(outdir, { recursive: true, force: true });
  process.env.CDK8S_OUTDIR = outdir; // where an App without an outdir of its own writes to
  run(path.join(root, app));
  const files = fs.existsSync(outdir) ? fs.readdirSync(outdir, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.yaml')) : [];
  if (files.length === 0) throw new Error(`${app}.ts wrote nothing to ${outdir}: does it call app.synth()?`);
  return files.sort().map((file) => path.join(outdir, file));
}

function synthAndTell(name: string): boolean {
  const start = performance.now();
  try {
    const files = synthApp(`examples/${name}`, path.join('dist', name));
    const seconds = ((performance.now() - start) / 1000).toFixed(2);
    const texts = files.map((file) => fs.readFileSync(file, 'utf8'));
    const objects = texts.join('\n').match(/^kind:/gm)?.length ?? 0;
    const lines = texts.reduce((sum, text) => sum + text.split('\n').length - 1, 0);
    console.log(`${name.padEnd(24)} ${counted(objects, 'object')}, ${counted(lines, 'line')}, ${seconds} s → ${files.join(' ')}`);
    return true;
  } catch (error) {
    console.error(`${name.padEnd(24)} failed\n${error instanceof Error ? error.stack : String(error)}\n`);
    return false;
  }
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function main(args: readonly string[]): number {
  if (args.includes('--help') || args.includes('-h')) {
    console.log(usage);
    return 0;
  }
  const known = exampleNames();
  const unknown = args.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    console.error(`There is no example ${unknown.join(', ')}; there are ${known.join(', ')}.`);
    return 1;
  }
  run('cdk8s-stateful'); // or the first example would take as long as TypeScript needs to compile the library
  const succeeded = (args.length > 0 ? args : known).map(synthAndTell);
  return succeeded.includes(false) ? 1 : 0;
}

if (require.main === module) process.exitCode = main(process.argv.slice(2));
