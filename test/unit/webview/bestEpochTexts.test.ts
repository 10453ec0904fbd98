import { strict as assert } from 'node:assert';
import type { ClassMetrics } from '../../../src/protocol/pageMessages';
import { calibrationText } from '../../../webview/bestEpoch/calibrationText';
import { summaryOf } from '../../../webview/bestEpoch/layersText';
import { mostConfused } from '../../../src/protocol/mostConfused';
import { percent } from '../../../src/protocol/numberText';
import { sortedClasses } from '../../../webview/bestEpoch/sortedClasses';
import { counted, countedPictures, lossText } from '../../../webview/numbers';

describe('the page of a best epoch', () => {
  it('lists what is confused most', () => {
    const matrix = [
      [90, 3, 0],
      [7, 80, 1],
      [3, 0, 70],
    ];
    assert.deepEqual(mostConfused(matrix, 3), [
      { label: 1, predicted: 0, count: 7 },
      { label: 0, predicted: 1, count: 3 },
      { label: 2, predicted: 0, count: 3 },
    ]);
  });

  it('sorts classes either way, those without a value last', () => {
    const classes = [0.5, undefined, 0.9, 0.1].map((f1, index): ClassMetrics => ({
      ...{ name: 'dbca'[index]!, support: index, predicted: 0, precision: f1, recall: f1, f1 },
    }));
    const names = (...by: readonly ['f1' | 'name' | 'support', boolean]): string =>
      sortedClasses(classes, ...by)
        .map(({ name }) => name)
        .join('');
    assert.deepEqual(
      [names('f1', true), names('f1', false), names('name', true), names('support', false)],
      ['adcb', 'cdab', 'abcd', 'acbd'],
    );
  });

  it('tells that frozen layers did not move', () => {
    const layer = { path: 'conv1', frozen: true, parameters: 9408, maxChange: 0 };
    const trained = { path: 'fc', frozen: false, parameters: 1026, maxChange: 0.25 };
    assert.equal(
      summaryOf([layer, layer, trained]),
      '2 layers with 18,816 parameters did not move: the largest change of any number is 0.',
    );
    assert.equal(
      summaryOf([{ ...layer, maxChange: 0.00123 }, trained]),
      '1 layer with 9,408 parameters should not have moved, but did, by up to 0.0012.',
    );
    assert.equal(summaryOf([trained]), 'Nothing was frozen: every layer trained.');
  });
});

describe('numbers', () => {
  it('are written for people', () => {
    assert.deepEqual(
      [percent(0.95424), percent(1, 2), percent(undefined), percent(Number.NaN)],
      ['95.4%', '100.00%', '–', '–'],
    );
    assert.deepEqual(
      [lossText(0.17912), lossText(2.3025), lossText(0), lossText(3.21e-7), lossText(undefined)],
      ['0.1791', '2.303', '0.000', '3.2e-7', '–'],
    );
    assert.deepEqual(
      [countedPictures(1), countedPictures(1200), counted(2, '{0} class', '{0} classes')],
      ['1 picture', '1,200 pictures', '2 classes'],
    );
  });

  it('tells how far the probabilities can be believed, and what would mend them', () => {
    const bins = [
      { low: 0.8, high: 14 / 15, samples: 30, confidence: 0.9, accuracy: 0.8 },
      { low: 14 / 15, high: 1, samples: 10, confidence: 0.98, accuracy: 0.9 },
    ];
    const said =
      'Its likeliest class has 92.0% on average and is right in 82.5%: too sure. ' +
      'The expected calibration error is 0.095.';
    assert.equal(calibrationText({ bins, error: 0.095 }), said);
    const fitted = { bins, error: 0.095, temperature: 1.5, errorAtTemperature: 0.02 };
    assert.equal(
      calibrationText(fitted),
      `${said} Logits divided by 1.50 (temperature scaling, fitted to these pictures) bring it to 0.020.`,
    );
    assert.match(calibrationText({ ...fitted, errorAtTemperature: 0.1 }), /do not lower it\.$/);
  });
});
