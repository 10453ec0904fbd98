import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { decodeImage, readImageHeader, UnreadableImageError } from '../core/image/decodeImage';
import { wholeView } from '../core/image/transforms';
import { TrainedModel, type Classification } from '../core/training/trainedModel';
import { UserError } from '../core/userError';
import { printableJson } from '../protocol/printable';
import type { Command } from './command';

const SHOWN_CLASSES = 3;

/** `thaw predict RUN IMAGE...` */
export const predictCommand: Command = {
  usage: 'predict RUN IMAGE... [--json]',
  description:
    "Classifies images with a run's best weights and its own preprocessing. Images that cannot be read are named on " +
    'stderr and left out; the exit code is then 1.',
  options: { json: { type: 'boolean', help: 'Print a line of JSON for each image, with all probabilities' } },
  async run({ positionals, values, signal, print, note }) {
    const [run, ...images] = positionals;
    if (run === undefined || images.length === 0) {
      throw new UserError('Name a run folder and at least one image: thaw predict RUN IMAGE...');
    }
    const model = await TrainedModel.open(run);
    const { classes } = model.settings.resolved;
    const readable: string[] = [];
    for (const image of images) {
      const problem = await problemOf(image);
      if (problem === undefined) readable.push(image);
      else note(`${image} was left out: ${problem}`);
    }
    const samples = readable.map(image => ({ file: resolve(image), image, label: 0 }));
    for await (const found of model.classify(samples, signal)) {
      print(values.flag('json') ? asJson(found, classes) : asText(found, classes));
    }
    const unread = images.length - readable.length;
    if (unread === 0) return 0;
    note(`error: ${unread} of ${images.length} images could not be read`);
    return 1;
  },
};

async function problemOf(image: string): Promise<string | undefined> {
  const found = await stat(image).catch(() => undefined);
  if (found?.isDirectory()) return 'it is a folder; name its images';
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
