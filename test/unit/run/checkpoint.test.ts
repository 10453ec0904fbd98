import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomically } from '../../../src/core/atomicWrite';
import {
  hasBest,
  readCheckpoint,
  readCheckpointFile,
  settleCheckpoint,
  writeCheckpoint,
  type CheckpointNews,
  type NewBest,
} from '../../../src/core/run/checkpoint';
import type { TensorSource } from '../../../src/core/weights/stateDict';
import { temporaryFolder } from './runFolders';

describe('a checkpoint', () => {
  const parent = temporaryFolder();
  let folder: string;
  beforeEach(() => mkdirSync((folder = join(parent.path, 'run'))));

  const tensors = (value: number): TensorSource =>
    new Map([['w', { dtype: 'float32', shape: [1], read: () => Promise.resolve(Float32Array.of(value)) }]]);
  const failing: TensorSource = new Map([
    ['w', { dtype: 'float32', shape: [1], read: () => Promise.reject(new Error('the process ends')) }],
  ]);
  const best = (epoch: number, changes: Partial<NewBest> = {}): NewBest => ({
    ...{ epoch, accuracy: epoch / 10, loss: 1 },
    writeWeights: file => writeFileAtomically(file, `weights of ${epoch}`),
    writePredictions: file => writeFileAtomically(file, `predictions of ${epoch}`),
    ...changes,
  });
  const news = (steps: number, changes: Partial<CheckpointNews> = {}): CheckpointNews => ({
    reached: {
      position: { epoch: steps, batch: 0, lossSum: 0, correct: 0, samples: 0, seconds: 0 },
      ...{ steps, seconds: steps },
    },
    weights: tensors(steps),
    optimizer: tensors(-steps),
    best: best(steps),
    ...changes,
  });
  const value = async (kind: 'weights' | 'optimizer'): Promise<number> => {
    const { data } = (await readCheckpointFile(folder, (await readCheckpoint(folder))![kind])).get('w')!;
    return Number(data[0]);
  };

  it('does not bring back a run folder that was deleted', async () => {
    const gone = join(folder, 'deleted');
    await assert.rejects(writeCheckpoint(gone, undefined, news(1)), {
      name: 'UserError',
      message: /was deleted while it was in use/,
    });
    assert.equal(existsSync(gone), false);
  });

  it('is what was written, and nothing is left of the one before', async () => {
    assert.equal(await readCheckpoint(folder), undefined);
    const first = await writeCheckpoint(folder, undefined, news(1));
    const second = await writeCheckpoint(folder, first, news(2));
    assert.deepEqual(await readCheckpoint(folder), second);
    assert.deepEqual([await value('weights'), await value('optimizer')], [2, -2]);
    assert.equal(await hasBest(folder, second.best!), true);
    assert.deepEqual(readdirSync(join(folder, 'last')).sort(), [
      'checkpoint.json',
      'optimizer-2.safetensors',
      'weights-2.safetensors',
    ]);
  });

  it('keeps its tensors and its best epoch where those are not new', async () => {
    const first = await writeCheckpoint(folder, undefined, news(1));
    const second = await writeCheckpoint(folder, first, news(1, { weights: failing, best: undefined }));
    assert.deepEqual(second, first);
  });

  for (const [what, changes] of [
    ['the weights', { weights: failing }],
    ['the optimizer', { optimizer: failing }],
    [
      'the best weights',
      { best: best(2, { writeWeights: () => Promise.reject(new Error('the process ends')) }) },
    ],
    [
      'the best predictions',
      { best: best(2, { writePredictions: () => Promise.reject(new Error('the process ends')) }) },
    ],
  ] as const) {
    it(`is the one before, whole, when the writing of ${what} ends early`, async () => {
      const first = await writeCheckpoint(folder, undefined, news(1));
      await assert.rejects(writeCheckpoint(folder, first, news(2, changes)), /the process ends/);
      assert.deepEqual(await readCheckpoint(folder), first);
      assert.deepEqual([await value('weights'), await value('optimizer')], [1, -1]);
      assert.equal(await hasBest(folder, first.best!), true);
      await settleCheckpoint(folder, first);
      assert.equal(readdirSync(join(folder, 'last')).length, 3);
    });
  }

  it('counts before the files of its best epoch are in place, and puts them there later', async () => {
    const first = await writeCheckpoint(folder, undefined, news(1));
    const second = await writeCheckpoint(folder, first, news(2));
    renameSync(join(folder, 'best.predictions.jsonl'), join(folder, 'last', 'best-2.predictions.jsonl'));
    writeFileSync(join(folder, 'best.predictions.jsonl'), 'predictions of 1');
    assert.equal(await hasBest(folder, second.best!), false);
    await settleCheckpoint(folder, (await readCheckpoint(folder))!);
    assert.equal(await hasBest(folder, second.best!), true);
  });

  it('clears away nothing that is not its own', async () => {
    const first = await writeCheckpoint(folder, undefined, news(1));
    writeFileSync(join(folder, 'last', 'notes.txt'), 'mine');
    await writeCheckpoint(folder, first, news(2));
    assert.ok(readdirSync(join(folder, 'last')).includes('notes.txt'));
  });
});
