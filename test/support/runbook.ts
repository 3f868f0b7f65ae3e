import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readPage, sectionsOf } from '../docs/markdown';

const root = join(__dirname, '../..');

/** The commands of a page that a test follows to the letter: those after the comment `<!-- NAME -->`, in their order. */
export function commandsOf(text: string, name = 'runbook'): string[] {
  const marked = new RegExp(`^( *)<!-- ${name} -->\\n *\`\`\`sh\\n([\\s\\S]*?)\\n *\`\`\`$`, 'gm');
  return [...text.matchAll(marked)].map(([, indent, commands]) => commands.replace(new RegExp(`^${indent}`, 'gm'), ''));
}

/** The marked commands of a section of a page: as many as the test knows, so that one that is added is not left out. */
export function runbook(page: string, heading: string, count: number): string[] {
  const section = sectionsOf(readPage(page)).find(found => found.heading === heading);
  if (section === undefined) throw new Error(`${page} has no section “${heading}”`);
  const commands = commandsOf(section.text);
  if (commands.length !== count) throw new Error(`“${heading}” in ${page} has ${commands.length} marked commands, not ${count}`);
  return commands;
}

/** Where commands are pasted. */
export interface Terminal {
  readonly kubeconfig: string;
  /** @default - the root of the repository */
  readonly folder?: string;
  /** The namespace that takes the place of `shop`, which the docs name. */
  readonly namespace?: string;
}

/** Runs commands as a user does who pastes them, but ends at the first that fails. */
export async function paste(commands: string, { kubeconfig, folder = root, namespace = 'shop' }: Terminal): Promise<string> {
  const { stdout } = await promisify(execFile)('bash', ['-ec', commands.replaceAll('-n shop ', `-n ${namespace} `)], {
    cwd: folder, env: { ...process.env, KUBECONFIG: kubeconfig }, timeout: 600_000,
  });
  return stdout;
}
