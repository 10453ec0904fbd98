import { t } from '../../protocol/language';
import { valuesIn } from '../model/shapes';
import { UserError } from '../userError';
import type { NetworkInput } from './networkInput';

/** The pictures of a batch from one up to another. */
export interface BatchPart {
  readonly input: NetworkInput;
  readonly from: number;
  readonly to: number;
}

/** Pictures of a batch. */
export function picturesIn(input: NetworkInput): number {
  if ('features' in input) {
    const { shape, values } = input.features[0]!;
    return values.length / valuesIn(shape);
  }
  return input.pixels.length / (3 * input.size ** 2);
}

/** A batch in parts of as many pictures each, but for the last; one part is the batch as it is. */
export function splitBatch(input: NetworkInput, parts: number): readonly BatchPart[] {
  const pictures = picturesIn(input);
  if (parts === 1) return [{ input, from: 0, to: pictures }];
  const each = Math.ceil(pictures / parts);
  return Array.from({ length: Math.ceil(pictures / each) }, (_, part) => {
    const [from, to] = [part * each, Math.min((part + 1) * each, pictures)];
    return { input: slice(input, from, to), from, to };
  });
}

/** What a run tells when a batch is taken in parts of `pictures`. */
export function partsText(pictures: number, hasStatistics: boolean): string {
  const parts = pictures === 1 ? t('one picture at a time') : t('{0} pictures at a time', pictures);
  const but = hasStatistics ? t(', but for batch norm, which sees a part as a batch') : '';
  return t(
    "The engine's memory is too small for a whole batch: it is computed {0}, and the gradients are added up" +
      '{1}. "batchSize": {2} would fit.',
    parts,
    but,
    pictures,
  );
}

export function tooSmall(cause: unknown): UserError {
  return new UserError(
    t(
      "The engine's memory is too small for a single picture: set a smaller imageSize or model, freeze more layers, or " +
        'close what else uses that memory.',
    ),
    { cause },
  );
}

function slice(input: NetworkInput, from: number, to: number): NetworkInput {
  if ('features' in input) {
    const features = input.features.map(({ shape, values }) => {
      const width = valuesIn(shape);
      return { shape, values: values.subarray(from * width, to * width) };
    });
    return { features };
  }
  const width = 3 * input.size ** 2;
  return { pixels: input.pixels.subarray(from * width, to * width), size: input.size };
}
