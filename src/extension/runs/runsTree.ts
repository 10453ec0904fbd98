import * as vscode from 'vscode';
import type { TrainingRun } from '../training/trainingRun';
import type { TrainingRuns } from '../training/trainingRuns';
import { runItem } from './runItem';

const REDRAW_AFTER_MS = 50;

/** All runs, newest first; a flat list. */
export class RunsTree implements vscode.TreeDataProvider<TrainingRun>, vscode.Disposable {
  private readonly redraw = new vscode.EventEmitter<undefined>();
  private readonly owned: vscode.Disposable[];
  private timer: NodeJS.Timeout | undefined;

  readonly onDidChangeTreeData = this.redraw.event;

  constructor(private readonly runs: TrainingRuns) {
    this.owned = [
      this.redraw,
      runs.onDidChange(() => this.draw()),
      runs.onDidAppend(({ event }) => {
        if (event.kind !== 'batchEnded' && event.kind !== 'progress') this.draw();
      }),
    ];
  }

  async getChildren(run?: TrainingRun): Promise<TrainingRun[]> {
    if (run) return [];
    await this.runs.ready();
    return [...this.runs.all];
  }

  getTreeItem(run: TrainingRun): vscode.TreeItem {
    return runItem(run);
  }

  /** Flat, so no run has a parent; there so that a run can be revealed. */
  getParent(): undefined {
    return undefined;
  }

  dispose(): void {
    clearTimeout(this.timer);
    for (const owned of this.owned) owned.dispose();
  }

  /** Soon: several things may happen at once. */
  private draw(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.redraw.fire(undefined);
    }, REDRAW_AFTER_MS);
  }
}
