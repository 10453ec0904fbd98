import { strict as assert } from 'node:assert';
import type { ComparedRun } from '../../../../src/protocol/comparisonMessages';
import { isChosen, movedEnd, parallelAxes, textAt } from '../../../../webview/comparison/parallelAxes';

const RUNS = [0.5, 0.75, 1, undefined].map((accuracy, index): ComparedRun => {
  const best =
    accuracy === undefined ? undefined : { accuracy, samples: 4, loss: 1 - accuracy / 2, numbers: [] };
  return { folder: `/${index}`, name: `run ${index}`, run: undefined, best, problem: undefined };
});

const AXES = parallelAxes(RUNS, [
  { field: 'optimizer.lr', values: ['0.0001', '0.001', '0.01', '0.01'] },
  { field: 'batchSize', values: ['8', '16', '24', '8'] },
  { field: 'freeze', values: ['["conv1","bn1"]', '[]', '["conv1","bn1"]', null] },
  { field: 'optimizer.momentum', values: ['0.9', '0.9', null, '0.5'] },
]);
const axis = (title: string) => AXES.find(axis => axis.title === title)!;

describe('the axes of parallel coordinates', () => {
  it('are the fields that differ, the loss and the accuracy', () => {
    assert.deepEqual(
      AXES.map(({ title }) => title),
      ['optimizer.lr', 'batchSize', 'freeze', 'optimizer.momentum', 'Test loss', 'Test accuracy'],
    );
  });

  it('are logarithmic where numbers span powers of ten, else linear', () => {
    const places = axis('optimizer.lr').places.map(place => Math.round(100 * place!));
    assert.deepEqual(places, [0, 50, 100, 100]);
    assert.deepEqual(axis('batchSize').places, [0, 0.5, 1, 0]);
  });

  it('have no place among numbers for a field that is left out', () => {
    assert.deepEqual(axis('optimizer.momentum').places, [1, 1, undefined, 0]);
    assert.deepEqual(axis('optimizer.momentum').texts, ['0.9', '0.9', '–', '0.5']);
  });

  it('have a place for each text, and for a field that is left out', () => {
    const { places, texts, ticks } = axis('freeze');
    assert.deepEqual(places, [0, 0.5, 0, 1]);
    assert.deepEqual(texts, ['conv1, bn1', 'none', 'conv1, bn1', '–']);
    assert.deepEqual(ticks.at(-1), { place: 1, text: '–' });
  });

  it('have no place for a run without a best epoch', () => {
    assert.deepEqual(axis('Test accuracy').places, [0, 0.5, 1, undefined]);
    assert.deepEqual(axis('Test accuracy').texts, ['50.0%', '75.0%', '100.0%', '–']);
  });

  it('have the one value in the middle', () => {
    const [lr] = parallelAxes(RUNS, [{ field: 'x', values: ['3', '3', '3', '3'] }]);
    assert.deepEqual(lr!.places, [0.5, 0.5, 0.5, 0.5]);
  });
});

describe('the chosen part of axes', () => {
  const chosen = (...brushes: readonly (readonly [string, readonly [number, number]])[]) =>
    RUNS.flatMap((_, run) => (isChosen(AXES, new Map(brushes), run) ? [run] : []));

  it('holds all runs without one, and those within all of them', () => {
    assert.deepEqual(chosen(), [0, 1, 2, 3]);
    assert.deepEqual(chosen(['optimizer.lr', [0.5, 1]]), [1, 2, 3]);
    assert.deepEqual(chosen(['optimizer.lr', [0.5, 1]], ['batchSize', [0.9, 1]]), [2]);
  });

  it('leaves out runs that have no place there', () => {
    assert.deepEqual(chosen(['Test accuracy', [0, 1]]), [0, 1, 2]);
  });

  it('is moved by keys from run to run', () => {
    const { places } = axis('batchSize');
    assert.deepEqual(places, [0, 0.5, 1, 0]);
    const moved = (end: number, key: string) => movedEnd(axis('batchSize'), end, key);
    assert.deepEqual([moved(0, 'ArrowUp'), moved(0.5, 'ArrowUp'), moved(1, 'ArrowUp')], [0.5, 1, 1]);
    assert.deepEqual([moved(0.7, 'ArrowDown'), moved(0, 'ArrowDown')], [0.5, 0]);
    assert.deepEqual([moved(0.7, 'Home'), moved(0.7, 'End'), moved(0.7, 'a')], [0, 1, undefined]);
    assert.equal(textAt(axis('batchSize'), 0.6), '16');
  });
});
