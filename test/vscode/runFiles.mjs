import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Runs mocha with the arguments, and then each file in which a test failed once more as a whole, in a new editor: a test
 * goes on from where the one before it left the window, so that to repeat the last alone often tells nothing.
 */
const MOCHA = createRequire(import.meta.url).resolve('mocha/bin/mocha.js');
const scratch = mkdtempSync(join(tmpdir(), 'thaw-results-'));
try {
  const { status, results } = mocha(process.argv.slice(2));
  const failed = [...results].filter(([, line]) => !/^\d+ 0 /.test(line)).map(([file]) => file);
  process.exitCode = status;
  if (failed.length > 0 && failed.every(file => existsSync(file))) {
    console.log(`Once more, in a new editor: ${failed.join(', ')}`);
    const again = mocha(['--retries', '2', ...failed]);
    process.exitCode = again.status;
    for (const [file, line] of again.results) results.set(file, line);
  }
  if (process.env.TEST_RESULTS) appendFileSync(process.env.TEST_RESULTS, [...results.values()].join(''));
} finally {
  rmSync(scratch, { recursive: true });
}

/** Runs mocha: its exit code, and the line of each file, as `.config/mochaReporter.cjs` writes them. */
function mocha(args) {
  const path = join(scratch, 'results');
  const { status } = spawnSync(process.execPath, [MOCHA, '--config', '.config/mocharc.json', ...args], {
    stdio: 'inherit',
    env: { ...process.env, TEST_RESULTS: path },
  });
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  rmSync(path, { force: true });
  const lines = text.match(/.*\n/g) ?? [];
  return {
    status: status ?? 1,
    results: new Map(lines.map(line => [line.replace(/^\d+ \d+ /, '').trimEnd(), line])),
  };
}
