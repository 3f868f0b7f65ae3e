'use strict';
const { readFileSync } = require('node:fs');
const { default: TestRunner } = require('jest-runner');

/** What the first line of a test file says that shares with others nothing that it changes: neither nodes nor kinds of objects. */
const BESIDE_OTHERS = '/** @beside-others */\n';

/** Runs the test files that say so beside each other, since most of their time is spent waiting; then the others, one after the other. */
module.exports = class BesideRunner extends TestRunner {
  async runTests(tests, watcher, options) {
    const beside = tests.filter(({ path }) => readFileSync(path, 'utf8').startsWith(BESIDE_OTHERS));
    const others = tests.filter(test => !beside.includes(test));
    if (beside.length > 0) await super.runTests(beside, watcher, { ...options, serial: options.serial || beside.length === 1 });
    if (others.length > 0) await super.runTests(others, watcher, { ...options, serial: true });
  }
};
