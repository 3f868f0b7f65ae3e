#!/usr/bin/env node
// failures.js JSON: what failed in a run of jest, and how each failure begins, so that the end of a long log tells it.
const fs = require('node:fs');
const path = require('node:path');
const { stripVTControlCharacters } = require('node:util');

const LINES = 12;

/** @param {string} message */
const beginning = message => stripVTControlCharacters(message).split('\n').filter(line => line.trim() !== '').slice(0, LINES).map(line => `    ${line}`).join('\n');

for (const suite of JSON.parse(fs.readFileSync(process.argv[2], 'utf8')).testResults) {
  const file = path.relative(process.cwd(), suite.name);
  const failed = suite.assertionResults.filter(({ status }) => status === 'failed');
  for (const { fullName, failureMessages } of failed) console.log(`failed: ${file} › ${fullName}\n${beginning(failureMessages.join('\n'))}`);
  if (failed.length === 0 && suite.status === 'failed') console.log(`failed: ${file}\n${beginning(suite.message)}`);
}
