import { basename } from 'node:path';
import type { ProbableClass } from '../../protocol/taskMessages';
import { readImageHeader } from '../image/decodeImage';
import { probableClasses } from './probableClasses';
import { TrainedModel } from './trainedModel';

/** What the best epoch of a run says of one picture: all classes, the most probable first. */
export async function classifyImage(
  run: string,
  file: string,
  signal: AbortSignal,
): Promise<readonly ProbableClass[]> {
  // Before minutes may go by, and in words that are not about a run's data.
  await readImageHeader(file);
  const model = await TrainedModel.open(run);
  try {
    const samples = [{ file, image: basename(file), label: 0 }];
    for await (const { probabilities } of model.classify(samples, signal)) {
      return probableClasses(model.settings.resolved.classes, probabilities);
    }
    throw new Error(`Nothing was said of ${file}`);
  } finally {
    model.dispose();
  }
}
