import { stat } from 'node:fs/promises';
import { t } from '../protocol/language';
import { writeFileAtomically } from '../core/atomicWrite';
import { TrainedModel, type Classification } from '../core/training/trainedModel';
import { UserError } from '../core/userError';
import { csvText } from '../protocol/csvText';
import { printableJson } from '../protocol/printable';
import type { Command } from './command';
import { noteUnread, readableImages } from './readableImages';

const SHOWN_CLASSES = 3;

/** `thaw predict RUN IMAGE...` */
export const predictCommand: Command = {
  usage: 'predict RUN IMAGE... [--csv FILE] [--force] [--json]',
  get description() {
    return t(
      "Classifies images, and all images in folders, with a run's best weights and its own preprocessing. Images that " +
        'cannot be read are named on stderr and left out; the exit code is then 1.',
    );
  },
  options: {
    csv: {
      type: 'string',
      value: 'FILE',
      get help() {
        return t('Write a table with all probabilities there, not to the terminal');
      },
    },
    force: {
      type: 'boolean',
      get help() {
        return t('Replace the table that is there');
      },
    },
    json: {
      type: 'boolean',
      get help() {
        return t('Print a line of JSON for each image, with all probabilities');
      },
    },
  },
  async run({ positionals, values, signal, print, note, progress }) {
    const [run, ...places] = positionals;
    if (run === undefined || places.length === 0) {
      throw new UserError(t('Name a run folder and at least one image: thaw predict RUN IMAGE...'));
    }
    const csv = values.text('csv');
    if (csv !== undefined && !values.flag('force') && (await stat(csv).catch(() => undefined))) {
      throw new UserError(
        t('{0} is there already; choose another name with --csv, or replace it with --force.', csv),
      );
    }
    const model = await TrainedModel.open(run);
    const { classes } = model.settings.resolved;
    const { readable, named } = await readableImages(places, { note, progress, signal });
    const samples = readable.map(image => ({ ...image, label: 0 }));
    const rows = [['image', 'predicted', ...classes].map(csvText)];
    for await (const found of model.classify(samples, signal)) {
      if (csv === undefined) print(values.flag('json') ? asJson(found, classes) : asText(found, classes));
      else {
        rows.push(asRow(found, classes));
        progress({ task: t('Classifying'), done: rows.length - 1, total: samples.length, unit: 'images' });
      }
    }
    if (csv !== undefined) {
      await writeFileAtomically(csv, rows.map(row => `${row.join(',')}\r\n`).join(''));
      print(t('Wrote {0}: {1} images', csv, samples.length));
    }
    return noteUnread(readable.length, named, note);
  },
};

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
