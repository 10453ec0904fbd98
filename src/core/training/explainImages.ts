import { basename } from 'node:path';
import { t } from '../../protocol/language';
import type { ExplainRequest, HeatPicture } from '../../protocol/taskMessages';
import { encodeImage } from '../image/encodeImage';
import { heatOverlay, placeOf, type HeatMap } from '../image/heatMap';
import type { Work } from '../progress';
import { ExplainedModel } from './explainedModel';

/** What spoke for the classes of each picture, in the best epoch of a run: of each picture as many. */
export async function* explainImages(
  { run, images }: ExplainRequest,
  signal: AbortSignal,
): Work<readonly (readonly HeatPicture[])[]> {
  const told = { task: t('Computing heat maps'), total: images.length, unit: 'images' } as const;
  yield { ...told, done: 0 };
  const model = await ExplainedModel.open(run);
  try {
    const samples = images.map(({ file }) => ({ file, image: basename(file), label: 0 }));
    const explained: (readonly HeatPicture[])[] = [];
    for await (const { pixels, size, heat } of model.explain(samples, at => images[at]!.classes, signal)) {
      explained.push(await Promise.all(heat.map(({ map }) => heatPicture(pixels, size, map))));
      yield { ...told, done: explained.length };
    }
    return explained;
  } finally {
    model.dispose();
  }
}

/** A heat map over its picture [size, size, 3], as a file. */
export async function heatPicture(pixels: Uint8Array, size: number, map: HeatMap): Promise<HeatPicture> {
  const jpeg = await encodeImage(heatOverlay(pixels, size, map), size, 'jpeg');
  return { jpeg: Buffer.from(jpeg).toString('base64'), place: placeOf(map) };
}
