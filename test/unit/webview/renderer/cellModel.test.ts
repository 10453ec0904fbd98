import assert from 'node:assert/strict';
import type { CellReport, CellRun, RunOutput, RunSummary } from '../../../../src/protocol/notebookOutput';
import type { PlottedStatus } from '../../../../src/protocol/pageMessages';
import type { TrainingEvent } from '../../../../src/protocol/trainingEvent';
import { CellModel } from '../../../../webview/renderer/cellModel';
import { epochsText } from '../../../../webview/renderer/epochsText';
import { runFacts } from '../../../../webview/renderer/runFacts';

const summary: RunSummary = {
  ...{
    status: 'completed',
    model: 'resnet18',
    epochs: 24,
    bestEpoch: 21,
    bestAccuracy: 0.9421,
    seconds: 612,
  },
};
const started: TrainingEvent = {
  ...{ kind: 'runStarted', name: 'case 2', model: 'vgg16', classes: ['cat', 'dog'], train: 8, test: 2 },
  ...{
    trainable: 1,
    parameters: 2,
    epochs: 3,
    engine: 'wasm',
    engineReason: 'there is no other',
    runFolder: '/1',
  },
};
const report: CellReport = {
  metrics: {
    ...{
      matrix: [
        [900, 100],
        [20, 980],
      ],
      classes: [],
      samples: 2000,
      accuracy: 0.94,
      macroF1: 0.93987,
    },
    balancedAccuracy: 0.94,
  },
  mistakes: [],
};

function epoch(number: number, accuracy: number): readonly TrainingEvent[] {
  const phase = { kind: 'phaseEnded', epoch: number, loss: 0.5, accuracy, samples: 10, seconds: 1 } as const;
  return [
    { ...phase, phase: 'train' },
    { ...phase, phase: 'test' },
    { kind: 'bestEpoch', epoch: number, accuracy },
  ];
}

function told(folder: string, status: PlottedStatus, events: readonly TrainingEvent[]): CellRun {
  const run = { folder: `/absolute/${folder}`, name: 'case 2', status, isStopping: false, time: 1, events };
  return { folder, run, report: undefined, isResumable: status === 'cancelled' || status === 'crashed' };
}

function cell(...runs: RunOutput['runs']): CellModel {
  const model = new CellModel();
  model.show({ version: 1, runs });
  return model;
}

const sweep = (): CellModel =>
  cell(
    { folder: 'a', name: 'rates', variant: 'lr = 0.01' },
    { folder: 'b', name: 'rates', variant: 'lr = 0.001' },
  );

describe('the runs of a cell', () => {
  it('are known by the output alone', () => {
    const model = cell({ folder: 'a', name: 'case 2', summary });
    assert.deepEqual(runFacts(model.runs[0]!), [
      ['Best test accuracy', '94.21%'],
      ['Best epoch', '21'],
      ['Epochs', '24'],
      ['Model', 'resnet18'],
    ]);
    assert.equal(model.best, model.runs[0]);
    assert.equal(model.live.length, 0);
  });

  it('have no best where no epoch was finished', () => {
    const model = cell({ folder: 'a', name: 'x', summary: { ...summary, bestEpoch: -1, bestAccuracy: 0 } });
    assert.equal(model.best, undefined);
    assert.deepEqual(runFacts(model.runs[0]!)[0], ['Best test accuracy', '–']);
  });

  it('are not known where the output was written before they ended', () => {
    const model = cell({ folder: 'a', name: 'case 2' });
    assert.deepEqual([model.curves, runFacts(model.runs[0]!), epochsText(model.runs[0]!)], [[], [], '–']);
  });

  it('become live when the extension tells them, and grow', () => {
    const model = cell({ folder: 'a', name: 'case 2' });
    model.wait('a');
    assert.equal(model.runs[0]!.source, 'waiting');
    model.fill(told('a', 'running', [started, ...epoch(0, 0.5)]));
    for (const event of epoch(1, 0.75)) model.append('a', event);
    const [run] = model.live;
    assert.deepEqual([run!.folder, run!.points.length, run!.best], ['a', 2, { epoch: 1, accuracy: 0.75 }]);
    assert.equal(epochsText(model.runs[0]!), '2 of 3');
    assert.match(
      model.runs[0]!.log.text,
      /\n\nEpoch 1\/2\n-{10}\ntrain Loss: 0\.5000 Acc: 0\.7500\ntest Loss: 0\.5000 Acc: 0\.7500$/,
    );
  });

  it('do not heed the runs of other cells', () => {
    const model = cell({ folder: 'a', name: 'case 2' });
    model.fill(told('b', 'running', [started]));
    model.append('b', started);
    model.append('a', started);
    assert.deepEqual(model.curves, []);
  });

  it('keep what the output says where their folder is gone', () => {
    const model = cell({ folder: 'a', name: 'case 2', summary });
    model.fill({ folder: 'a', run: undefined, report: undefined, isResumable: false });
    assert.equal(model.runs[0]!.source, 'gone');
    assert.deepEqual(model.best!.curves!.best, { epoch: 21, accuracy: 0.9421 });
  });

  it('keep what the extension told when the output is written again', () => {
    const model = cell({ folder: 'a', name: 'case 2' });
    model.fill(told('a', 'running', [started, ...epoch(0, 0.5)]));
    model.show({
      version: 1,
      runs: [
        { folder: 'a', name: 'case 2', summary },
        { folder: 'b', name: 'x' },
      ],
    });
    assert.deepEqual(
      model.runs.map(({ source, curves }) => [source, curves?.points.length]),
      [
        ['extension', 1],
        ['output', undefined],
      ],
    );
    model.show({ version: 1, runs: [{ folder: 'b', name: 'x' }] });
    assert.deepEqual(
      model.runs.map(({ folder }) => folder),
      ['b'],
    );
  });

  it('say why they crashed, which only the output knows', () => {
    const message = 'The training process was killed: it needed more memory.';
    const model = cell({ folder: 'a', name: 'x', summary: { ...summary, status: 'crashed', message } });
    model.fill(told('a', 'crashed', [started]));
    assert.equal(model.curves[0]!.message, message);
  });

  it('can go on once they were cut off and none is live, and then say nothing of a crash', () => {
    const message = 'The training process was killed: it needed more memory.';
    const output = { folder: 'a', name: 'x', summary: { ...summary, status: 'crashed', message } } as const;
    const model = cell(output, { folder: 'b', name: 'x' });
    const resumable = (): readonly string[] => model.resumable.map(({ folder }) => folder);
    assert.deepEqual(resumable(), []);
    model.fill(told('a', 'crashed', [started]));
    model.fill(told('b', 'running', [started]));
    assert.deepEqual(resumable(), []);
    model.fill(told('b', 'cancelled', [started]));
    assert.deepEqual(resumable(), ['a', 'b']);
    model.fill(told('a', 'queued', [started]));
    assert.deepEqual([resumable(), model.curves[0]!.message], [[], undefined]);
    model.fill(told('a', 'completed', [started]));
    assert.deepEqual(resumable(), ['b']);
    model.fill({ folder: 'b', run: undefined, report: undefined, isResumable: false });
    assert.deepEqual(resumable(), []);
  });

  it('stop as soon as a person says so', () => {
    const model = sweep();
    model.fill(told('b', 'running', [started]));
    model.setStopping('b', true);
    model.setStopping('a', true);
    assert.deepEqual(
      model.live.map(({ isStopping }) => isStopping),
      [true],
    );
    model.append('b', { kind: 'runEnded', status: 'cancelled', bestEpoch: -1, bestAccuracy: 0, seconds: 2 });
    assert.deepEqual(
      model.curves.map(({ isStopping }) => isStopping),
      [false],
    );
  });

  it('of a sweep are named by what differs, and keep their looks', () => {
    const model = sweep();
    model.fill(told('b', 'completed', [started, ...epoch(0, 0.5)]));
    model.fill(told('a', 'running', [started, ...epoch(0, 0.5)]));
    assert.deepEqual(
      model.curves.map(({ name }) => name),
      ['lr = 0.01', 'lr = 0.001'],
    );
    assert.deepEqual([model.numberOf('a'), model.numberOf('b'), model.best!.name], [0, 1, 'lr = 0.01']);
  });

  it('have more numbers once the best epoch is read', () => {
    const model = cell({ folder: 'a', name: 'case 2', summary });
    model.fill({ ...told('a', 'completed', [started, ...epoch(0, 0.94)]), report });
    assert.deepEqual(runFacts(model.runs[0]!), [
      ['Best test accuracy', '94.00%'],
      ['Best epoch', '0'],
      ['95% interval', '92.9% to 95.0%'],
      ['Macro-F1', '0.9399'],
      ['Mistakes', '120 of 2,000 pictures'],
      ['Epochs', '1 of 3'],
      ['Model', 'vgg16'],
    ]);
  });
});
