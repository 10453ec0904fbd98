import assert from 'node:assert/strict';
import { readRunOutput } from '../../../../webview/renderer/readRunOutput';

const summary = {
  ...{
    status: 'completed',
    model: 'resnet18',
    epochs: 24,
    bestEpoch: 21,
    bestAccuracy: 0.9421,
    seconds: 612,
  },
};
const run = { folder: '.thaw/runs/1', name: 'case 2', variant: 'optimizer.lr = 0.01', summary };

function output(changes: object): object {
  return { version: 1, runs: [{ ...run, ...changes }] };
}

describe('the data of an output', () => {
  const right: readonly (readonly [string, unknown])[] = [
    ['a run with a summary', output({})],
    ['a run that has not ended', output({ summary: undefined, variant: undefined })],
    ['a run without a finished epoch', output({ summary: { ...summary, bestEpoch: -1, bestAccuracy: 0 } })],
    ['a message', output({ summary: { ...summary, status: 'failed', message: 'The disk is full.' } })],
    ['100 runs', { version: 1, runs: Array.from({ length: 100 }, () => run) }],
    ['fields of a newer version', { ...output({ colour: 'red' }), more: 1 }],
  ];
  for (const [what, value] of right) it(`may be ${what}`, () => assert.equal(readRunOutput(value), value));

  const wrong: readonly (readonly [string, unknown])[] = [
    ['nothing', undefined],
    ['null', null],
    ['a text', 'version 1'],
    ['another version', { version: 2, runs: [run] }],
    ['no runs', { version: 1, runs: [] }],
    ['101 runs', { version: 1, runs: Array.from({ length: 101 }, () => run) }],
    ['runs that are no list', { version: 1, runs: { length: 1, 0: run } }],
    ['a run that is null', { version: 1, runs: [null] }],
    ['a folder that is a number', output({ folder: 7 })],
    ['a name that is an object', output({ name: { toString: 1 } })],
    ['a name without end', output({ name: 'x'.repeat(100_001) })],
    ['a variant that is null', output({ variant: null })],
    ['a summary that is a text', output({ summary: 'completed' })],
    ['an unknown status', output({ summary: { ...summary, status: 'running' } })],
    ['half an epoch', output({ summary: { ...summary, epochs: 1.5 } })],
    ['a best epoch before the first', output({ summary: { ...summary, bestEpoch: -2 } })],
    ['an accuracy above 1', output({ summary: { ...summary, bestAccuracy: 1.01 } })],
    ['an accuracy that is no number', output({ summary: { ...summary, bestAccuracy: Number.NaN } })],
    ['time without end', output({ summary: { ...summary, seconds: Infinity } })],
    ['a message that is a list', output({ summary: { ...summary, message: [] } })],
  ];
  for (const [what, value] of wrong)
    it(`may not be ${what}`, () => assert.equal(readRunOutput(value), undefined));
});
