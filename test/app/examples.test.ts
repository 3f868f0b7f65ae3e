import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App } from 'cdk8s';
import { exampleNames, synthApp } from '../../scripts/synth-examples';
import { membersOf } from '../../src/app/construct-tree';
import { outputOf } from '../../src/app/output-files';
import { synthesisOrder } from '../../src/app/synthesis-order';

/** What a StatefulApp would write of each app that an example synthesizes. */
function written(example: string, outdir: string): Map<string, string> {
  const files = new Map<string, string>();
  const synth = Reflect.get(App.prototype, 'synth');
  const spy = jest.spyOn(App.prototype, 'synth').mockImplementation(function (this: App) {
    const order = synthesisOrder(membersOf(this));
    if (order === undefined) throw new Error('only cdk8s knows the order of this app');
    for (const [name, content] of outputOf(this, order).files) files.set(path.relative(outdir, path.join(this.outdir, name)), content);
    Reflect.apply(synth, this, []);
  });
  try {
    synthApp(`examples/${example}`, outdir);
  } finally {
    spy.mockRestore();
  }
  return files;
}

test.each(exampleNames())('the example %s has the same bytes from a StatefulApp', example => {
  const outdir = fs.mkdtempSync(path.join(os.tmpdir(), 'example-'));
  try {
    const files = written(example, outdir);
    const names = fs.readdirSync(outdir, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.yaml')).sort();
    expect([...files.keys()].sort()).toEqual(names);
    for (const name of names) expect(files.get(name)).toBe(fs.readFileSync(path.join(outdir, name), 'utf8'));
  } finally {
    fs.rmSync(outdir, { recursive: true });
  }
});
