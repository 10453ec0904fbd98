import * as vscode from 'vscode';
import { UserError } from '../../core/userError';
import type { RunOutput, RunReference } from '../../protocol/notebookOutput';
import { NOTEBOOK_TYPE, RECIPE_LANGUAGE, runsOfCell } from '../recipe/recipeDocuments';
import type { TrainingRun } from '../training/trainingRun';
import type { TrainingRuns } from '../training/trainingRuns';
import { errorOutputOf, runOutputOf } from './cellOutputs';
import { runSummary } from './runSummary';

/** Starts the runs of a cell. A UserError says what keeps it from running. */
export type StartCell = (cell: vscode.NotebookCell) => Promise<StartedCell>;

/** A cell's runs, and how its output names them, in the same order. */
export interface StartedCell {
  readonly output: RunOutput;
  /** Undefined where the folder is gone. */
  readonly runs: readonly (TrainingRun | undefined)[];
}

/** How a cell ended, as the editor shows it: undefined where it was stopped. */
type Success = boolean | undefined;

/** Runs cells, those of a notebook one after another, and shows how their runs go on and end. */
export class CellRunner implements vscode.Disposable {
  private readonly controller = vscode.notebooks.createNotebookController(
    NOTEBOOK_TYPE,
    NOTEBOOK_TYPE,
    'Thaw',
  );
  /** Notebooks whose cells this controller may run. */
  private readonly selected = new Set<vscode.NotebookDocument>();
  /** That run, or wait to. */
  private readonly executing = new Set<vscode.NotebookCell>();
  private readonly queues = new Map<vscode.NotebookDocument, Promise<unknown>>();
  private readonly subscriptions: vscode.Disposable;
  private order = 0;

  readonly onDidSelect: vscode.Event<vscode.NotebookDocument>;

  constructor(
    private readonly runs: TrainingRuns,
    private readonly start: StartCell,
  ) {
    const selection = new vscode.EventEmitter<vscode.NotebookDocument>();
    this.onDidSelect = selection.event;
    this.controller.supportedLanguages = [RECIPE_LANGUAGE];
    this.controller.supportsExecutionOrder = true;
    this.controller.description = vscode.l10n.t('Fine-tunes as the cell says');
    this.controller.executeHandler = (cells, notebook) => this.executeAll(cells, notebook);
    this.subscriptions = vscode.Disposable.from(
      selection,
      this.controller,
      this.controller.onDidChangeSelectedNotebooks(({ notebook, selected }) => {
        if (!selected) return void this.selected.delete(notebook);
        this.selected.add(notebook);
        selection.fire(notebook);
      }),
      vscode.workspace.onDidCloseNotebookDocument(notebook => {
        this.selected.delete(notebook);
        this.queues.delete(notebook);
      }),
    );
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  /** Whether the notebook's cells can be run, or shown as running, now. */
  isSelected(notebook: vscode.NotebookDocument): boolean {
    return this.selected.has(notebook);
  }

  /**
   * Shows runs that were started before: how they go on, or how they have ended meanwhile. A cell that runs is left
   * alone. `since`: in ms since 1970.
   */
  resume(cell: vscode.NotebookCell, started: StartedCell, since: number): void {
    if (this.executing.has(cell)) return;
    const execution = this.begin(cell);
    execution.start(since);
    const followed = this.show(execution, started);
    // What is run after it waits for it.
    void this.queue(cell.notebook, async () => void (await followed));
  }

  private async show(execution: vscode.NotebookCellExecution, started: StartedCell): Promise<void> {
    const { output } = started;
    if (JSON.stringify(runsOfCell(execution.cell)) !== JSON.stringify(output))
      await execution.replaceOutput(runOutputOf(output));
    await this.follow(execution, started);
  }

  private begin(cell: vscode.NotebookCell): vscode.NotebookCellExecution {
    const execution = this.controller.createNotebookCellExecution(cell);
    this.executing.add(cell);
    return execution;
  }

  private end(execution: vscode.NotebookCellExecution, success: Success, time?: number): void {
    this.executing.delete(execution.cell);
    execution.end(success, time);
  }

  /** One after another; what follows a cell that did not end well does not begin. */
  private executeAll(
    cells: readonly vscode.NotebookCell[],
    notebook: vscode.NotebookDocument,
  ): Promise<void> {
    const waiting = new Map(cells.map(cell => [this.begin(cell), undefined as Success]));
    const giveUp = (execution: vscode.NotebookCellExecution): void => {
      if (waiting.delete(execution)) this.end(execution, undefined);
    };
    for (const execution of waiting.keys()) execution.token.onCancellationRequested(() => giveUp(execution));
    return this.queue(notebook, async () => {
      for (const execution of [...waiting.keys()]) {
        if (!waiting.delete(execution)) continue;
        if ((await this.execute(execution)) !== true) for (const other of [...waiting.keys()]) giveUp(other);
      }
    });
  }

  private queue(notebook: vscode.NotebookDocument, work: () => Promise<void>): Promise<void> {
    const turn = (this.queues.get(notebook) ?? Promise.resolve()).then(work);
    this.queues.set(
      notebook,
      turn.catch(() => undefined),
    );
    return turn;
  }

  private async execute(execution: vscode.NotebookCellExecution): Promise<Success> {
    execution.executionOrder = ++this.order;
    execution.start(Date.now());
    try {
      const started = await this.start(execution.cell);
      // At once: a window that is reloaded finds the runs by what the cell names.
      await execution.replaceOutput(runOutputOf(started.output));
      return await this.follow(execution, started);
    } catch (error) {
      const expected = error instanceof UserError;
      // eslint-disable-next-line no-console -- the extension host's log is where bugs go
      if (!expected) console.error(error);
      const message = expected ? error.message : vscode.l10n.t('An unexpected error: {0}', String(error));
      await execution.replaceOutput(errorOutputOf(message));
      this.end(execution, false, Date.now());
      return false;
    }
  }

  /** Waits for the end of a cell's runs and shows it. */
  private async follow(
    execution: vscode.NotebookCellExecution,
    { output, runs }: StartedCell,
  ): Promise<Success> {
    const { cell, token } = execution;
    const known = runs.filter(run => run !== undefined);
    const wasLive = known.some(({ isLive }) => isLive);
    await this.endOf(known, token, cell.notebook);
    if (cell.notebook.isClosed) {
      // The runs go on; when the notebook is opened again, its cells are live again.
      this.end(execution, undefined);
      return undefined;
    }
    await this.runs.untilEndIsKnown(known);
    const references = output.runs.map((reference, index): RunReference => {
      const run = runs[index];
      return reference.summary || !run ? reference : { ...reference, summary: runSummary(run, this.runs) };
    });
    const summaries = references.flatMap(({ summary }) => (summary ? [summary] : []));
    const wrong = summaries.filter(({ status }) => status === 'failed' || status === 'crashed');
    const messages = new Set(wrong.map(({ message }) => message ?? vscode.l10n.t('The run failed.')));
    await execution.replaceOutput([
      runOutputOf({ ...output, runs: references }),
      ...Array.from(messages, errorOutputOf),
    ]);
    const isWhole = summaries.every(({ status }) => status === 'completed');
    const success = wrong.length > 0 ? false : isWhole || undefined;
    const seconds = summaries.reduce((sum, summary) => sum + summary.seconds, 0);
    this.end(execution, success, wasLive ? Date.now() : timeOf(known) + 1000 * seconds);
    return success;
  }

  /** Resolves when no run is live any more, or the notebook is closed; asks the runs to stop when the cell is. */
  private endOf(
    runs: readonly TrainingRun[],
    token: vscode.CancellationToken,
    notebook: vscode.NotebookDocument,
  ): Promise<void> {
    const stop = (): void => runs.forEach(run => run.isLive && this.runs.stop(run));
    if (token.isCancellationRequested) stop();
    return new Promise(resolve => {
      const look = (): void => {
        if (!notebook.isClosed && runs.some(({ isLive }) => isLive)) return;
        owned.forEach(one => one.dispose());
        resolve();
      };
      const owned = [
        token.onCancellationRequested(stop),
        this.runs.onDidChange(look),
        vscode.workspace.onDidCloseNotebookDocument(look),
      ];
      look();
    });
  }
}

/** When the first of some runs was begun, in ms since 1970. */
export function timeOf(runs: readonly TrainingRun[]): number {
  return Math.min(...runs.map(({ time }) => time));
}
