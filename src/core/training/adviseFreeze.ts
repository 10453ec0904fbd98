import type {
  Advice,
  AdviceEvent,
  AdvicePlan,
  FreezeTrial,
  FreezeTrialResult,
} from '../../protocol/adviceEvent';
import { isAsGood } from '../../protocol/adviceEvent';
import { t } from '../../protocol/language';
import { mcNemar } from '../../protocol/mcNemar';
import type { PhaseEndedEvent, ProgressEvent } from '../../protocol/trainingEvent';
import { finish } from '../progress';
import type { Recipe } from '../recipe/recipe';
import { UserError } from '../userError';
import { adviceCosts, type TrialCost } from './adviceCosts';
import { choosePhaseData, decodedData } from './choosePhaseData';
import { freezeTrials } from './freezeTrials';
import { computingFeatures } from './keepFeatures';
import type { LoadedRun } from './loadedRun';
import { argMax } from './metrics';
import { prepareLocalRun } from './prepareLocalRun';
import type { BestEpoch } from './runEpochs';
import { samplePictures } from './samplePictures';
import { runOptimizer, trainEpochs } from './trainEpochs';
import type { TrainOptions } from './trainer';

export interface AdviseOptions extends Pick<
  TrainOptions,
  'workspace' | 'featureProgram' | 'cache' | 'signal'
> {
  /** Longest that the trials may take; `DEFAULT_MINUTES` unless told. */
  readonly minutes?: number | undefined;
  /** Of each trial; the recipe's, but at most `MOST_EPOCHS`, unless told. */
  readonly epochs?: number | undefined;
  /** Most pictures of each phase; `MOST_PICTURES` unless told. */
  readonly pictures?: number | undefined;
}

export const DEFAULT_MINUTES = 10;
export const MOST_PICTURES = 400;
const MOST_EPOCHS = 6;
/** With fewer pictures no two trials could be told apart. */
const FEWEST_PICTURES = 60;
const FEWEST_EPOCHS = 2;
/** Views kept of a training picture where the recipe draws new crops in every epoch, which no cache could keep. */
const CACHED_VIEWS = 2;

/** A trial that is over, and which of the test pictures its best epoch recognized. */
interface Tried {
  readonly result: FreezeTrialResult;
  readonly right: readonly boolean[] | undefined;
}

/**
 * Trains a recipe for a few epochs on some of its pictures with each of the freeze sets that come into question, and says
 * which to take: the fastest of those that cannot be told from the most accurate one by the pictures held out. Keeps
 * nothing of what it trains. A mistake is a UserError.
 */
export async function* adviseFreeze(
  recipe: Recipe,
  options: AdviseOptions,
): AsyncGenerator<AdviceEvent, Advice> {
  const trials = freezeTrials(recipe);
  const { minutes = DEFAULT_MINUTES, signal } = options;
  let advisor: Advisor | undefined;
  const tried: Tried[] = [];
  for (const [index, trial] of trials.entries()) {
    if (advisor?.isOver) {
      tried.push(untried(trial, t('There was no time left of {0} min.', minutes)));
      continue;
    }
    const preparing = prepareLocalRun(variantOf(recipe, trial), t('what to freeze is tried out'), options);
    // What there is to say of the recipe and its data is said once.
    const trainer = index === 0 ? yield* preparing : await finish(preparing);
    try {
      if (!advisor) {
        advisor = yield* Advisor.begin(trainer.run, trials, options);
        yield { kind: 'adviceEstimated', ...advisor.plan };
      }
      const ended: Tried = yield* advisor.try(trainer.run, trial, index);
      signal.throwIfAborted();
      tried.push(ended);
      yield { kind: 'trialEnded', ...ended.result };
    } finally {
      trainer.dispose();
    }
  }
  const advice = concluded(advisor!.plan, tried, recipe.epochs);
  yield { kind: 'adviceGiven', ...advice };
  return advice;
}

/** The recipe of a trial. */
function variantOf(recipe: Recipe, { freeze, weights }: FreezeTrial): Recipe {
  const cachedViews = recipe.cachedViews ?? CACHED_VIEWS;
  return { ...recipe, freeze, unfreeze: undefined, weights, earlyStopping: undefined, cachedViews };
}

/** The trials of a recipe, one after the other, until time is over. */
class Advisor {
  private readonly deadline: number;

  private constructor(
    readonly plan: AdvicePlan,
    /** Pictures of a phase. */
    private readonly most: number,
    private readonly costs: readonly TrialCost[],
    private readonly options: AdviseOptions,
  ) {
    this.deadline = performance.now() + 60_000 * (options.minutes ?? DEFAULT_MINUTES);
  }

  /** Measures how fast a network of this model is, and plans what there is time for. */
  static async *begin(
    run: LoadedRun,
    trials: readonly FreezeTrial[],
    options: AdviseOptions,
  ): AsyncGenerator<AdviceEvent, Advisor> {
    const { recipe, dataset } = run;
    const { minutes = DEFAULT_MINUTES, pictures = MOST_PICTURES } = options;
    yield {
      kind: 'progress',
      task: t('Measuring how fast the model is'),
      done: 0,
      total: undefined,
      unit: 'steps',
    };
    const secondsPerPicture = await measured(run, options);
    const costs = trials.map(({ freeze }) => adviceCosts({ ...recipe, freeze }, secondsPerPicture));
    const planned = (most: number, epochs: number): AdvicePlan => {
      const [train, test] = [dataset.train, dataset.test].map(
        samples => samplePictures(samples, most, recipe.seed).length,
      ) as [number, number];
      const seconds = costs.reduce((sum, cost) => sum + secondsOf(cost, train, test, epochs), 0);
      const all = { allTrain: dataset.train.length, allTest: dataset.test.length };
      return { trials: trials.length, train, test, ...all, epochs, seconds };
    };
    const limit = 60 * minutes;
    let most = Math.min(pictures, Math.max(dataset.train.length, dataset.test.length));
    let plan = planned(most, options.epochs ?? Math.min(recipe.epochs, MOST_EPOCHS));
    if (plan.seconds > limit) {
      most = Math.min(most, Math.max(FEWEST_PICTURES, Math.floor((most * limit) / plan.seconds)));
      plan = planned(most, plan.epochs);
    }
    if (plan.seconds > limit && options.epochs === undefined) {
      const fewer = Math.max(FEWEST_EPOCHS, Math.floor((plan.epochs * limit) / plan.seconds));
      plan = planned(most, Math.min(plan.epochs, fewer));
    }
    return new Advisor(plan, most, costs, options);
  }

  get isOver(): boolean {
    return performance.now() >= this.deadline;
  }

  /** Trains a trial until it is done or time is over. */
  async *try(loaded: LoadedRun, trial: FreezeTrial, index: number): AsyncGenerator<AdviceEvent, Tried> {
    const { signal } = this.options;
    const run = this.sampled(loaded);
    const cost = this.costs[index]!;
    const { train, test, epochs, trials, seconds } = this.plan;
    const planned = (cost: TrialCost): number => secondsOf(cost, train, test, epochs);
    const before = this.costs.slice(0, index).reduce((sum, cost) => sum + planned(cost), 0);
    const progress = (share: number, detail: string): ProgressEvent => ({
      ...{ kind: 'progress', task: t('Comparing {0} freeze sets', trials), unit: 'seconds' },
      done: Math.round(before + share * planned(cost)),
      total: Math.max(1, Math.round(seconds)),
      detail: t('training {0}: {1}', trial.trains, detail),
    });
    const start = performance.now();
    const once = onceSeconds(cost, train, test);
    const onceShare = once / planned(cost);
    const opening = choosePhaseData(run, this.options);
    let opened = await opening.next();
    for (; !opened.done; opened = await opening.next()) {
      const event = opened.value;
      if (event.kind !== 'progress') continue;
      const share = event.task === computingFeatures() && event.total ? event.done / event.total : 0;
      yield progress(onceShare * share, t('frozen part'));
      if (this.isOver) {
        await opening.return(undefined as never);
        return untried(trial, this.lateness);
      }
    }
    const data = opened.value;
    const openedIn = (performance.now() - start) / 1000;
    const optimizer = runOptimizer(run);
    const phases: PhaseEndedEvent[] = [];
    let best: BestEpoch | undefined;
    let problem: string | undefined;
    try {
      const training = trainEpochs(run, optimizer, data, {
        from: undefined,
        keepBest: found => void (best = found),
        save: async () => undefined,
        signal,
      });
      for await (const event of training) {
        if (event.kind === 'phaseEnded') phases.push(event);
        const part = event.kind === 'batchEnded' ? (event.batch + 1) / event.batches : 0;
        const done = Math.min(1, (phases.length + part) / (2 * epochs));
        const epoch = Math.min(epochs, Math.floor(phases.length / 2) + 1);
        yield progress(onceShare + (1 - onceShare) * done, t('epoch {0} of {1}', epoch, epochs));
        if (this.isOver && phases.length < 2 * epochs) {
          problem = this.lateness;
          break;
        }
      }
    } catch (error) {
      // A rate that suits one freeze set may be too large for another.
      if (!(error instanceof UserError) || signal.aborted) throw error;
      problem = error.message;
    } finally {
      await data.close();
      optimizer.optimizer.dispose();
    }
    if (!best) return untried(trial, problem ?? this.lateness);
    const result = this.result(trial, best, phases, Math.max(once, openedIn), problem);
    return { result, right: rightOf(run, best) };
  }

  private get lateness(): string {
    return t('The {0} min were over.', this.options.minutes ?? DEFAULT_MINUTES);
  }

  /** The run with the pictures and epochs of the plan. */
  private sampled(run: LoadedRun): LoadedRun {
    const { dataset, recipe } = run;
    const sampled = (samples: typeof dataset.train) => samplePictures(samples, this.most, recipe.seed);
    return {
      ...run,
      recipe: { ...recipe, epochs: this.plan.epochs },
      dataset: { ...dataset, train: sampled(dataset.train), test: sampled(dataset.test) },
    };
  }

  private result(
    trial: FreezeTrial,
    { accuracy, probabilities }: BestEpoch,
    phases: readonly PhaseEndedEvent[],
    once: number,
    problem: string | undefined,
  ): FreezeTrialResult {
    const { train, test, allTrain, allTest } = this.plan;
    return {
      ...trial,
      epochs: Math.floor(phases.length / 2),
      ...{ accuracy, samples: probabilities.length },
      onceSeconds: once * ((allTrain + allTest) / (train + test)),
      epochSeconds:
        typical(phases, 'train') * (allTrain / train) + typical(phases, 'test') * (allTest / test),
      ...(problem === undefined ? {} : { problem }),
    };
  }
}

/** Seconds of a phase in an epoch like most: the first one also warms up. */
function typical(phases: readonly PhaseEndedEvent[], wanted: PhaseEndedEvent['phase']): number {
  const seconds = phases.filter(({ phase }) => phase === wanted).map(({ seconds }) => seconds);
  const later = (seconds.length > 1 ? seconds.slice(1) : seconds).sort((a, b) => a - b);
  return later[Math.floor(later.length / 2)] ?? 0;
}

function onceSeconds({ once }: TrialCost, train: number, test: number): number {
  return once.train * train + once.test * test;
}

function secondsOf(cost: TrialCost, train: number, test: number, epochs: number): number {
  return onceSeconds(cost, train, test) + epochs * (cost.epoch.train * train + cost.epoch.test * test);
}

/** Seconds that a picture takes forward through all of the network, decoding included: of the faster of two passes. */
async function measured(run: LoadedRun, options: AdviseOptions): Promise<number> {
  const { dataset, recipe, network } = run;
  const some = { ...run, dataset: { ...dataset, test: dataset.test.slice(0, recipe.batchSize) } };
  const data = decodedData(some, options);
  let seconds = Infinity;
  for (let pass = 0; pass < 2; pass++) {
    const start = performance.now();
    for await (const { input } of data.testBatches()) await network.evaluateStep(input);
    seconds = Math.min(seconds, (performance.now() - start) / 1000);
    options.signal.throwIfAborted();
  }
  await data.close();
  return seconds / some.dataset.test.length;
}

function untried(trial: FreezeTrial, problem: string): Tried {
  const nothing = { epochs: 0, accuracy: 0, samples: 0, onceSeconds: 0, epochSeconds: 0 };
  return { result: { ...trial, ...nothing, problem }, right: undefined };
}

function rightOf({ dataset }: LoadedRun, { probabilities }: BestEpoch): readonly boolean[] {
  return probabilities.map((row, index) => argMax(row) === dataset.test[index]!.label);
}

/** Takes the trial that a whole run is the fastest with, of those that cannot be told from the most accurate one. */
function concluded(plan: AdvicePlan, tried: readonly Tried[], epochs: number): Advice {
  const best = tried
    .filter(({ right }) => right)
    .reduce<Tried | undefined>(
      (best, one) => (best && best.result.accuracy >= one.result.accuracy ? best : one),
      undefined,
    );
  const trials = tried.map(({ result, right }) => {
    const p = !right || result === best!.result ? null : chanceOf(best!.right!, right);
    return { ...result, p };
  });
  const seconds = (index: number): number =>
    trials[index]!.onceSeconds + epochs * trials[index]!.epochSeconds;
  const [take] = [...trials.keys()]
    .filter(index => isAsGood(trials[index]!))
    .sort((a, b) => seconds(a) - seconds(b));
  return { plan, trials, take: take ?? null };
}

function chanceOf(first: readonly boolean[], second: readonly boolean[]): number {
  const only = (one: readonly boolean[], other: readonly boolean[]): number =>
    one.filter((right, index) => right && !other[index]).length;
  return mcNemar(only(first, second), only(second, first));
}
