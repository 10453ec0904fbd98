import { isAbsolute, relative, sep } from 'node:path';
import * as vscode from 'vscode';
import { findRecipes } from '../recipe/recipeFiles';
import { UserError } from '../../core/userError';
import { RunTerminal } from './runTerminal';
import type { TrainingRun } from './trainingRun';
import type { TrainingRuns } from './trainingRuns';

export const TASK_TYPE = 'thaw';

/** What tasks.json says of a fine-tune. */
interface ThawTaskDefinition extends vscode.TaskDefinition {
  /** The recipe, relative to the folder of the workspace. */
  readonly recipe: string;
  /** Tells one start of a recipe from another, so that the editor does not take the second for the first. */
  readonly instance?: string;
}

/** Tasks of type `thaw`: one for each recipe of the workspace, and those of tasks.json. */
export class ThawTasks implements vscode.TaskProvider {
  private starts = 0;

  constructor(private readonly runs: TrainingRuns) {}

  async provideTasks(): Promise<vscode.Task[]> {
    const recipes = await findRecipes();
    return recipes.map(recipe => this.taskOf(recipe));
  }

  resolveTask(task: vscode.Task): vscode.Task | undefined {
    const definition = task.definition as Partial<ThawTaskDefinition>;
    if (typeof definition.recipe !== 'string') return undefined;
    const scope = task.scope ?? vscode.TaskScope.Workspace;
    return this.task(definition as ThawTaskDefinition, scope, task.name, () =>
      recipeUri(definition.recipe!, scope),
    );
  }

  /** Runs the task of a recipe. Resolves with its run once that has begun; throws what kept it from beginning. */
  execute(recipe: vscode.Uri): Promise<TrainingRun> {
    return this.begin(recipe, () => this.runs.start(recipe));
  }

  /** As `execute`, going on with a run. */
  resume(run: TrainingRun): Promise<TrainingRun> {
    return this.begin(vscode.Uri.file(run.recipeFile ?? run.folder), () => this.runs.resume(run));
  }

  private async begin(recipe: vscode.Uri, start: () => Promise<TrainingRun>): Promise<TrainingRun> {
    const instance = String(++this.starts);
    let ended: vscode.Disposable | undefined;
    try {
      return await new Promise<TrainingRun>((resolve, reject) => {
        const begin = (): Promise<TrainingRun> => {
          const run = start();
          run.then(resolve, reject);
          return run;
        };
        // The editor may ask something before a task, and take a no.
        ended = vscode.tasks.onDidEndTask(({ execution: { task } }) => {
          if (task.definition['instance'] === instance) reject(new vscode.CancellationError());
        });
        vscode.tasks.executeTask(this.taskOf(recipe, instance, begin)).then(undefined, reject);
      });
    } finally {
      ended?.dispose();
    }
  }

  private taskOf(recipe: vscode.Uri, instance?: string, begin?: () => Promise<TrainingRun>): vscode.Task {
    const folder = vscode.workspace.getWorkspaceFolder(recipe);
    const path = folder ? relative(folder.uri.fsPath, recipe.fsPath).split(sep).join('/') : recipe.fsPath;
    const definition: ThawTaskDefinition = { type: TASK_TYPE, recipe: path, ...(instance && { instance }) };
    return this.task(definition, folder ?? vscode.TaskScope.Workspace, path, () => recipe, begin);
  }

  private task(
    definition: ThawTaskDefinition,
    scope: vscode.WorkspaceFolder | vscode.TaskScope,
    name: string,
    recipe: () => vscode.Uri,
    begin: () => Promise<TrainingRun> = async () => this.runs.start(recipe()),
  ): vscode.Task {
    const open = (): Promise<vscode.Pseudoterminal> => Promise.resolve(new RunTerminal(this.runs, begin));
    const task = new vscode.Task(definition, scope, name, 'Thaw', new vscode.CustomExecution(open));
    task.detail = vscode.l10n.t('Fine-tune as the recipe says');
    task.presentationOptions = {
      reveal: vscode.TaskRevealKind.Always,
      panel: vscode.TaskPanelKind.Dedicated,
      showReuseMessage: false,
    };
    return task;
  }
}

function recipeUri(recipe: string, scope: vscode.WorkspaceFolder | vscode.TaskScope): vscode.Uri {
  if (isAbsolute(recipe)) return vscode.Uri.file(recipe);
  const folder = typeof scope === 'object' ? scope : vscode.workspace.workspaceFolders?.[0];
  if (!folder) throw new UserError(vscode.l10n.t('Open the folder that {0} lies in first.', recipe));
  return vscode.Uri.joinPath(folder.uri, recipe);
}
