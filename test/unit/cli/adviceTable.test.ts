import { strict as assert } from 'node:assert';
import { adviceTable } from '../../../src/cli/adviceTable';

describe('the advice on the command line', () => {
  it('is a table with the one to take marked, and how to take it', () => {
    const plan = { trials: 2, train: 40, test: 20, allTrain: 40, allTest: 20, epochs: 6, seconds: 2 };
    const numbers = { epochs: 6, samples: 20, onceSeconds: 12, epochSeconds: 0.25 };
    const lines = adviceTable({
      plan,
      trials: [
        {
          ...{ trains: 'the head', freeze: ['conv1', 'layer1'], weights: 'none', newWeights: 'none' },
          ...{ ...numbers, isRecipe: false, accuracy: 0.9, p: null },
        },
        {
          ...{ trains: 'everything', freeze: [], weights: 'imagenet', newWeights: null },
          ...{ ...numbers, isRecipe: true, epochs: 0, accuracy: 0, p: null, problem: 'The 1 min were over.' },
        },
      ],
      take: 0,
    });
    assert.deepEqual(lines, [
      '   trains                     accuracy    95% interval  once  an epoch     p',
      '>  the head                      90.0%  69.9% to 97.2%  12 s     0.3 s  best',
      "   everything (the recipe's)         –               –     –         –     –",
      '',
      'everything: The 1 min were over.',
      'Only this came to the end of an epoch: train the head (90.0% of 20 pictures, 95% interval 69.9% to 97.2%).',
      `--set 'freeze=["conv1","layer1"]' --set weights=none`,
    ]);
  });
});
