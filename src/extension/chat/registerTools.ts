import { basename, isAbsolute } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../core/userError';
import { plainMessage } from '../plainMessage';
import { bestAccuracy, progressText } from '../training/progressText';
import type { TrainingRun } from '../training/trainingRun';
import type { TrainingRuns } from '../training/trainingRuns';

/** What chat assistants may do: list runs, read one, and start a fine-tune once the person has agreed. */
export function registerTools(runs: TrainingRuns): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.lm.registerTool('thaw_listRuns', new ListRuns(runs)),
    vscode.lm.registerTool('thaw_readRun', new ReadRun(runs)),
    vscode.lm.registerTool('thaw_startFineTune', new StartFineTune()),
  );
}

class ListRuns implements vscode.LanguageModelTool<object> {
  constructor(private readonly runs: TrainingRuns) {}

  prepareInvocation(): vscode.PreparedToolInvocation {
    return { invocationMessage: vscode.l10n.t('Looking at the fine-tuning runs') };
  }

  async invoke(): Promise<vscode.LanguageModelToolResult> {
    await this.runs.ready();
    return textOf(JSON.stringify(this.runs.all.map(listed)));
  }
}

/** A run as a model needs it: short, and without the events. */
function listed(run: TrainingRun): object {
  const { folder, name, status, started, ended } = run;
  return {
    ...{ run: basename(folder), name, status, model: started?.model, epochs: started?.epochs },
    ...{ bestTestAccuracy: bestAccuracy(run), bestEpoch: ended?.bestEpoch, message: ended?.message },
    ...(run.isLive ? { progress: progressText(run) } : {}),
    began: new Date(run.time).toISOString(),
  };
}

interface RunInput {
  /** The name of its folder, as `thaw_listRuns` gives it. */
  readonly run: string;
}

class ReadRun implements vscode.LanguageModelTool<RunInput> {
  constructor(private readonly runs: TrainingRuns) {}

  prepareInvocation({
    input,
  }: vscode.LanguageModelToolInvocationPrepareOptions<RunInput>): vscode.PreparedToolInvocation {
    return { invocationMessage: plainMessage(vscode.l10n.t('Reading the run {0}', String(input.run))) };
  }

  async invoke({
    input,
  }: vscode.LanguageModelToolInvocationOptions<RunInput>): Promise<vscode.LanguageModelToolResult> {
    await this.runs.ready();
    const run = this.runs.all.find(({ folder }) => basename(folder) === input.run);
    if (!run) {
      throw new UserError(`There is no run ${String(input.run)}; thaw_listRuns gives the names of all runs.`);
    }
    const [{ readReportedRun }, { runReport }] = await Promise.all([
      import('../../core/report/reportedRun'),
      import('../../core/report/runReport'),
    ]);
    return textOf(runReport(await readReportedRun(run.folder)));
  }
}

interface RecipeInput {
  /** Path of a recipe in the workspace, absolute or below the first folder. */
  readonly recipe: string;
}

class StartFineTune implements vscode.LanguageModelTool<RecipeInput> {
  prepareInvocation({
    input,
  }: vscode.LanguageModelToolInvocationPrepareOptions<RecipeInput>): vscode.PreparedToolInvocation {
    const file = vscode.workspace.asRelativePath(recipeIn(input));
    return {
      invocationMessage: plainMessage(vscode.l10n.t('Starting to fine-tune {0}', file)),
      confirmationMessages: {
        title: vscode.l10n.t('Start Fine-Tune'),
        message: plainMessage(
          vscode.l10n.t('Train {0} on this machine? It may take a while; you can stop it at any time.', file),
        ),
      },
    };
  }

  async invoke({
    input,
  }: vscode.LanguageModelToolInvocationOptions<RecipeInput>): Promise<vscode.LanguageModelToolResult> {
    const recipe = recipeIn(input);
    if (!vscode.workspace.isTrusted) {
      throw new UserError(
        'The workspace is not trusted, so nothing is trained; the person must trust it first.',
      );
    }
    const folder = await vscode.commands.executeCommand<string | undefined>('thaw.startFineTune', recipe);
    if (folder === undefined) throw new UserError('Nothing was started: the person was told why.');
    return textOf(
      `Started the run ${basename(folder)}. thaw_listRuns tells how it goes, thaw_readRun what came out.`,
    );
  }
}

/** The recipe that is meant; it must lie in the workspace. */
function recipeIn({ recipe }: RecipeInput): vscode.Uri {
  const [first] = vscode.workspace.workspaceFolders ?? [];
  if (typeof recipe !== 'string' || !recipe.endsWith('.thaw.json') || !first) {
    throw new UserError('recipe must be the path of a *.thaw.json file in the workspace.');
  }
  const uri = isAbsolute(recipe) ? vscode.Uri.file(recipe) : vscode.Uri.joinPath(first.uri, recipe);
  if (!vscode.workspace.getWorkspaceFolder(uri)) {
    throw new UserError(`${recipe} does not lie in the workspace.`);
  }
  return uri;
}

function textOf(text: string): vscode.LanguageModelToolResult {
  return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)]);
}
