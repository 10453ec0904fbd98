import { statSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { t } from '../../protocol/language';
import { correctionsOf, correctLabels } from '../dataset/corrections';
import type { Sample } from '../dataset/dataset';
import { scanFolder } from '../dataset/scanFolder';
import type { Work } from '../progress';
import { readPredictions } from '../run/predictions';
import { runFiles } from '../run/runFolder';
import { UserError } from '../userError';
import type { TrainedModel } from './trainedModel';

/** Means over the pictures. */
export interface Evaluation {
  readonly loss: number;
  readonly accuracy: number;
  readonly samples: number;
}

/**
 * Measures the best epoch of the run in `runFolder`: on the very pictures of its test phase, or on those of `data`
 * (class folders, or the test folder of one that is split), whose class names must be the run's.
 */
export async function* evaluateRun(
  model: TrainedModel,
  runFolder: string,
  data: string | undefined,
  signal: AbortSignal,
): Work<Evaluation> {
  const { classes } = model.settings.resolved;
  const samples =
    data === undefined
      ? await testSamples(runFolder, classes)
      : yield* labelledSamples(data, classes, signal);
  let loss = 0;
  let correct = 0;
  let done = 0;
  for await (const found of model.classify(samples, signal)) {
    loss += found.loss;
    if (found.predicted === found.sample.label) correct++;
    done++;
    yield { task: t('Classifying'), done, total: samples.length, unit: 'images' };
  }
  return { loss: loss / done, accuracy: correct / done, samples: done };
}

async function testSamples(runFolder: string, classes: readonly string[]): Promise<readonly Sample[]> {
  const file = join(runFolder, runFiles.bestPredictions);
  await access(file).catch(() => {
    throw new UserError(
      t("{0} is missing, so the run's test pictures are unknown; name a folder with --data.", file),
    );
  });
  const predictions = await readPredictions(file);
  const moved = predictions.find(({ file }) => !statSync(file, { throwIfNoEntry: false })?.isFile());
  if (moved) {
    throw new UserError(
      t(
        "The run's test picture {0} is no longer there; name where the pictures are with --data.",
        moved.file,
      ),
    );
  }
  return predictions.map(({ image, file, label }) => ({ image, file, label: classes.indexOf(label) }));
}

async function* labelledSamples(
  data: string,
  classes: readonly string[],
  signal: AbortSignal,
): Work<readonly Sample[]> {
  const found = yield* scanFolder(data, signal);
  const drawn = { train: found.train, test: found.test ?? [] };
  const corrections = await correctionsOf({ folder: data });
  const { train, test } = corrections ? correctLabels(drawn, [], corrections).split : drawn;
  return (found.test ? test : train).map(({ file, image, className }) => {
    const label = classes.indexOf(className);
    if (label < 0) {
      throw new UserError(
        t('{0} has a class {1}, which the run lacks: it knows {2}.', data, className, classes.join(', ')),
      );
    }
    return { file, image, label };
  });
}
