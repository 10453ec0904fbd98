import assert from 'node:assert/strict';
import { readWorkerLine } from '../../../src/core/torchrun/workerLine';

describe('a line of a process of PyTorch', () => {
  const kept = [
    { kind: 'note', message: 'PyTorch was started again and goes on with epoch 3.' },
    {
      ...{ kind: 'phaseEnded', epoch: 0, phase: 'train', loss: 0.5, accuracy: 0.75, samples: 8 },
      ...{ seconds: 1.5, lr: 0.001 },
    },
    { kind: 'bestEpoch', epoch: 0, accuracy: 0.75 },
    { kind: 'worker', pid: 4711 },
    { kind: 'startedAgain', epoch: 3, batch: 0 },
    { kind: 'ended', status: 'completed' },
  ];
  for (const line of kept) {
    it(`is read as it is: ${line.kind}`, () => assert.deepEqual(readWorkerLine(JSON.stringify(line)), line));
  }

  it('names what trying again would not mend, which becomes a sentence', () => {
    const said = (line: object): string | undefined => {
      const read = readWorkerLine(JSON.stringify({ kind: 'failed', ...line }));
      return read?.kind === 'failed' ? read.problem.message : undefined;
    };
    assert.match(
      said({ why: 'lossRanAway', epoch: 3, lr: 0.1 })!,
      /in epoch 3: with the learning rate 0\.1 the/,
    );
    assert.equal(
      said({ why: 'imageLost', image: 'a.png', reason: 'it is gone' }),
      'The image a.png can no longer be read: it is gone; restore it, or start again to leave it out',
    );
    assert.match(said({ why: 'machinesDiffer' })!, /^The machines do not train the same/);
    assert.equal(said({ why: 'lossRanAway', epoch: 3 }), undefined);
    assert.equal(said({ why: 'imageLost', image: 1, reason: 'it is gone' }), undefined);
  });

  it('is nothing when it is something else', () => {
    const others = [
      ...[
        '',
        'Downloading...',
        '[W socket.cpp] no',
        '{"kind":"phaseEnded","epoch":0,"loss":NaN}',
        'null',
        '7',
      ],
      ...['{"kind":"worker","pid":-1}', '{"kind":"worker","pid":"1"}', '{"kind":"ended","status":"maybe"}'],
      ...['{"kind":"failed"}', '{"kind":"phaseEnded","epoch":0}'],
    ];
    for (const text of others) assert.equal(readWorkerLine(text), undefined, text);
  });
});
