import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { UserError } from '../../../src/core/userError';
import { classifyImage } from '../../../src/core/training/classifyImage';
import { tryPicture } from '../../../src/core/training/tryPicture';
import { trainedRun } from '../export/trainedRun';

describe('trying a picture', () => {
  const { signal } = new AbortController();
  let folder: string;
  let run: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'thaw-try-'));
    run = await trainedRun(folder);
  });
  after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

  it('gives the probabilities that classifying it gives, and a heat map of what the model saw', async () => {
    const file = join(folder, 'pictures', 'red', '00.png');
    const { classes, heat } = await tryPicture(run, file, signal);
    const expected = await classifyImage(run, file, signal);
    assert.deepEqual(
      classes.map(({ name }) => name),
      expected.map(({ name }) => name),
    );
    classes.forEach(({ probability }, i) =>
      assert.ok(Math.abs(probability - expected[i]!.probability) < 1e-5),
    );
    const { width, height, format } = await sharp(Buffer.from(heat.jpeg, 'base64')).metadata();
    assert.deepEqual([width, height, format], [64, 64, 'jpeg']);
  });

  it('says that a file is no picture', async () => {
    await assert.rejects(
      tryPicture(run, join(run, 'recipe.json'), signal),
      error => error instanceof UserError && /recipe\.json cannot be read/.test(error.message),
    );
  });
});
