import assert from 'node:assert/strict';
import { freezeFor, withParameters } from '../../../src/core/model/freezeFor';
import { fineTuneCases } from '../../../src/core/recipe/fourCases';

describe('what is told of the list that a case calls for', () => {
  it('are the modules with something to learn, in their order', () => {
    const [first, second] = fineTuneCases.map(one =>
      withParameters('efficientnet_lite0', freezeFor('efficientnet_lite0', one)),
    );
    assert.deepEqual(first, ['_conv_stem', '_bn0', '_blocks', '_conv_head', '_bn1']);
    assert.deepEqual(
      [second![0], second!.at(-1), withParameters('efficientnet_lite0', ['_swish', '_dropout'])],
      ['_conv_stem', '_blocks.7', []],
    );
  });
});
