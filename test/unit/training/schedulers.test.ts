import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SchedulerRecipe } from '../../../src/core/recipe/recipe';
import { learningRate } from '../../../src/core/training/schedulers';

interface Case {
  readonly scheduler: SchedulerRecipe;
  readonly lr: number;
  readonly rates: readonly number[];
}

describe('learningRate', () => {
  const file = join(__dirname, '../../fixtures/models/schedulers.json');
  const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: Case[] };

  for (const { scheduler, lr, rates } of cases) {
    it(`gives PyTorch's rates for ${JSON.stringify(scheduler)} over ${rates.length} epochs`, () => {
      const ours = rates.map((_, epoch) => learningRate(scheduler, lr, epoch, rates.length));
      ours.forEach((rate, epoch) => assert.ok(Math.abs(rate - rates[epoch]!) < 1e-12, `epoch ${epoch}`));
    });
  }

  it('only rises where warm-up takes all epochs', () => {
    const rates = [0, 1, 2].map(epoch => learningRate({ type: 'cosine', warmupEpochs: 4 }, 0.9, epoch, 3));
    assert.deepEqual(
      rates.map(rate => Number(rate.toFixed(9))),
      [0.3, 0.45, 0.6],
    );
  });

  it('stays where it is without a scheduler', () => {
    assert.equal(learningRate({ type: 'none', warmupEpochs: 0 }, 0.3, 99, 100), 0.3);
  });
});
