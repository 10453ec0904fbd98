import { basename } from 'node:path';
import type { TriedPicture } from '../../protocol/taskMessages';
import { readImageHeader } from '../image/decodeImage';
import { ExplainedModel } from './explainedModel';
import { heatPicture } from './explainImages';
import { probableClasses } from './probableClasses';

/** What the best epoch of a run says of one picture, and what in it spoke for the most probable class. */
export async function tryPicture(run: string, file: string, signal: AbortSignal): Promise<TriedPicture> {
  // Before minutes may go by, and in words that are not about a run's data.
  await readImageHeader(file);
  const model = await ExplainedModel.open(run);
  try {
    const samples = [{ file, image: basename(file), label: 0 }];
    for await (const explained of model.explain(samples, (_, predicted) => [predicted], signal)) {
      const { pixels, size, probabilities, heat } = explained;
      return {
        classes: probableClasses(model.settings.resolved.classes, probabilities),
        heat: await heatPicture(pixels, size, heat[0]!.map),
      };
    }
    throw new Error(`Nothing was said of ${file}`);
  } finally {
    model.dispose();
  }
}
