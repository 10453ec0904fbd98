import * as vscode from 'vscode';
import type { RunOutput, RunReference } from '../../protocol/notebookOutput';
import type { TrainingRun } from '../training/trainingRun';
import type { TrainingRuns } from '../training/trainingRuns';
import { NOTEBOOK_TYPE, openNotebooks, recipeCells, runsOfCell } from '../recipe/recipeDocuments';
import { timeOf, type CellRunner, type StartedCell } from './cellRunner';
import { nameOfRun } from './runPlace';
import { shownRunFolder } from './shownRunFolder';

/** The editor binds a notebook to its controller by itself where it once did, in ms. */
const SELECT_AFTER = 500;

/**
 * Brings cells back to life whose runs have gone on while their notebook was closed, or the window reloaded; and those
 * whose runs are resumed, from wherever.
 */
export class LiveCells implements vscode.Disposable {
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly subscriptions: vscode.Disposable;

  constructor(
    private readonly runs: TrainingRuns,
    private readonly runner: CellRunner,
  ) {
    this.subscriptions = vscode.Disposable.from(
      vscode.workspace.onDidOpenNotebookDocument(notebook => this.opened(notebook)),
      runner.onDidSelect(notebook => void this.resume(notebook)),
      runs.onDidChange(run => run?.isLive && run.cell !== undefined && void this.wentLive(run)),
    );
    for (const notebook of openNotebooks()) this.opened(notebook);
  }

  dispose(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.subscriptions.dispose();
  }

  private opened(notebook: vscode.NotebookDocument): void {
    if (notebook.notebookType !== NOTEBOOK_TYPE || notebook.uri.scheme !== 'file') return;
    if (this.runner.isSelected(notebook)) return void this.resume(notebook);
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      if (!this.runner.isSelected(notebook)) void this.select(notebook);
    }, SELECT_AFTER);
    this.timers.add(timer);
  }

  /** Where there is something to show, makes this notebook one whose cells can be shown as running. */
  private async select(notebook: vscode.NotebookDocument): Promise<void> {
    const found = await this.startedCells(notebook);
    const editor = vscode.window.visibleNotebookEditors.find(shown => shown.notebook === notebook);
    if (found.length === 0 || !editor) return;
    const kernel = { notebookEditor: editor, id: NOTEBOOK_TYPE, extension: 'thaw.thaw' };
    await vscode.commands.executeCommand('notebook.selectKernel', kernel);
  }

  private async wentLive({ folder, recipeFile }: TrainingRun): Promise<void> {
    const notebook = openNotebooks().find(({ uri }) => uri.scheme === 'file' && uri.fsPath === recipeFile);
    if (!notebook || !hasEnded(notebook, folder)) return;
    await (this.runner.isSelected(notebook) ? this.resume(notebook) : this.select(notebook));
  }

  private async resume(notebook: vscode.NotebookDocument): Promise<void> {
    for (const [cell, started] of await this.startedCells(notebook)) {
      if (notebook.isClosed) continue;
      const ended = runsOfCell(cell)?.runs.some(({ summary }) => summary !== undefined) ?? false;
      const runs = started.runs.filter(run => run !== undefined);
      this.runner.resume(cell, started, ended ? Date.now() : timeOf(runs));
    }
  }

  /** The cells with runs of which nobody has seen the end. */
  private async startedCells(
    notebook: vscode.NotebookDocument,
  ): Promise<readonly (readonly [vscode.NotebookCell, StartedCell])[]> {
    await this.runs.watchBeside(notebook.uri.fsPath);
    const { nameOfCell } = await import('../recipe/composeNotebookCell');
    const cells = recipeCells(notebook);
    const named = new Map<vscode.NotebookCell, StartedCell>();
    for (const cell of cells) {
      const output = runsOfCell(cell);
      if (!output) continue;
      const runs = await Promise.all(output.runs.map(({ folder }) => this.find(notebook, folder)));
      // How a run ended that goes on again no longer counts.
      const references = output.runs.map(({ summary, ...reference }, index) =>
        summary && !runs[index]?.isLive ? { ...reference, summary } : reference,
      );
      named.set(cell, { output: { ...output, runs: references }, runs });
    }
    // A notebook that was closed without saving does not name what it had started.
    const known = new Set([...named.values()].flatMap(({ runs }) => runs.map(run => run?.folder)));
    for (const run of this.runs.all) {
      if (!run.isLive || run.recipeFile !== notebook.uri.fsPath || known.has(run.folder)) continue;
      const cell = cells.find(cell => nameOfCell(cell) === run.cell?.name);
      if (cell) named.set(cell, joined(named.get(cell), notebook, run));
    }
    return [...named].filter(([, { output, runs }]) =>
      output.runs.some(({ summary }, index) => summary === undefined && runs[index] !== undefined),
    );
  }

  private async find(notebook: vscode.NotebookDocument, name: string): Promise<TrainingRun | undefined> {
    const folder = await shownRunFolder(notebook, name);
    return folder === undefined ? undefined : this.runs.find(folder);
  }
}

/** Whether a cell shows how a run ended. */
function hasEnded(notebook: vscode.NotebookDocument, run: string): boolean {
  const name = nameOfRun(notebook.uri.fsPath, run);
  const references = recipeCells(notebook).flatMap(cell => runsOfCell(cell)?.runs ?? []);
  return references.some(({ folder, summary }) => folder === name && summary !== undefined);
}

/** A cell's live runs with one more; those that have ended belong to an earlier time that the cell was run. */
function joined(
  before: StartedCell | undefined,
  notebook: vscode.NotebookDocument,
  run: TrainingRun,
): StartedCell {
  const goesOn = before?.runs.some(run => run?.isLive) ?? false;
  const reference: RunReference = {
    folder: nameOfRun(notebook.uri.fsPath, run.folder),
    name: run.name,
    ...(run.cell?.variant !== undefined && { variant: run.cell.variant }),
  };
  const references = goesOn ? [...before!.output.runs, reference] : [reference];
  const output: RunOutput = { version: 1, runs: references };
  return { output, runs: goesOn ? [...before!.runs, run] : [run] };
}
