import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { writeFileAtomically } from '../core/atomicWrite';
import { imagesBelow, LeftOut, type ImageFile } from '../core/dataset/listImages';
import { decodeImage, readImageHeader, UnreadableImageError } from '../core/image/decodeImage';
import { wholeView } from '../core/image/transforms';
import { TrainedModel, type Classification } from '../core/training/trainedModel';
import { UserError } from '../core/userError';
import { csvText } from '../protocol/csvText';
import { printableJson } from '../protocol/printable';
import type { Command } from './command';

const SHOWN_CLASSES = 3;

/** `thaw predict RUN IMAGE...` */
export const predictCommand: Command = {
  usage: 'predict RUN IMAGE... [--csv FILE] [--force] [--json]',
  description:
    "Classifies images, and all images in folders, with a run's best weights and its own preprocessing. Images that " +
    'cannot be read are named on stderr and left out; the exit code is then 1.',
  options: {
    csv: {
      type: 'string',
      value: 'FILE',
      help: 'Write a table with all probabilities there, not to the terminal',
    },
    force: { type: 'boolean', help: 'Replace the table that is there' },
    json: { type: 'boolean', help: 'Print a line of JSON for each image, with all probabilities' },
  },
  async run({ positionals, values, signal, print, note, progress }) {
    const [run, ...places] = positionals;
    if (run === undefined || places.length === 0) {
      throw new UserError('Name a run folder and at least one image: thaw predict RUN IMAGE...');
    }
    const csv = values.text('csv');
    if (csv !== undefined && !values.flag('force') && (await stat(csv).catch(() => undefined))) {
      throw new UserError(
        `${csv} is there already; choose another name with --csv, or replace it with --force.`,
      );
    }
    const model = await TrainedModel.open(run);
    const { classes } = model.settings.resolved;
    const readable: ImageFile[] = [];
    let named = 0;
    for await (const image of imagesOf(places, note, signal)) {
      named++;
      const problem = await problemOf(image.file);
      if (problem === undefined) readable.push(image);
      else note(`${image.image} was left out: ${problem}`);
      if (named > 1) progress({ task: 'Looking', done: named, total: undefined, unit: 'images' });
    }
    const samples = readable.map(image => ({ ...image, label: 0 }));
    const rows = [['image', 'predicted', ...classes].map(csvText)];
    for await (const found of model.classify(samples, signal)) {
      if (csv === undefined) print(values.flag('json') ? asJson(found, classes) : asText(found, classes));
      else {
        rows.push(asRow(found, classes));
        progress({ task: 'Classifying', done: rows.length - 1, total: samples.length, unit: 'images' });
      }
    }
    if (csv !== undefined) {
      await writeFileAtomically(csv, rows.map(row => `${row.join(',')}\r\n`).join(''));
      print(`Wrote ${csv}: ${samples.length} images`);
    }
    const unread = named - readable.length;
    if (unread === 0) return 0;
    note(`error: ${unread} of ${named} images could not be read`);
    return 1;
  },
};

/** The images that are named, and those below folders that are. */
async function* imagesOf(
  places: readonly string[],
  note: (line: string) => void,
  signal: AbortSignal,
): AsyncGenerator<ImageFile> {
  for (const place of places) {
    const found = await stat(place).catch(() => undefined);
    if (found?.isDirectory() !== true) {
      yield { file: resolve(place), image: place };
      continue;
    }
    const leftOut = new LeftOut();
    let count = 0;
    for await (const { file, image } of imagesBelow(resolve(place), '', leftOut, signal)) {
      count++;
      yield { file, image: join(place, image) };
    }
    for (const line of leftOut.notes()) note(line);
    if (count === 0) throw new UserError(`The folder ${place} has no images in it, nor in its folders.`);
  }
}

async function problemOf(image: string): Promise<string | undefined> {
  try {
    const { width, height } = await readImageHeader(image);
    await decodeImage(image, wholeView(width, height, 1));
    return undefined;
  } catch (error) {
    if (error instanceof UnreadableImageError) return error.reason;
    throw error;
  }
}

function asText({ sample, probabilities }: Classification, classes: readonly string[]): string {
  const ranked = classes
    .map((name, index) => ({ name, probability: probabilities[index]! }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, SHOWN_CLASSES)
    .map(({ name, probability }) => `${name} ${(100 * probability).toFixed(1)} %`);
  return `${sample.image}: ${ranked.join(', ')}`;
}

function asJson({ sample, predicted, probabilities }: Classification, classes: readonly string[]): string {
  return printableJson({
    image: sample.image,
    predicted: classes[predicted],
    probabilities: Object.fromEntries(classes.map((name, index) => [name, probabilities[index]])),
  });
}

function asRow({ sample, predicted, probabilities }: Classification, classes: readonly string[]): string[] {
  return [
    csvText(sample.image),
    csvText(classes[predicted]!),
    ...Array.from(probabilities, value => value.toPrecision(6)),
  ];
}
