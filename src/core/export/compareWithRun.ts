import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { t } from '../../protocol/language';
import type { ExportCheck } from '../../protocol/taskMessages';
import type { Work } from '../progress';
import { readPredictions, type TestPrediction } from '../run/predictions';
import { runFiles, type RunSettings } from '../run/runFolder';
import type { TrainedModel } from '../training/trainedModel';
import { UserError } from '../userError';

const MOST_PICTURES = 50;

/**
 * Classifies a sample of the run's test pictures, those that are still where they were, and compares with what its
 * best epoch said of them. A UserError names the first picture of which something else is said.
 */
export async function* compareWithRun(
  model: TrainedModel,
  folder: string,
  signal: AbortSignal,
): Work<ExportCheck> {
  const all = await readPredictions(join(folder, runFiles.bestPredictions)).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    },
  );
  const compared = await stillThere(spread(all, MOST_PICTURES));
  const { recipe, resolved } = model.settings;
  const samples = compared.map(({ image, file }) => ({ image, file, label: 0 }));
  const tolerance = toleranceOf(recipe);
  let largestDifference = 0;
  let done = 0;
  for await (const { probabilities } of model.classify(samples, signal)) {
    const expected = compared[done++]!;
    const differences = resolved.classes.map((_, i) =>
      Math.abs(probabilities[i]! - expected.probabilities[i]!),
    );
    const worst = Math.max(...differences);
    if (!(worst <= tolerance)) {
      throw new UserError(
        t(
          'The exported model does not say what the run recorded: of {0} a probability differs by {1}. Nothing was exported.',
          expected.image,
          worst.toFixed(4),
        ),
      );
    }
    largestDifference = Math.max(largestDifference, worst);
    yield { task: t('Comparing'), done, total: samples.length, unit: 'images' };
  }
  return { pictures: done, all: all.length, largestDifference };
}

/** Engines sum in other orders; bfloat16 rounds, and PyTorch's own decoder of pictures is not ours. */
function toleranceOf({ precision, engine }: RunSettings['recipe']): number {
  return precision === 'bfloat16' || engine === 'torchrun' ? 0.1 : 0.01;
}

/** At most `most` of the items, evenly spread. */
function spread<Item>(items: readonly Item[], most: number): readonly Item[] {
  if (items.length <= most) return items;
  return Array.from({ length: most }, (_, i) => items[Math.floor((i * items.length) / most)]!);
}

async function stillThere(predictions: readonly TestPrediction[]): Promise<readonly TestPrediction[]> {
  const found = await Promise.all(
    predictions.map(({ file }) =>
      stat(file).then(
        stats => stats.isFile(),
        () => false,
      ),
    ),
  );
  return predictions.filter((_, index) => found[index]);
}
