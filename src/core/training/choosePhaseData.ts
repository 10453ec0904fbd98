import { freemem } from 'node:os';
import { t } from '../../protocol/language';
import type { PreparationEvent } from '../../protocol/trainingEvent';
import { bytesPerPicture, type FeatureLayout } from '../engine/storedFeatures';
import { PixelCache } from '../image/pixelCache';
import { INPUT } from '../model/graph';
import { engineShapes } from '../model/shapes';
import { CachedData } from './cachedData';
import { chooseFeatureComputer } from './chooseFeatureComputer';
import { featuresKey, FeatureFolder } from './featureFolder';
import { featureSets, fileOf, keepFeatures, viewsOf } from './keepFeatures';
import { DecodedData, type OpenData, type PhaseDataOptions } from './phaseData';
import type { LoadedRun } from './loadedRun';
import { told } from './told';
import type { TrainOptions } from './trainer';

type DataOptions = Pick<TrainOptions, 'cache' | 'signal'>;

/** Shares of the free memory that cached features and decoded pictures may take. */
const FEATURES_SHARE = 0.5;
const PIXELS_SHARE = 0.2;

/**
 * Features of the frozen part, computed once or taken from an earlier run, where they stay the same from epoch to
 * epoch and fit in memory or else on the disk; if not, pictures decoded in each epoch. Says which, why, and what it
 * costs.
 */
export async function* choosePhaseData(
  run: LoadedRun,
  given: DataOptions & Pick<TrainOptions, 'workspace' | 'featureProgram'>,
): AsyncGenerator<PreparationEvent, OpenData> {
  const { workspace, signal, cache, featureProgram } = given;
  const { memoryBytes = FEATURES_SHARE * freemem(), diskBytes } = cache ?? {};
  const { recipe, plan, dataset, shapes } = run;
  const options = optionsOf(run, given);
  const computedEachTime = (because: string): PreparationEvent => ({
    kind: 'note',
    message: t('The frozen layers are computed in every epoch: {0}.', because),
  });
  if (recipe.frozenBatchNorm === 'train' && recipe.freeze.length > 0) {
    yield computedEachTime(t('"frozenBatchNorm": "train" makes them differ'));
    return new DecodedData(dataset, options);
  }
  if (plan.prefix.length === 0) return new DecodedData(dataset, options);
  if (recipe.mixup) {
    yield computedEachTime(
      t(
        '"mixup" mixes pictures, and what they give of a mixture is not the mixture of what they give of each',
      ),
    );
    return new DecodedData(dataset, options);
  }
  const views = viewsOf(recipe);
  if (!views) {
    yield computedEachTime(
      t(
        '"augment": "{0}" shows new crops each time; "cachedViews": 4 would keep 4 of each picture',
        recipe.augment,
      ),
    );
    return new DecodedData(dataset, options);
  }
  const laidOut = engineShapes(run.graph, shapes);
  const layout: FeatureLayout = {
    shapes: plan.boundary.map(node =>
      node === INPUT ? [recipe.imageSize, recipe.imageSize, 3] : laidOut[node]!,
    ),
    precision: recipe.cachedPrecision,
  };
  const pictures = views.length * dataset.train.length + dataset.test.length;
  const bytes = pictures * bytesPerPicture(layout);
  const cost = `${pictures} x ${size(bytesPerPicture(layout))} = ${size(bytes)}`;

  const folder = new FeatureFolder(workspace, diskBytes);
  const inMemory = bytes <= memoryBytes;
  const key = featuresKey(run);
  const sets = yield* told(featureSets(dataset, views, key, layout, { folder, signal }));
  if (!inMemory && !(await folder.makeRoom(sets.map(fileOf), []))) {
    yield computedEachTime(
      t('their features ({0}) fit neither in the {1} of memory nor on the disk', cost, size(memoryBytes)),
    );
    return new DecodedData(dataset, options);
  }
  const { batchSize, seed, augment, sampling } = recipe;
  const computer = chooseFeatureComputer(run, options, featureProgram);
  const place = inMemory ? '' : t(', on the disk');
  const means = computer.processes > 1 ? t(', in {0} processes', computer.processes) : '';
  yield {
    kind: 'note',
    message: t(
      'Features of the frozen layers are computed once{0}: {1}{2}{3}.',
      viewsText(recipe.augment, views.length),
      cost,
      place,
      means,
    ),
  };
  const kept = yield* told(keepFeatures(computer, sets, { folder, inMemory, batchSize, signal }));
  // Without the decoded pictures, which nobody looks at any more.
  return new CachedData(dataset, kept, { batchSize, seed, augment, sampling, signal });
}

/** Pictures decoded in each epoch. */
export function decodedData(run: LoadedRun, options: DataOptions): OpenData {
  return new DecodedData(run.dataset, optionsOf(run, options));
}

function optionsOf({ recipe, preprocessing }: LoadedRun, { signal, cache }: DataOptions): PhaseDataOptions {
  const { pixelBytes = PIXELS_SHARE * freemem() } = cache ?? {};
  return { ...recipe, preprocessing, signal, cache: new PixelCache(pixelBytes) };
}

function viewsText(augment: LoadedRun['recipe']['augment'], views: number): string {
  switch (augment) {
    case 'none':
      return '';
    case 'flip':
      return t(', both ways round for training');
    case 'crop-flip':
    case 'randaugment':
      return t(', of {0} crops of each training picture, used in turn', views);
  }
}

function size(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toPrecision(3)} KB` : `${(bytes / 1e6).toPrecision(3)} MB`;
}
