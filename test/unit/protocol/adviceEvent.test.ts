import { strict as assert } from 'node:assert';
import { adviceText, planText, timeText, type ComparedTrial } from '../../../src/protocol/adviceEvent';
import { mcNemar } from '../../../src/protocol/mcNemar';

const PLAN = { trials: 2, train: 400, test: 150, allTrain: 9000, allTest: 150, epochs: 6, seconds: 200 };

function trial(trains: string, accuracy: number, p: number | null, epochs = 6): ComparedTrial {
  const numbers = { epochs, accuracy, samples: 150, onceSeconds: 1, epochSeconds: 2 };
  const freezes = { freeze: [], weights: 'imagenet', newWeights: null, isRecipe: false };
  return { trains, ...freezes, ...numbers, p };
}

describe('the advice on what to freeze', () => {
  it('takes the one that is better than the others', () => {
    assert.equal(
      adviceText({
        plan: PLAN,
        trials: [trial('everything', 0.92, null), trial('the head', 0.7, 0.001)],
        take: 0,
      }),
      'Train everything: it recognizes 92.0% of 150 pictures, 95% interval 86.5% to 95.4%, and that the others ' +
        'recognize fewer is hardly chance.',
    );
  });

  it('takes the fastest of those that cannot be told apart, and says so', () => {
    const trials = [
      trial('the head', 0.9, 0.4),
      trial('everything', 0.92, null),
      trial('nothing', 0.2, 0.001),
    ];
    assert.equal(
      adviceText({ plan: PLAN, trials, take: 0 }),
      '"the head" and "everything" cannot be told apart with 150 pictures. Take the fastest of them: train the head ' +
        '(90.0% of 150 pictures, 95% interval 84.2% to 93.8%).',
    );
  });

  it('says where there was nothing to compare', () => {
    const none = trial('everything', 0, null, 0);
    assert.match(adviceText({ plan: PLAN, trials: [none], take: null }), /^No trial came to the end/);
    const trials = [trial('the head', 0.9, null), none];
    assert.match(
      adviceText({ plan: PLAN, trials, take: 0 }),
      /^Only this came to the end of an epoch: train the head/,
    );
  });

  it('is announced with how long it takes', () => {
    assert.equal(
      planText(PLAN),
      '2 freeze sets for 6 epochs each, with 400 of 9000 training and 150 test pictures: about 3 min 20 s.',
    );
    assert.deepEqual([0.04, 9.94, 9.96, 75].map(timeText), ['0.0 s', '9.9 s', '10 s', '1 min 15 s']);
  });

  it('counts the pictures that one alone recognizes, by the exact test', () => {
    assert.equal(mcNemar(0, 0), 1);
    assert.ok(Math.abs(mcNemar(9, 2) - 0.0654296875) < 1e-12);
    assert.ok(Math.abs(mcNemar(2, 9) - 0.0654296875) < 1e-12);
  });
});
