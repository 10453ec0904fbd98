import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fuzz } from '../fuzz/fuzzTarget';
import { fuzzTargets } from '../fuzz/targets';

const SEED = 1;
const INPUTS = 150;
/** In kilobytes; V8 takes its time to give memory back. */
const MAX_GROWTH = 700_000;

describe('Files of strangers, sound ones with a few changes', function () {
  this.timeout(180_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'thaw-fuzz-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const target of fuzzTargets) {
    it(`${target.name}: each is read or a UserError, in time, within memory, and changes nothing`, async () => {
      const before = process.resourceUsage().maxRSS;
      const { read, refused } = await fuzz(target, SEED, { count: INPUTS }, folder);
      assert.equal(read + refused, INPUTS);
      // A fuzzer whose inputs are all refused at the door tests the door only.
      assert.ok(
        read > 0 && refused > 0 !== (target.refusesNothing ?? false),
        `${read} read, ${refused} refused`,
      );
      assert.ok(process.resourceUsage().maxRSS - before < MAX_GROWTH);
    });
  }
});
