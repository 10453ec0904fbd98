import type { SchedulerRecipe } from '../recipe/recipe';

/**
 * The learning rate of an epoch (from 0), from the optimizer's base rate: `StepLR` multiplies by gamma every
 * `stepSize` epochs, `CosineAnnealingLR` goes to 0 over all epochs (Loshchilov and Hutter 2017), `none` stays.
 */
export function learningRate(
  scheduler: SchedulerRecipe,
  base: number,
  epoch: number,
  epochs: number,
): number {
  switch (scheduler.type) {
    case 'step':
      return base * scheduler.gamma ** Math.floor(epoch / scheduler.stepSize);
    case 'cosine':
      return (base * (1 + Math.cos((Math.PI * epoch) / epochs))) / 2;
    case 'none':
      return base;
  }
}
