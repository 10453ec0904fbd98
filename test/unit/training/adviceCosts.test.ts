import { strict as assert } from 'node:assert';
import { adviceCosts } from '../../../src/core/training/adviceCosts';

const RECIPE: Parameters<typeof adviceCosts>[0] = {
  ...{ model: 'squeezenet1_1', frozenBatchNorm: 'eval', imageSize: 64, mixup: undefined, augment: 'flip' },
  ...{ cachedViews: 2, epochs: 6, seed: 0, freeze: ['features'] },
};
const near = (one: number, other: number): void =>
  assert.ok(Math.abs(one - other) < 1e-12, `${one}, ${other}`);

describe('the cost of a freeze set', () => {
  it('is the frozen part once, of each view, and three passes of the rest in an epoch', () => {
    const { once, epoch } = adviceCosts(RECIPE, 1);
    assert.ok(once.test > 0.5 && once.test < 1);
    near(once.train, 2 * once.test);
    near(epoch.test, 1 - once.test);
    near(epoch.train, 3 * (1 - once.test));
  });

  it('is all of it in each epoch where nothing is frozen', () => {
    const { once, epoch } = adviceCosts({ ...RECIPE, freeze: [] }, 2);
    assert.deepEqual(once, { train: 0, test: 0 });
    near(epoch.train, 6);
    near(epoch.test, 2);
  });

  it('is all of it in each epoch where no features can be kept', () => {
    const { once, epoch } = adviceCosts({ ...RECIPE, mixup: { alpha: 0.2 } }, 1);
    assert.deepEqual(once, { train: 0, test: 0 });
    near(epoch.test, 1);
    assert.ok(epoch.train > 1 && epoch.train < 3);
  });
});
