import type { Recipe } from './recipe';

/** Epochs of a recipe that says nothing of them. */
export const DEFAULT_EPOCHS = 25;

/** A stretch of epochs in which the same layers are frozen. */
export interface Stage {
  /** Its first, from 0. */
  readonly epoch: number;
  /** Module paths. */
  readonly freeze: readonly string[];
  /** What the scheduler starts from in these epochs. */
  readonly lr: number;
}

/** The stages of a recipe in order; the first begins with epoch 0. A rate stays until another stage has its own. */
export function stagesOf({
  freeze,
  unfreeze = [],
  optimizer,
}: Pick<Recipe, 'freeze' | 'unfreeze' | 'optimizer'>): readonly Stage[] {
  const stages: Stage[] = [{ epoch: 0, freeze, lr: optimizer.lr }];
  for (const { epoch, freeze, lr } of unfreeze) stages.push({ epoch, freeze, lr: lr ?? stages.at(-1)!.lr });
  return stages;
}

/** The stage that an epoch belongs to. */
export function stageAt<Known extends Stage>(stages: readonly Known[], epoch: number): Known {
  return stages.findLast(stage => stage.epoch <= epoch) ?? stages[0]!;
}
