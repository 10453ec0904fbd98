import { strict as assert } from 'node:assert';
import { classificationMetrics } from '../../../src/core/run/confusion';

/** Judgements from a matrix of counts. */
function judged(matrix: readonly (readonly number[])[]) {
  const judgements = matrix.flatMap((row, label) =>
    row.flatMap((count, predicted) => Array.from({ length: count }, () => ({ label, predicted }))),
  );
  return classificationMetrics(['ant', 'bee', 'wasp'].slice(0, matrix.length), judgements);
}

const skewed = [
  [50, 3, 2],
  [10, 67, 9],
  [0, 4, 5],
];

describe('the metrics of a classification', () => {
  it('count samples by class and by what they were taken for', () => {
    assert.deepEqual(judged(skewed).matrix, skewed);
  });

  it('tell accuracy, macro-F1 and balanced accuracy', () => {
    const { samples, accuracy, macroF1, balancedAccuracy } = judged(skewed);
    assert.equal(samples, 150);
    assert.equal(accuracy, 122 / 150);
    assert.equal(macroF1, (100 / 115 + 134 / 160 + 10 / 25) / 3);
    assert.equal(balancedAccuracy, (50 / 55 + 67 / 86 + 5 / 9) / 3);
  });

  it('tell precision, recall, F1 and support of each class', () => {
    assert.deepEqual(judged(skewed).classes, [
      { name: 'ant', support: 55, predicted: 60, precision: 50 / 60, recall: 50 / 55, f1: 100 / 115 },
      { name: 'bee', support: 86, predicted: 74, precision: 67 / 74, recall: 67 / 86, f1: 134 / 160 },
      { name: 'wasp', support: 9, predicted: 16, precision: 5 / 16, recall: 5 / 9, f1: 10 / 25 },
    ]);
  });

  it('are all 1 for a classification without mistakes', () => {
    const { accuracy, macroF1, balancedAccuracy } = judged([
      [7, 0],
      [0, 3],
    ]);
    assert.deepEqual([accuracy, macroF1, balancedAccuracy], [1, 1, 1]);
  });

  it('leave out a class that nothing belongs to and nothing was taken for', () => {
    const { classes, macroF1, balancedAccuracy } = judged([
      [4, 0, 0],
      [2, 2, 0],
      [0, 0, 0],
    ]);
    assert.deepEqual(classes[2], {
      name: 'wasp',
      support: 0,
      predicted: 0,
      precision: undefined,
      recall: undefined,
      f1: undefined,
    });
    assert.equal(macroF1, (8 / 10 + 4 / 6) / 2);
    assert.equal(balancedAccuracy, 0.75);
  });

  it('count a class that was never found as 0, and one that was only imagined as well', () => {
    const { classes, macroF1, balancedAccuracy } = judged([
      [4, 0, 0],
      [0, 0, 2],
      [0, 0, 0],
    ]);
    assert.deepEqual(
      classes.map(({ precision, recall, f1 }) => [precision, recall, f1]),
      [
        [1, 1, 1],
        [undefined, 0, 0],
        [0, undefined, 0],
      ],
    );
    assert.equal(macroF1, 1 / 3);
    assert.equal(balancedAccuracy, 0.5);
  });
});
