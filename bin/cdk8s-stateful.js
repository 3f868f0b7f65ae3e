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
  const present = fs.readdirSync('.').filter(name => !name.startsWith('.'));
  if (present.length > 0) throw new Error(`the current folder is not empty: it has '${present[0]}'. Run this in a new folder.`);
  const folder = path.join(TEMPLATES, template);
  for (const name of fs.readdirSync(folder)) fs.copyFileSync(path.join(folder, name), NAMES[name] ?? name, fs.constants.COPYFILE_EXCL);
  const manifest = JSON.parse(fs.readFileSync('package.json', 'utf8'));
  const name = path.basename(process.cwd()).toLowerCase().replace(/[^a-z0-9-]+/g, '-');
  const dependencies = { ...manifest.dependencies, 'cdk8s-stateful': `^${version}` };
  fs.writeFileSync('package.json', `${JSON.stringify({ name, ...manifest, dependencies }, undefined, 2)}\n`);
  console.log("The app is ready. Next: 'npm install', then 'npm run synth'.");
}

const HELP = `Usage: cdk8s-stateful init [typescript|javascript]

Starts an app in the current folder, which has to be empty: TypeScript by default.

  --help     show this text
  --version  show the version`;

const [command, ...args] = process.argv.slice(2);
if (command === '--help' || command === '-h') {
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
