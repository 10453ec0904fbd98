import { createInterface } from 'node:readline';
import { t } from '../../protocol/language';
import { writeFileAtomically, type Fingerprint } from '../atomicWrite';
import type { Sample } from '../dataset/dataset';
import { openRegularFile } from '../regularFile';
import { UserError } from '../userError';

/** Largest `best.predictions.jsonl` that is read: a quarter of a million pictures of ten classes. */
const MAX_BYTES = 2 ** 26;

/** What the best epoch said of one test picture: a line of `best.predictions.jsonl`. */
export interface TestPrediction {
  /** The picture as the data names it, and where it was. */
  readonly image: string;
  readonly file: string;
  /** Names of classes. */
  readonly label: string;
  readonly predicted: string;
  /** In the order of the run's classes. */
  readonly probabilities: readonly number[];
}

export async function writePredictions(
  file: string,
  samples: readonly Sample[],
  classes: readonly string[],
  probabilities: readonly (readonly number[])[],
  predicted: readonly number[],
): Promise<Fingerprint> {
  const lines = samples.map((sample, i) => {
    const prediction: TestPrediction = {
      image: sample.image,
      file: sample.file,
      label: classes[sample.label]!,
      predicted: classes[predicted[i]!]!,
      probabilities: probabilities[i]!.map(value => Number(value.toPrecision(7))),
    };
    return `${JSON.stringify(prediction)}\n`;
  });
  return writeFileAtomically(file, lines.join(''));
}

/**
 * Reads predictions line by line; a UserError names a line that is damaged. Where there is no such file the error of
 * the file system is thrown.
 */
export async function readPredictions(file: string): Promise<readonly TestPrediction[]> {
  const predictions: TestPrediction[] = [];
  const handle = await openRegularFile(file, MAX_BYTES);
  try {
    const input = handle.createReadStream({ encoding: 'utf8', end: MAX_BYTES - 1, autoClose: false });
    for await (const line of createInterface({ input })) {
      if (line === '') continue;
      const prediction = parse(line);
      if (!prediction) throw new UserError(t('{0} is damaged in line {1}.', file, predictions.length + 1));
      predictions.push(prediction);
    }
    return predictions;
  } finally {
    await handle.close();
  }
}

function parse(line: string): TestPrediction | undefined {
  try {
    const value = JSON.parse(line) as Partial<TestPrediction>;
    const texts = [value.image, value.file, value.label, value.predicted];
    const { probabilities } = value;
    const sound =
      texts.every(text => typeof text === 'string') &&
      Array.isArray(probabilities) &&
      probabilities.every(Number.isFinite);
    return sound ? (value as TestPrediction) : undefined;
  } catch {
    return undefined;
  }
}
