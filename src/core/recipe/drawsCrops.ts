import type { Recipe } from './recipe';

/** Whether an augmentation shows another crop of a picture each time, and not only the picture and its mirror image. */
export function drawsCrops(augment: Recipe['augment']): boolean {
  return augment === 'crop-flip' || augment === 'randaugment';
}
