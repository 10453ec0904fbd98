import { join } from 'node:path';
import { t } from '../protocol/language';
import { bestWeightsOf } from '../core/notebook/bestRun';
import { cellNames } from '../core/notebook/cellNames';
import { composeCell, refusalOf, type ComposedCell, type ComposedRun } from '../core/notebook/composeCell';
import { readThawDocument, type ThawCell } from '../core/notebook/thawDocument';
import { nearestName } from '../core/recipe/nearestName';
import { parseRecipe } from '../core/recipe/parseRecipe';
import type { Recipe } from '../core/recipe/recipe';
import { runFiles } from '../core/run/runFolder';
import { fineTune, type FineTuneOptions } from '../core/training/fineTune';
import { UserError } from '../core/userError';
import type { TrainingEvent } from '../protocol/trainingEvent';
import type { CommandContext } from './command';
import { showEvents } from './showEvents';

export interface TrainNotebookOptions extends FineTuneOptions {
  /** The name of the one cell to train; all of them, in order, where it is left out. */
  readonly cell: string | undefined;
  readonly set: readonly string[];
  readonly json: boolean;
}

/** Trains cells of a notebook, every variant of a sweep. Nothing begins before all of them are found to be right. */
export async function trainNotebook(
  bytes: Uint8Array,
  options: TrainNotebookOptions,
  context: CommandContext,
): Promise<void> {
  const { cells } = readThawDocument(bytes);
  const chosen = chooseCells(cells, options.cell);
  const trained = new Map<number, string>();
  const kept = (index: number): string | undefined => bestWeightsOf(cells[index]!.output);
  // Before it is trained, what a cell will leave is taken for granted.
  const promised = (index: number): string | undefined =>
    chosen.includes(index) ? runFiles.bestWeights : kept(index);
  const checked = chosen.flatMap(index => runsOf(cells, index, promised));
  checked.forEach(run => recipeOf(run, options));
  if (options.out !== undefined && checked.length > 1) {
    throw new UserError(
      t('--out names one folder for {0} runs: leave it out, or name one cell.', checked.length),
    );
  }
  for (const index of chosen) {
    const weights = await trainCell(
      runsOf(cells, index, above => trained.get(above) ?? kept(above)),
      checked.length > 1,
      options,
      context,
    );
    if (weights !== undefined) trained.set(index, weights);
    if (options.signal.aborted) return;
  }
}

/** Trains the runs of a cell; returns the file of the best weights among them. */
async function trainCell(
  runs: readonly ComposedRun[],
  isOneOfMany: boolean,
  options: TrainNotebookOptions,
  context: CommandContext,
): Promise<string | undefined> {
  let best = -1;
  let weights: string | undefined;
  const watch = async function* (events: AsyncIterable<TrainingEvent>): AsyncGenerator<TrainingEvent> {
    let folder = '';
    for await (const event of events) {
      if (event.kind === 'runStarted') folder = event.runFolder;
      if (event.kind === 'runEnded' && event.bestEpoch >= 0 && event.bestAccuracy > best) {
        best = event.bestAccuracy;
        weights = join(folder, runFiles.bestWeights);
      }
      yield event;
    }
  };
  for (const run of runs) {
    if (options.signal.aborted) break;
    if (isOneOfMany && !options.json) context.print(`\n${run.name}\n${'='.repeat(run.name.length)}`);
    await showEvents(watch(fineTune(recipeOf(run, options), options)), options.json, context);
  }
  return weights;
}

function recipeOf({ text }: ComposedRun, { workspace, set }: TrainNotebookOptions): Recipe {
  return parseRecipe(text, { folder: workspace, set });
}

function runsOf(
  cells: readonly ThawCell[],
  index: number,
  weightsOf: (index: number) => string | undefined,
): ComposedCell['runs'] {
  const cell = composeCell(cells, index, { weightsOf });
  const refusal = refusalOf(cell, cells[index]!.text);
  if (refusal) throw refusal;
  return cell.runs;
}

function chooseCells(cells: readonly ThawCell[], wanted: string | undefined): readonly number[] {
  const names = cellNames(cells);
  const all = names.flatMap((name, index) => (name === undefined ? [] : [{ name, index }]));
  if (all.length === 0) throw new UserError(t('The notebook has no recipe to train.'));
  const chosen = all.filter(({ name }) => wanted === undefined || name === wanted);
  if (chosen.length > 0) return chosen.map(({ index }) => index);
  const known = all.map(({ name }) => name);
  const nearest = nearestName(wanted!, known);
  const hint =
    nearest === undefined ? t('its cells are {0}', known.join(', ')) : t('did you mean {0}?', nearest);
  throw new UserError(t('The notebook has no cell {0}: {1}', JSON.stringify(wanted), hint));
}
