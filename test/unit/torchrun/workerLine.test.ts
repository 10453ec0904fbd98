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
    { kind: 'failed', message: 'The image a.png can no longer be read' },
  ];
  for (const line of kept) {
    it(`is read as it is: ${line.kind}`, () => assert.deepEqual(readWorkerLine(JSON.stringify(line)), line));
  }

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
