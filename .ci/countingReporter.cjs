const { appendFileSync } = require('node:fs');
const { reporters } = require('mocha');

/** Mocha's own report, and a line `passed failed` added to the file that TEST_COUNTS names. */
module.exports = class CountingReporter extends reporters.Dot {
  constructor(runner, options) {
    super(runner, options);
    runner.once('end', () => {
      const { passes, failures } = runner.stats;
      appendFileSync(process.env.TEST_COUNTS, `${passes} ${failures}\n`);
    });
  }
};
