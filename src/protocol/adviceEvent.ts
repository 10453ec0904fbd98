import { duration } from './eventText';
import { t } from './language';
import { percent, intervalText } from './numberText';
import { SIGNIFICANT } from './mcNemar';
import type { PreparationEvent } from './trainingEvent';
import { wilsonInterval } from './wilsonInterval';

/** What the search for what to freeze says as it goes: a line of `thaw advise --json` each. */
export type AdviceEvent =
  | PreparationEvent
  | ({ readonly kind: 'adviceEstimated' } & AdvicePlan)
  | ({ readonly kind: 'trialEnded' } & FreezeTrialResult)
  | ({ readonly kind: 'adviceGiven' } & Advice);

/** What is about to be tried. */
export interface AdvicePlan {
  /** How many freeze sets. */
  readonly trials: number;
  /** Pictures that each is trained and tested with, and how many there are. */
  readonly train: number;
  readonly test: number;
  readonly allTrain: number;
  readonly allTest: number;
  readonly epochs: number;
  /** How long all of it takes, about. */
  readonly seconds: number;
}

/** A freeze set to try: what a recipe would have. */
export interface FreezeTrial {
  /** What trains, as in "everything". */
  readonly trains: string;
  readonly freeze: readonly string[];
  /** What it begins with, as a recipe names it. */
  readonly weights: string;
  /** What a recipe would have to begin with instead of what it has; null where that stays. */
  readonly newWeights: 'imagenet' | 'none' | null;
  /** Whether the recipe has it so. */
  readonly isRecipe: boolean;
}

export interface FreezeTrialResult extends FreezeTrial {
  /** Epochs that were trained; 0 where none came to its end. */
  readonly epochs: number;
  /** Of the best epoch, of `samples` test pictures. */
  readonly accuracy: number;
  readonly samples: number;
  /** With all pictures: what is done once, which is the frozen part, and then an epoch; seconds. */
  readonly onceSeconds: number;
  readonly epochSeconds: number;
  /** Why there are not as many epochs as planned. */
  readonly problem?: string;
}

export interface ComparedTrial extends FreezeTrialResult {
  /** How likely it is as good as the most accurate one (McNemar's test); null for that one, and where no epoch ended. */
  readonly p: number | null;
}

export interface Advice {
  readonly plan: AdvicePlan;
  readonly trials: readonly ComparedTrial[];
  /** Which of them to take; null where none came to the end of an epoch. */
  readonly take: number | null;
}

/** What is about to be tried, in a sentence. */
export function planText({ trials, train, test, allTrain, allTest, epochs, seconds }: AdvicePlan): string {
  const some = (part: number, all: number): string => (part < all ? t('{0} of {1}', part, all) : String(all));
  const values = [trials, some(train, allTrain), some(test, allTest), duration(seconds)] as const;
  return epochs === 1
    ? t('{0} freeze sets for an epoch each, with {1} training and {2} test pictures: about {3}.', ...values)
    : t(
        '{0} freeze sets for {4} epochs each, with {1} training and {2} test pictures: about {3}.',
        ...values,
        epochs,
      );
}

/** `0.3 s`, `12 s`, `3 min 20 s`. */
export function timeText(seconds: number): string {
  return seconds < 9.95 ? t('{0} s', seconds.toFixed(1)) : duration(seconds);
}

/** What was found and what to do, in a sentence or two. */
export function adviceText({ trials, take }: Advice): string {
  const taken = take === null ? undefined : trials[take];
  if (!taken) return t('No trial came to the end of an epoch: allow more time, or fewer pictures.');
  const { trains, accuracy, samples } = taken;
  const reached = t(
    '{0} of {1} pictures, 95% interval {2}',
    percent(accuracy),
    samples,
    intervalText(wilsonInterval(accuracy, samples)),
  );
  const tried = trials.filter(({ epochs }) => epochs > 0);
  if (tried.length === 1)
    return t('Only this came to the end of an epoch: train {0} ({1}).', trains, reached);
  const alike = tried.filter(isAsGood);
  if (alike.length === 1) {
    return t(
      'Train {0}: it recognizes {1}, and that the others recognize fewer is hardly chance.',
      trains,
      reached,
    );
  }
  return t(
    '{0} cannot be told apart with {1} pictures. Take the fastest of them: train {2} ({3}).',
    listed(alike.map(trial => `"${trial.trains}"`)),
    samples,
    trains,
    reached,
  );
}

/** Whether a trial cannot be told from the most accurate one. */
export function isAsGood({ epochs, p }: ComparedTrial): boolean {
  return epochs > 0 && (p === null || p >= SIGNIFICANT);
}

function listed(texts: readonly string[]): string {
  return t('{0} and {1}', texts.slice(0, -1).join(', '), texts.at(-1)!);
}
