import * as vscode from 'vscode';
import { bestAccuracy } from './training/progressText';
import type { RunStatus, TrainingRun } from './training/trainingRun';
import type { TrainingRuns } from './training/trainingRuns';

/** What `vscode.extensions.getExtension<ThawApi>('thaw.thaw').activate()` gives to other extensions. docs/api.md. */
export interface ThawApi {
  /** Raised when something is taken away or means another thing; what is added leaves it as it is. */
  readonly version: 1;
  /** All runs of the workspace, newest first. */
  runs(): Promise<readonly ThawRun[]>;
  /** A run began, went on, or ended. */
  readonly onDidChangeRun: vscode.Event<ThawRun>;
  /**
   * Starts to train a recipe (`*.thaw.json`) as the command does, questions included. Gives the absolute path of the run
   * folder; undefined where the workspace is not trusted, or the person gave up or was told why it cannot start.
   */
  startFineTune(recipe: vscode.Uri): Promise<string | undefined>;
}

/** A run as it is at the moment. */
export interface ThawRun {
  /** Absolute path of the run folder; tells runs apart. docs/runs.md says what is in it. */
  readonly folder: string;
  readonly name: string;
  readonly status: RunStatus;
  /** Undefined before the first test phase has ended. */
  readonly bestTestAccuracy: number | undefined;
}

/** The API on the runs of this window. */
export function createApi(runs: TrainingRuns): ThawApi {
  return {
    version: 1,
    runs: async () => {
      await runs.ready();
      return runs.all.map(shown);
    },
    onDidChangeRun: (listener, thisArgs, disposables) =>
      // Without a run it says that the list as a whole is another.
      runs.onDidChange(run => run && listener.call(thisArgs, shown(run)), undefined, disposables),
    startFineTune: async recipe => vscode.commands.executeCommand('thaw.startFineTune', recipe),
  };
}

function shown(run: TrainingRun): ThawRun {
  const { folder, name, status } = run;
  return { folder, name, status, bestTestAccuracy: bestAccuracy(run) };
}
