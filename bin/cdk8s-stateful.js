#!/usr/bin/env node
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { version } = require('../package.json');

const TEMPLATES = path.join(__dirname, '../templates');

/** npm leaves files of this name out of packages. */
const NAMES = { gitignore: '.gitignore' };

function init(template = 'typescript') {
  const known = fs.readdirSync(TEMPLATES);
  if (!known.includes(template)) throw new Error(`there is no template '${template}', only ${known.join(' and ')}.`);
  const files = filesOf(template);
  const present = fs.readdirSync('.').filter(name => !name.startsWith('.') || name in files);
  if (present.length > 0) throw new Error(`the current folder is not empty: it has '${present[0]}'. Run this in a new folder.`);
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(name, text, { flag: 'wx' });
  console.log("The app is ready. Next: 'npm install', then 'npm run synth'.");
}

/** Read, not copied: package managers may store packages without permission to write. */
function filesOf(template) {
  const folder = path.join(TEMPLATES, template);
  const files = Object.fromEntries(fs.readdirSync(folder).map(name => [NAMES[name] ?? name, fs.readFileSync(path.join(folder, name), 'utf8')]));
  return { ...files, 'package.json': manifest(JSON.parse(files['package.json'])) };
}

function manifest(given) {
  const name = path.basename(process.cwd()).toLowerCase().replace(/[^a-z0-9-]+/g, '-');
  const dependencies = { ...given.dependencies, 'cdk8s-stateful': `^${version}` };
  return `${JSON.stringify({ name, ...given, dependencies }, undefined, 2)}\n`;
}

const HELP = `Usage: cdk8s-stateful init [typescript|javascript]

Starts an app in the current folder, which has to be empty: TypeScript by default.

  --help     show this text
  --version  show the version`;

const [command, ...args] = process.argv.slice(2);
if (process.argv.includes('--help') || process.argv.includes('-h')) {
  console.log(HELP);
} else if (command === '--version') {
  console.log(version);
} else if (command !== 'init' || args.length > 1) {
  console.error(HELP);
  process.exitCode = 2;
} else {
  try {
    init(...args);
  } catch (problem) {
    console.error(`cdk8s-stateful: ${problem.message}`);
    process.exitCode = 1;
  }
}
