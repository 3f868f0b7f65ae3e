'use strict';
const { readFileSync } = require('node:fs');
const { default: TestRunner } = require('jest-runner');

/** What the first line of a test file says that shares with others nothing that it changes: neither nodes nor kinds of objects. */
const BESIDE_OTHERS = '/** @beside-others */\n';
/** … of one that may keep Pods off nodes for some seconds, or must not be slowed down by many others. */
const TAKES_TURNS = '/** @takes-turns */\n';

/** Runs the test files that say so beside each other, since most of their time is spent waiting; then those that take turns; then the others, one after the other. */
module.exports = class BesideRunner extends TestRunner {
  async runTests(tests, watcher, options) {
    const begin = word => tests.filter(({ path }) => readFileSync(path, 'utf8').startsWith(word));
    const together = [begin(BESIDE_OTHERS), begin(TAKES_TURNS)];
    for (const group of together) {
      if (group.length > 0) await super.runTests(group, watcher, { ...options, serial: options.serial || group.length === 1 });
    }
    const others = tests.filter(test => !together.flat().includes(test));
    if (others.length > 0) await super.runTests(others, watcher, { ...options, serial: true });
  }
};
