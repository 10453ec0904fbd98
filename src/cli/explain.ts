import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { t } from '../protocol/language';
import { writeFileAtomically } from '../core/atomicWrite';
import { encodeImage } from '../core/image/encodeImage';
import { heatOverlay, placeOf } from '../core/image/heatMap';
import { fileNameOf } from '../core/plainName';
import { nearestName } from '../core/recipe/nearestName';
import { ExplainedModel } from '../core/training/explainedModel';
import { UserError } from '../core/userError';
import { heatText } from '../protocol/heatPlace';
import { printableJson } from '../protocol/printable';
import type { Command } from './command';
import { noteUnread, readableImages } from './readableImages';

/** `thaw explain RUN IMAGE... --out FOLDER` */
export const explainCommand: Command = {
  usage: 'explain RUN IMAGE... --out FOLDER [--class NAME] [--force] [--json]',
  get description() {
    return t(
      "Writes images, and all images in folders, as a run's best weights see them, with the parts bright that speak for " +
        'the class that each is taken for (Grad-CAM, of what the convolutions end with). Images that cannot be read are ' +
        'named on stderr and left out; the exit code is then 1.',
    );
  },
  options: {
    out: {
      type: 'string',
      value: 'FOLDER',
      get help() {
        return t('Write a PNG for each image there; the folder is made');
      },
    },
    class: {
      type: 'string',
      value: 'NAME',
      get help() {
        return t('Show what speaks for this class instead');
      },
    },
    force: {
      type: 'boolean',
      get help() {
        return t('Replace files that are there');
      },
    },
    json: {
      type: 'boolean',
      get help() {
        return t('Print a line of JSON for each image, with the values of its map');
      },
    },
  },
  async run({ positionals, values, ...context }) {
    const { signal, print, note, progress } = context;
    const [run, ...places] = positionals;
    const out = values.text('out');
    if (run === undefined || places.length === 0 || out === undefined) {
      throw new UserError(
        t(
          'Name a run folder, at least one image and a folder for the result: thaw explain RUN IMAGE... --out FOLDER',
        ),
      );
    }
    const { readable, named } = await readableImages(places, context);
    const files = fileNames(readable.map(({ image }) => image)).map(name => join(out, name));
    const there = values.flag('force') ? undefined : files.find(file => existsSync(file));
    if (there !== undefined) {
      throw new UserError(
        t('{0} is there already; choose another folder with --out, or replace it with --force.', there),
      );
    }
    const model = await ExplainedModel.open(run);
    const { classes } = model.settings.resolved;
    const asked = values.text('class');
    const wanted = asked === undefined ? undefined : classOf(asked, classes);
    await mkdir(out, { recursive: true });
    const samples = readable.map(image => ({ ...image, label: 0 }));
    let done = 0;
    for await (const explained of model.explain(samples, (_, predicted) => [wanted ?? predicted], signal)) {
      const { sample, pixels, size, probabilities, predicted } = explained;
      const { classIndex, map } = explained.heat[0]!;
      const file = files[done++]!;
      await writeFileAtomically(file, await encodeImage(heatOverlay(pixels, size, map), size, 'png'));
      const place = placeOf(map);
      if (values.flag('json')) {
        const { rows, columns } = map;
        const heat = Array.from({ length: rows }, (_, row) =>
          Array.from(map.values.subarray(row * columns, (row + 1) * columns), value =>
            Number(value.toPrecision(6)),
          ),
        );
        const probability = probabilities[classIndex];
        const names = { class: classes[classIndex], predicted: classes[predicted] };
        print(printableJson({ image: sample.image, ...names, probability, place, heat, file }));
      } else {
        const chance = `${classes[classIndex]} ${(100 * probabilities[classIndex]!).toFixed(1)} %`;
        print(`${sample.image}: ${chance}. ${heatText(place, classes[classIndex]!)} ${file}`);
      }
      progress({ task: t('Explaining'), done, total: samples.length, unit: 'images' });
    }
    return noteUnread(readable.length, named, note);
  },
};

function classOf(name: string, classes: readonly string[]): number {
  const index = classes.indexOf(name);
  if (index >= 0) return index;
  const near = nearestName(name, classes);
  const hint = near === undefined ? '' : t(' Did you mean {0}?', near);
  throw new UserError(t('The run has no class {0}; it knows {1}.{2}', name, classes.join(', '), hint));
}

/** A name for each image's PNG, none of them twice, also where a file system takes `A` for `a`. */
function fileNames(images: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return images.map(image => {
    const name = fileNameOf(basename(image, extname(image)));
    for (let number = 1; ; number++) {
      const file = number === 1 ? `${name}.png` : `${name}-${number}.png`;
      if (taken.has(file.toLowerCase())) continue;
      taken.add(file.toLowerCase());
      return file;
    }
  });
}
