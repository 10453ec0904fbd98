import type { SchedulerRecipe } from '../recipe/recipe';

/** Where `LinearLR` begins unless told otherwise. */
const WARMUP_START = 1 / 3;

/**
 * The learning rate of an epoch (from 0), from the optimizer's base rate: `StepLR` multiplies by gamma every
 * `stepSize` epochs, `CosineAnnealingLR` goes to 0 over all epochs (Loshchilov and Hutter 2017), `none` stays. With
 * warm-up that follows a `LinearLR`, as `SequentialLR` has them follow each other.
 */
export function learningRate(
  scheduler: SchedulerRecipe,
  base: number,
  epoch: number,
  epochs: number,
): number {
  const { warmupEpochs } = scheduler;
  if (epoch < warmupEpochs) return base * (WARMUP_START + ((1 - WARMUP_START) * epoch) / warmupEpochs);
  const after = epoch - warmupEpochs;
  switch (scheduler.type) {
    case 'step':
      return base * scheduler.gamma ** Math.floor(after / scheduler.stepSize);
    case 'cosine':
      return (base * (1 + Math.cos((Math.PI * after) / (epochs - warmupEpochs)))) / 2;
    case 'none':
      return base;
  }
}
