import assert from 'node:assert/strict';
import type { RunResumedEvent, TrainingEvent } from '../../../src/protocol/trainingEvent';
import { duration, EventText } from '../../../src/protocol/eventText';

const started: TrainingEvent = {
  ...{ kind: 'runStarted', name: 'cells', model: 'resnet18', classes: ['a', 'b'], train: 80, test: 20 },
  ...{ trainable: 1026, parameters: 11177538, epochs: 25, engine: 'tensorflow 2.21.0' },
  ...{ engineReason: 'the fastest here', runFolder: '/runs/one' },
};

describe('EventText', () => {
  function log(...events: TrainingEvent[]): string[] {
    const text = new EventText();
    return events.flatMap(event => [...text.lines(event)]);
  }

  it("prints an epoch as PyTorch's tutorial does", () => {
    const phase = { kind: 'phaseEnded', epoch: 3, samples: 80, seconds: 1 } as const;
    const lines = log(
      started,
      { ...phase, phase: 'train', loss: 0.23124, accuracy: 0.90566, lr: 0.001 },
      { ...phase, phase: 'test', loss: 0.5, accuracy: 1 },
    );
    assert.deepEqual(lines.slice(-5), [
      '',
      'Epoch 3/24',
      '----------',
      'train Loss: 0.2312 Acc: 0.9057',
      'test Loss: 0.5000 Acc: 1.0000',
    ]);
  });

  it('names the first of many classes', () => {
    const classes = Array.from({ length: 1000 }, (_, i) => `c${i}`);
    assert.match(log({ ...started, classes })[0]!, /of 1000 classes: c0, c1, .*, c18 and 981 more$/);
  });

  it('says when more layers train, and how much of the model that is', () => {
    const lines = log(started, { kind: 'unfrozen', epoch: 5, trainable: 11177538, parameters: 11177538 });
    assert.deepEqual(lines.slice(-2), [
      '',
      'Unfrozen: trains 11,177,538 of 11,177,538 parameters (100 %) from epoch 5 on',
    ]);
  });

  it('ends with the time, the best accuracy and the run folder', () => {
    const lines = log(started, {
      ...{ kind: 'runEnded', status: 'completed', bestEpoch: 7, bestAccuracy: 0.954248, seconds: 125 },
    });
    assert.deepEqual(lines.slice(-5), [
      '',
      'Done after 2 min 5 s',
      'Best test Acc: 0.954248 (epoch 7)',
      'With 20 test images that is 77.0 to 99.2 % (95 % confidence)',
      'Run folder: /runs/one',
    ]);
  });

  it('says why it ends before its last epoch', () => {
    assert.deepEqual(log({ kind: 'stoppedEarly', epoch: 9, improved: 4 }), [
      '',
      'Stopped early: the test accuracy has not improved in 5 epochs',
    ]);
    assert.match(log({ kind: 'stoppedEarly', epoch: 1, improved: 0 })[1]!, /improved in the last epoch$/);
  });

  it('says where a resumed run goes on', () => {
    const resumed: RunResumedEvent = {
      ...{ kind: 'runResumed', epoch: 3, batch: 0, epochs: 25, engine: 'tensorflow 2.21.0' },
      ...{ engineReason: 'it is there', runFolder: '/runs/one' },
    };
    assert.deepEqual(log(resumed).slice(0, 4), [
      '',
      'Resumed with epoch 3',
      'Engine: tensorflow 2.21.0 (it is there)',
      'Run: /runs/one',
    ]);
    assert.equal(log({ ...resumed, batch: 7 })[1], 'Resumed in epoch 3, after 7 batches');
    assert.equal(log({ ...resumed, epoch: 25 })[1], 'Resumed after the last epoch');
  });

  it('says so when no epoch was finished', () => {
    const lines = log(started, {
      ...{ kind: 'runEnded', status: 'cancelled', bestEpoch: -1, bestAccuracy: 0, seconds: 3 },
    });
    assert.deepEqual(lines.slice(-2), [
      'Stopped after 3 s',
      'No epoch was finished, so there are no best weights.',
    ]);
  });
});

describe('duration', () => {
  for (const [seconds, text] of [
    [0.4, '0 s'],
    [59.4, '59 s'],
    [60, '1 min 0 s'],
    [3599, '59 min 59 s'],
    [7800, '2 h 10 min'],
  ] as const) {
    it(`says ${text}`, () => assert.equal(duration(seconds), text));
  }
});
