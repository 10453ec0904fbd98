import { strict as assert } from 'node:assert';
import type { PlottedRun } from '../../../src/protocol/pageMessages';
import type { Phase, RunStartedEvent, TrainingEvent } from '../../../src/protocol/trainingEvent';
import { curvesOf, lastEpoch, withEvent } from '../../../webview/charts/curves';

const started: RunStartedEvent = {
  kind: 'runStarted',
  name: 'insects',
  model: 'resnet18',
  classes: ['ants', 'bees'],
  train: 80,
  test: 20,
  trainable: 1026,
  parameters: 11_177_538,
  epochs: 5,
  engine: 'tensorflow 2.21.0',
  engineReason: 'the only one',
  runFolder: '/runs/1',
};

function ended(epoch: number, phase: Phase, loss: number, accuracy: number): TrainingEvent {
  const event = { kind: 'phaseEnded', epoch, phase, loss, accuracy, samples: 10, seconds: 2 } as const;
  return phase === 'train' ? { ...event, lr: 0.01 } : event;
}

function curves(...events: readonly TrainingEvent[]) {
  const run: PlottedRun = {
    ...{ folder: '/runs/1', name: 'folder name', status: 'running', isStopping: false, time: 7, events },
  };
  return curvesOf(run);
}

describe('the curves of a run', () => {
  it('know the epochs with which more layers train, and after a resume those that count', () => {
    const unfrozen = (epoch: number): TrainingEvent => ({
      kind: 'unfrozen',
      epoch,
      trainable: 1,
      parameters: 2,
    });
    const resumed: TrainingEvent = {
      ...{ kind: 'runResumed', epoch: 3, batch: 0, epochs: 5, engine: '', engineReason: '' },
      runFolder: '/runs/1',
    };
    assert.deepEqual(curves(started, unfrozen(2), unfrozen(4)).unfrozen, [2, 4]);
    assert.deepEqual(curves(started, unfrozen(2), unfrozen(4), resumed).unfrozen, [2]);
    assert.deepEqual(curves(started, unfrozen(2), unfrozen(4), resumed, unfrozen(4)).unfrozen, [2, 4]);
    assert.equal(curves(started).unfrozen, undefined);
  });

  it('are empty before anything happened', () => {
    assert.deepEqual(curves(), {
      ...{
        folder: '/runs/1',
        name: 'folder name',
        time: 7,
        status: 'running',
        isStopping: false,
        model: '',
        epochs: 0,
      },
      points: [],
    });
  });

  it('have a point for each epoch, with the phases that have ended', () => {
    const { points, name, model } = curves(
      started,
      ended(0, 'train', 0.7, 0.5),
      ended(0, 'test', 0.6, 0.55),
      ended(1, 'train', 0.4, 0.8),
    );
    assert.deepEqual([name, model], ['insects', 'resnet18']);
    assert.deepEqual(points, [
      {
        epoch: 0,
        lr: 0.01,
        train: { loss: 0.7, accuracy: 0.5, seconds: 2 },
        test: { loss: 0.6, accuracy: 0.55, seconds: 2 },
      },
      { epoch: 1, lr: 0.01, train: { loss: 0.4, accuracy: 0.8, seconds: 2 } },
    ]);
  });

  it('know the best epoch', () => {
    const { best } = curves(
      { kind: 'bestEpoch', epoch: 0, accuracy: 0.5 },
      { kind: 'bestEpoch', epoch: 3, accuracy: 0.9 },
    );
    assert.deepEqual(best, { epoch: 3, accuracy: 0.9 });
  });

  it('forget the epochs that a resumed run trains again', () => {
    const { engine, engineReason, runFolder } = started;
    const resumed: TrainingEvent = {
      ...{ kind: 'runResumed', epoch: 1, batch: 3, epochs: 5, engine, engineReason, runFolder },
    };
    const { points, best, status, seconds, message } = curves(
      ...[0, 1, 2].flatMap(epoch => [ended(epoch, 'train', 1, 0), ended(epoch, 'test', 1, epoch / 4)]),
      ...[0, 1, 2].map(epoch => ({ kind: 'bestEpoch', epoch, accuracy: epoch / 4 }) as const),
      { kind: 'runEnded', status: 'failed', bestEpoch: 2, bestAccuracy: 0.5, seconds: 9, message: 'no disk' },
      resumed,
      ended(1, 'train', 0.5, 0.5),
    );
    assert.deepEqual(
      points.map(({ epoch, test }) => [epoch, test?.loss]),
      [
        [0, 1],
        [1, undefined],
      ],
    );
    assert.deepEqual(
      [best, status, seconds, message],
      [{ epoch: 0, accuracy: 0 }, 'running', undefined, undefined],
    );
  });

  it('are the same when the last events come twice', () => {
    const tail = [ended(1, 'train', 0.5, 0.5), ended(1, 'test', 0.4, 0.6)];
    const once = curves(started, ended(0, 'train', 1, 0), ended(0, 'test', 1, 0), ...tail);
    assert.deepEqual(tail.reduce(withEvent, once), once);
  });

  it('keep the newest batch until its phase ends', () => {
    const batch: TrainingEvent = {
      ...{ kind: 'batchEnded', epoch: 0, phase: 'train', batch: 3, batches: 8, loss: 1, accuracy: 0.5 },
      imagesPerSecond: 60,
    };
    const before = curves(started, batch);
    assert.equal(before.batch, batch);
    assert.equal(withEvent(before, ended(0, 'train', 1, 0.5)).batch, undefined);
  });

  it('have the status that the editor knows, not the one of the last event', () => {
    const run: PlottedRun = {
      ...{ folder: '/runs/1', name: 'x', status: 'crashed', isStopping: false, time: 0, events: [started] },
    };
    assert.equal(curvesOf(run).status, 'crashed');
  });

  it('end with what the run said in the end', () => {
    const { status, seconds, message } = withEvent(curves(started), {
      ...{ kind: 'runEnded', status: 'failed', bestEpoch: -1, bestAccuracy: 0, seconds: 12 },
      message: 'The loss stopped being a number.',
    });
    assert.deepEqual([status, seconds, message], ['failed', 12, 'The loss stopped being a number.']);
  });

  it('reach to the planned end while the run is live, then to the last epoch', () => {
    const live = curves(started, ended(0, 'train', 1, 0), ended(0, 'test', 1, 0), ended(1, 'train', 1, 0));
    assert.equal(lastEpoch(live), 4);
    assert.equal(
      lastEpoch(
        withEvent(live, { kind: 'runEnded', status: 'cancelled', bestEpoch: 0, bestAccuracy: 0, seconds: 1 }),
      ),
      1,
    );
  });
});
