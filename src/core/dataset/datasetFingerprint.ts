import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { Dataset, Sample } from './dataset';

/** Tells whether the images of a run are those that it began with. */
export interface DatasetFingerprint {
  /** Images in each phase. */
  readonly train: number;
  readonly test: number;
  /** Of the phase, class, name and size of each image, in their order. */
  readonly sha256: string;
}

const AT_ONCE = 64;

/** An image that is gone counts as one of another size. */
export async function datasetFingerprint({ classes, train, test }: Dataset): Promise<DatasetFingerprint> {
  const hash = createHash('sha256');
  for (const [phase, samples] of [
    ['train', train],
    ['test', test],
  ] as const) {
    for (let start = 0; start < samples.length; start += AT_ONCE) {
      const part = samples.slice(start, start + AT_ONCE);
      const sizes = await Promise.all(part.map(sizeOf));
      part.forEach(({ image, label }, i) => {
        hash.update(`${JSON.stringify([phase, classes[label], image, sizes[i]])}\n`);
      });
    }
  }
  return { train: train.length, test: test.length, sha256: hash.digest('hex') };
}

async function sizeOf({ file }: Sample): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => -1,
  );
}
