import { strict as assert } from 'node:assert';
import { valueText } from '../../../../webview/comparison/valueText';

describe('the value of a field in a cell', () => {
  for (const [json, text] of [
    ['"adamw"', 'adamw'],
    ['0.001', '0.001'],
    ['null', 'null'],
    [null, '–'],
    ['[]', 'none'],
    ['["conv1","bn1"]', 'conv1, bn1'],
    ['["conv1","bn1","relu","maxpool","layer1","layer2"]', 'conv1 … layer2 (6)'],
    ['[[1],{"a":2}]', '[1], {"a":2}'],
    ['"/home/ann/pictures/of/ants/and/of/bees"', '…nn/pictures/of/ants/and/of/bees'],
  ] as const) {
    it(`${json} is ${text}`, () => assert.equal(valueText(json), text));
  }
});
