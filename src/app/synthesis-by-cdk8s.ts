import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App } from 'cdk8s';
import type { Output } from './output-files';

/** What cdk8s writes of an app. It writes some files before it renders the next, so it gets a folder of its own: an error leaves nothing in that of the app. */
export function synthesizedByCdk8s(app: App): Output {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'cdk8s-'));
  try {
    const elsewhere: unknown = Object.create(app, { outdir: { value: folder } });
    Reflect.apply(App.prototype.synth, elsewhere, []);
    return outputIn(folder);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

function outputIn(folder: string): Output {
  const folders: string[] = [];
  const files = new Map<string, string>();
  for (const name of fs.readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const found = path.join(folder, name);
    if (fs.statSync(found).isDirectory()) folders.push(name);
    else files.set(name, fs.readFileSync(found, 'utf8'));
  }
  return { folders, files };
}
