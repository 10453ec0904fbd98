import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TensorboardLog } from '../../src/core/run/tensorboardLog';
import type { Phase, PhaseEndedEvent } from '../../src/protocol/trainingEvent';
import { temporaryFolder } from '../unit/run/runFolders';
import { runPython } from './python';

describe('the curves of a run, read by TensorBoard', function () {
  this.timeout(120_000);
  const folder = temporaryFolder();

  it('are those that were written, and after a resume those that count', async () => {
    const before = new TensorboardLog(folder.path);
    for (const epoch of [0, 1]) {
      before.append({ ...ended(epoch, 'train', 0.5 - epoch / 8), lr: 0.25 });
      before.append(ended(epoch, 'test', 1));
    }
    before.close();
    await sleep(5);
    const after = new TensorboardLog(folder.path);
    const place = { epoch: 1, batch: 0, epochs: 2, engine: '', engineReason: '', runFolder: folder.path };
    after.append({ kind: 'runResumed', ...place });
    after.append({ ...ended(1, 'train', 0.125), lr: 0.25 });
    after.append(ended(1, 'test', 2));
    after.close();

    const stdout = await runPython('readTensorboard.py', join(folder.path, 'tensorboard'));
    const points = (...values: readonly number[]): unknown => values.map((value, step) => [step, value]);
    assert.deepEqual(JSON.parse(stdout), {
      'Loss/train': points(0.5, 0.125),
      'Accuracy/train': points(0.75, 0.75),
      'Learning rate': points(0.25, 0.25),
      'Loss/test': points(1, 2),
      'Accuracy/test': points(0.75, 0.75),
    });
  });
});

function ended(epoch: number, phase: Phase, loss: number): PhaseEndedEvent {
  return { kind: 'phaseEnded', epoch, phase, loss, accuracy: 0.75, samples: 80, seconds: 1 };
}
