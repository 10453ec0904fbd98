const { appendFileSync } = require('node:fs');
const { reporters } = require('mocha');

/** Mocha's own report (as dots where TEST_DOTS is set), and a line `passed failed file` for each file of tests added to the file that TEST_RESULTS names. */
module.exports = class extends (process.env.TEST_DOTS ? reporters.Dot : reporters.Spec) {
  constructor(runner, options) {
    super(runner, options);
    if (!process.env.TEST_RESULTS) return;
    const files = new Map();
    const count = (runnable, outcome) => {
      const file = fileOf(runnable);
      if (!files.has(file)) files.set(file, { passed: 0, failed: 0 });
      files.get(file)[outcome]++;
    };
    runner.on('pass', test => count(test, 'passed'));
    runner.on('fail', testOrHook => count(testOrHook, 'failed'));
    runner.once('end', () => {
      const lines = [...files].map(([file, { passed, failed }]) => `${passed} ${failed} ${file}\n`);
      appendFileSync(process.env.TEST_RESULTS, lines.join(''));
    });
  }
};

/** A test that was added while the tests ran has the file of its suite. */
function fileOf(runnable) {
  return runnable.file ?? (runnable.parent ? fileOf(runnable.parent) : 'unknown');
}
