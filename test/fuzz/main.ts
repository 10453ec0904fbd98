import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fuzz } from './fuzzTarget';
import { fuzzTargets } from './targets';

/* `npm run fuzz -- --minutes 60`; what fails says the words that repeat it alone. */

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    target: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    from: { type: 'string', default: '0' },
    count: { type: 'string' },
  },
});
const seed = Number(values.seed);
const targets = fuzzTargets.filter(({ name }) => values.target === undefined || name === values.target);
const folder = mkdtempSync(join(tmpdir(), 'thaw-fuzz-'));

void (async () => {
  const minutes = Number(values.minutes) / targets.length;
  let failed = false;
  for (const target of targets) {
    const start = Date.now();
    const limits = {
      from: Number(values.from),
      until: start + minutes * 60_000,
      ...(values.count === undefined ? {} : { count: Number(values.count) }),
    };
    try {
      const { read, refused, slowestMs } = await fuzz(target, seed, limits, folder);
      const memory = Math.round(process.resourceUsage().maxRSS / 1000);
      const times = `${((Date.now() - start) / 1000).toFixed(0)} s, the slowest ${slowestMs.toFixed(0)} ms`;
      console.log(
        `${target.name}: seed ${seed}, ${read} read, ${refused} refused, ${times}; at most ${memory} MB`,
      );
    } catch (error) {
      failed = true;
      console.error(target.name, error);
    }
  }
  rmSync(folder, { recursive: true, force: true });
  process.exit(failed ? 1 : 0);
})();
