import * as vscode from 'vscode';
import type { RunAppend, TrainingRun } from './trainingRun';

/**
 * The runs of all workspace folders, newest first: those of the editor and of the command line, old and live. Found
 * through their folders alone, so that a reloaded window finds again what is running.
 */
export class TrainingRuns implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<TrainingRun | undefined>();
  private readonly appended = new vscode.EventEmitter<RunAppend>();
  /** A run came, went or changed its status; undefined: several did. */
  readonly onDidChange = this.changed.event;
  /** Fires within 200 ms of the event being written. What a run's `events` held when it was found does not fire. */
  readonly onDidAppend = this.appended.event;

  constructor(private readonly context: vscode.ExtensionContext) {}

  /** Resolves when the runs of the workspace have been read; begins reading at the first call. */
  ready(): Promise<void> {
    throw new Error('being written');
  }

  /** What is known so far, newest first. */
  get all(): readonly TrainingRun[] {
    return [];
  }

  /** The run of a folder: a known one, or any other run folder, read now; undefined when it is none. */
  find(_folder: string): Promise<TrainingRun | undefined> {
    throw new Error('being written');
  }

  /** Starts (or queues) a fine-tune of a recipe. A UserError says what is wrong with it. */
  start(_recipe: vscode.Uri): Promise<TrainingRun> {
    throw new Error('being written');
  }

  /** Asks a live run to end after the batch in hand, keeping the best and the last epoch. */
  stop(_run: TrainingRun): Promise<void> {
    throw new Error('being written');
  }

  dispose(): void {
    this.changed.dispose();
    this.appended.dispose();
    void this.context;
  }
}
