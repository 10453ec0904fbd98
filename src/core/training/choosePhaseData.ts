import { freemem } from 'node:os';
import type { TrainingEvent } from '../../protocol/trainingEvent';
import { bytesPerPicture } from '../engine/featureCache';
import type { NetworkInput } from '../engine/network';
import { INPUT } from '../model/graph';
import { cacheFeatures, DecodedData, viewsOf } from './phaseData';
import type { PreparedRun } from './prepareRun';
import type { PhaseData } from './runEpochs';
import { told } from './told';

/** Share of the free memory that cached features may take. */
const CACHE_SHARE = 0.5;

/**
 * Features of the frozen part, computed once, where they stay the same from epoch to epoch and fit in `cacheBytes`
 * (half of the free memory unless told); else pictures decoded in each epoch. Says which, why, and what it costs.
 */
export async function* choosePhaseData(
  { recipe, plan, dataset, shapes, preprocessing, network }: PreparedRun,
  signal: AbortSignal,
  cacheBytes = CACHE_SHARE * freemem(),
): AsyncGenerator<TrainingEvent, PhaseData<NetworkInput>> {
  const options = { ...recipe, preprocessing, signal };
  const computedEachTime = (because: string): TrainingEvent => ({
    kind: 'note',
    message: `The frozen layers are computed in every epoch: ${because}.`,
  });
  if (recipe.frozenBatchNorm === 'train' && recipe.freeze.length > 0) {
    yield computedEachTime('"frozenBatchNorm": "train" makes them differ');
    return new DecodedData(dataset, options);
  }
  if (plan.prefix.length === 0) return new DecodedData(dataset, options);
  if (recipe.augment === 'crop-flip') {
    yield computedEachTime('"augment": "crop-flip" shows new crops each time');
    return new DecodedData(dataset, options);
  }
  const boundary = plan.boundary.map(node =>
    node === INPUT ? [recipe.imageSize, recipe.imageSize, 3] : channelsLast(shapes[node]!),
  );
  const views = viewsOf(recipe.augment).length;
  const pictures = views * dataset.train.length + dataset.test.length;
  const bytes = pictures * bytesPerPicture(boundary);
  const cost = `${pictures} x ${size(bytesPerPicture(boundary))} = ${size(bytes)}`;
  if (bytes > cacheBytes) {
    yield computedEachTime(
      `their features (${cost}) do not fit in the ${size(cacheBytes)} of memory for them`,
    );
    return new DecodedData(dataset, options);
  }
  const both = views === 2 ? ', both ways round for training' : '';
  yield {
    kind: 'note',
    message: `Features of the frozen layers are computed once${both}: ${cost}.`,
  };
  return yield* told(cacheFeatures(network, dataset, boundary, options));
}

function channelsLast(shape: readonly number[]): readonly number[] {
  const [channels, ...rest] = shape;
  return [...rest, channels!];
}

function size(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toPrecision(3)} KB` : `${(bytes / 1e6).toPrecision(3)} MB`;
}
