import { join } from 'node:path';
import { parseRecipe } from '../../../src/core/recipe/parseRecipe';
import { fineTune } from '../../../src/core/training/fineTune';
import { tinyPictures } from '../training/tinyPictures';

/** Trains a model for an epoch on tiny pictures below `folder`, and returns the run folder. */
export async function trainedRun(folder: string, fields: object = {}): Promise<string> {
  await tinyPictures(join(folder, 'pictures'), ['blue', 'red'], 10);
  const text = JSON.stringify({
    ...{ name: 'two colours', data: { folder: 'pictures' }, model: 'squeezenet1_1', weights: 'none' },
    ...{ imageSize: 64, batchSize: 8, epochs: 1, optimizer: { lr: 0.003 } },
    ...fields,
  });
  const recipe = parseRecipe(text, { folder });
  const out = join(folder, 'run');
  const { signal } = new AbortController();
  for await (const event of fineTune(recipe, { workspace: folder, out, version: '0', signal })) void event;
  return out;
}
