import { readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import type { Progress } from '../core/progress';
import { parseRecipe } from '../core/recipe/parseRecipe';
import { EventText } from '../core/run/eventText';
import { fineTune } from '../core/training/fineTune';
import { UserError } from '../core/userError';
import type { BatchEndedEvent, TrainingEvent } from '../protocol/trainingEvent';
import type { Command, CommandContext } from './command';
import { programVersion } from './programFolder';

const problems: Readonly<Record<string, (file: string) => string>> = {
  ENOENT: file => `There is no recipe ${file}`,
  EISDIR: file => `${file} is a folder; name the recipe, a .thaw.json file that says what to train on it`,
};

/** `thaw train RECIPE` */
export const trainCommand: Command = {
  usage: 'train RECIPE [--set PATH=VALUE]... [--out FOLDER] [--engine NAME] [--json]',
  description:
    'Reads the recipe, verifies the images, trains, keeps the best epoch and writes a run folder. Ctrl-C stops after ' +
    'the batch in hand and keeps the best epoch so far.',
  options: {
    set: {
      type: 'string',
      multiple: true,
      value: 'PATH=VALUE',
      help: 'Change a field, as in optimizer.lr=0.01',
    },
    out: { type: 'string', value: 'FOLDER', help: 'Write the run there instead of below .thaw/runs' },
    engine: { type: 'string', value: 'NAME', help: 'The engine to use: auto or tensorflow' },
    json: { type: 'boolean', help: 'Print every event as a line of JSON' },
  },
  async run(context) {
    const { positionals, values } = context;
    const [file, ...rest] = positionals;
    if (file === undefined || rest.length > 0) throw new UserError('Name one recipe: thaw train RECIPE');
    const engine = values.text('engine');
    const set = [...values.list('set'), ...(engine === undefined ? [] : [`engine=${engine}`])];
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      throw new UserError(
        problems[error.code ?? '']?.(file) ?? `The recipe ${file} cannot be read: ${error.code}`,
      );
    });
    const workspace = dirname(resolve(file));
    const recipe = parseRecipe(text, { folder: workspace, file: basename(file), set });
    const version = programVersion();
    const events = fineTune(recipe, { workspace, out: values.text('out'), version, signal: context.signal });
    await showEvents(events, values.flag('json'), context);
  },
};

/** Prints a run as it goes: its log for a person, or its events as lines of JSON. */
export async function showEvents(
  events: AsyncIterable<TrainingEvent>,
  json: boolean,
  { print, progress }: CommandContext,
): Promise<void> {
  const text = new EventText();
  for await (const event of events) {
    if (json) {
      print(JSON.stringify(event));
      continue;
    }
    for (const line of text.lines(event)) print(line);
    if (event.kind === 'progress') progress(event);
    // Where lines pile up, the log of the epochs says enough.
    if (event.kind === 'batchEnded' && process.stderr.isTTY) progress(batchProgress(event));
  }
}

function batchProgress({ epoch, phase, batch, batches, imagesPerSecond }: BatchEndedEvent): Progress {
  return {
    task: `Epoch ${epoch} ${phase}`,
    done: batch + 1,
    total: batches,
    unit: 'steps',
    detail: `${Math.round(imagesPerSecond)} images/s`,
  };
}
