import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Random } from '../../../src/core/random';
import { UserError } from '../../../src/core/userError';
import { loadWeights } from '../../../src/core/weights/loadWeights';
import { temporaryFolder } from './temporaryFolder';

const FIXTURES = join(__dirname, '../../fixtures/checkpoints');
const CHANGES_PER_FILE = 120;
const MAX_RESULT_BYTES = 2 ** 24;
const MAX_GROWTH_KILOBYTES = 250_000;
/** Lengths, counts and opcodes that tend to hurt. */
const HOSTILE_BYTES = [0x00, 0x7f, 0x80, 0xff, 0x28, 0x2e, 0x51, 0x52, 0x58, 0x5b, 0x68, 0x75, 0x7b, 0x7d];

describe('Damaged weights', () => {
  const folder = temporaryFolder();

  it('either load or are a UserError, and never take much memory', async () => {
    const names = (await readdir(FIXTURES)).filter(name => !name.endsWith('.json'));
    const before = process.resourceUsage().maxRSS;
    const outcomes = { loaded: 0, refused: 0 };
    for (const name of names) {
      const sound = withoutChecksums(await readFile(join(FIXTURES, name)));
      const random = new Random(3, name);
      for (let i = 0; i < CHANGES_PER_FILE; i++) {
        const file = await folder.write(name, damage(sound, random));
        outcomes[await outcome(file, `change ${i} of ${name}`)]++;
      }
    }
    assert.ok(outcomes.loaded > 100 && outcomes.refused > 500, JSON.stringify(outcomes));
    assert.ok(process.resourceUsage().maxRSS - before < MAX_GROWTH_KILOBYTES);
  });
});

/** Checksums would keep the damage from what is behind them; torch writes 0 when it is told to write none. */
function withoutChecksums(bytes: Buffer): Buffer {
  for (let at = bytes.indexOf('PK\x01\x02'); at >= 0; at = bytes.indexOf('PK\x01\x02', at + 1)) {
    bytes.writeUInt32LE(0, at + 16);
  }
  return bytes;
}

function damage(sound: Buffer, random: Random): Buffer {
  const bytes = Buffer.from(sound);
  const anywhere = (): number => random.integer(bytes.length);
  switch (random.integer(5)) {
    case 0:
      return bytes.subarray(0, anywhere());
    case 1:
      bytes[anywhere()]! ^= 1 << random.integer(8);
      return bytes;
    case 2:
      for (let i = random.integer(8); i >= 0; i--)
        bytes[anywhere()] = HOSTILE_BYTES[random.integer(HOSTILE_BYTES.length)]!;
      return bytes;
    case 3: {
      // The start, where headers and pickles are.
      for (let i = random.integer(3); i >= 0; i--)
        bytes[random.integer(Math.min(bytes.length, 600))] = random.integer(256);
      return bytes;
    }
    default: {
      const [from, to] = [anywhere(), anywhere()];
      bytes.copyWithin(to, from, from + random.integer(64));
      return bytes;
    }
  }
}

async function outcome(file: string, change: string): Promise<'loaded' | 'refused'> {
  try {
    const { tensors } = await loadWeights(file);
    const bytes = [...tensors.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
    assert.ok(bytes <= MAX_RESULT_BYTES, `${change} made ${bytes} bytes`);
    return 'loaded';
  } catch (error) {
    if (error instanceof UserError) return 'refused';
    throw new Error(change, { cause: error });
  }
}
