import type { Sample } from '../dataset/dataset';
import type { BatchOptions } from '../image/batches';
import type { LocalEngine, Recipe } from '../recipe/recipe';
import type { FeatureBatch } from './featureComputer';

/** What features are computed with. */
export interface FeatureJob {
  readonly recipe: Recipe;
  readonly engine: LocalEngine;
  /** Classes of the model. */
  readonly outputs: number;
}

/** What a process that computes features is told. */
export type FeatureRequest =
  | ({ readonly kind: 'load' } & FeatureJob)
  /** Compute the batches of `order`, of which each but the last is whole. */
  | {
      readonly kind: 'compute';
      readonly samples: readonly Sample[];
      readonly order: readonly number[];
      readonly view: BatchOptions['view'];
    }
  /** A batch was taken: one more may be sent. */
  | { readonly kind: 'taken' };

/** What it answers. */
export type FeatureReply =
  | ({ readonly kind: 'batch' } & FeatureBatch)
  /** `isUserError`: the message is for people; else it is a stack. */
  | { readonly kind: 'failed'; readonly message: string; readonly isUserError: boolean };

/** Batches that a process may be ahead of whoever takes them. */
export const BATCHES_AHEAD = 2;
