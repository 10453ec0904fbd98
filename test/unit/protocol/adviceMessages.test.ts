import { strict as assert } from 'node:assert';
import { isAdviceContent, type AdviceContent } from '../../../src/protocol/adviceMessages';
import { isLearningRateContent } from '../../../src/protocol/pageMessages';

const TRIAL: AdviceContent['trials'][number] = {
  ...{ trains: 'everything', freeze: ['conv1'], weights: 'imagenet', newWeights: null, isRecipe: true },
  ...{ epochs: 6, accuracy: 0.9, samples: 150, onceSeconds: 1, epochSeconds: 2, p: null },
};
const ADVICE: AdviceContent = {
  ...{ recipe: 'pets.thaw.json', uri: 'file:///pets.thaw.json', trials: [TRIAL], take: 0 },
  plan: { trials: 1, train: 400, test: 150, allTrain: 9000, allTest: 150, epochs: 6, seconds: 200 },
};

describe('what a page has kept', () => {
  it('is an advice where all that is shown of one is there', () => {
    assert.ok(isAdviceContent(JSON.parse(JSON.stringify(ADVICE))));
    assert.ok(
      isAdviceContent({ ...ADVICE, take: null, trials: [{ ...TRIAL, p: 0.5, problem: 'No time.' }] }),
    );
  });

  for (const [name, kept] of Object.entries<unknown>({
    nothing: undefined,
    'no recipe': { ...ADVICE, recipe: undefined },
    'no place of the recipe': { ...ADVICE, uri: 7 },
    'a plan without time': { ...ADVICE, plan: { ...ADVICE.plan, seconds: undefined } },
    'no trials': { ...ADVICE, trials: undefined },
    'a trial without numbers': { ...ADVICE, trials: [{ ...TRIAL, accuracy: '0.9' }] },
    'layers that are no text': { ...ADVICE, trials: [{ ...TRIAL, freeze: [1] }] },
    'weights from elsewhere': { ...ADVICE, trials: [{ ...TRIAL, newWeights: 'other.pth' }] },
    'a trial that is not there': { ...ADVICE, take: 1 },
  })) {
    it(`is no advice with ${name}`, () => assert.ok(!isAdviceContent(kept)));
  }

  it('is a search for a learning rate where all rates have their losses', () => {
    const tried = [{ lr: 0.001, loss: 1, smoothedLoss: 1.5 }];
    const search = { recipe: 'pets.thaw.json', uri: 'file:///pets.thaw.json', tried, suggestion: 0.001 };
    assert.ok(isLearningRateContent(search));
    assert.ok(isLearningRateContent({ ...search, suggestion: null }));
    assert.ok(!isLearningRateContent({ ...search, tried: [{ lr: 0.001 }] }));
    assert.ok(!isLearningRateContent({ ...search, uri: undefined }));
    assert.ok(!isLearningRateContent(undefined));
  });
});
