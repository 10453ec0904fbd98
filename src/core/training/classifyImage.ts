import { basename } from 'node:path';
import type { ProbableClass } from '../../protocol/taskMessages';
import { TrainedModel } from './trainedModel';

/** What the best epoch of a run says of one picture: all classes, the most probable first. */
export async function classifyImage(
  run: string,
  file: string,
  signal: AbortSignal,
): Promise<readonly ProbableClass[]> {
  const model = await TrainedModel.open(run);
  try {
    const samples = [{ file, image: basename(file), label: 0 }];
    for await (const { probabilities } of model.classify(samples, signal)) {
      return model.settings.resolved.classes
        .map((name, index) => ({ name, probability: probabilities[index]! }))
        .sort((a, b) => b.probability - a.probability);
    }
    throw new Error(`Nothing was said of ${file}`);
  } finally {
    model.dispose();
  }
}
