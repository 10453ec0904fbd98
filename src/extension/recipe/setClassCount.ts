import * as vscode from 'vscode';
import { UserError } from '../../core/userError';
import { dataPlace } from './dataPlace';
import type { RecipeFile, RecipeFiles } from './recipeFiles';
import { plainMessage } from '../plainMessage';

/** How long the data may take to be counted before the question is asked without its answer, in ms. */
const PATIENCE = 1500;

/** Asks for the number of output classes and writes it into the recipe. */
export async function setClassCount(recipes: RecipeFiles, uri: vscode.Uri): Promise<void> {
  const { checkClassCount, replacedLayer } = await import('./classCount');
  const file = await recipes.read(uri);
  if (file.unreadable) {
    const line = file.text.slice(0, file.unreadable.offset).split('\n').length;
    throw new UserError(vscode.l10n.t('The recipe has a mistake in line {0}: mend it first.', line));
  }
  const dataClasses = await classesOf(recipes, file);
  const context = { model: file.lastLayers?.model, dataClasses };
  const current = file.lastLayers?.classes;
  const proposed = dataClasses?.length ?? current;
  const typed = await vscode.window.showInputBox({
    title: vscode.l10n.t('Set Output Class Count'),
    prompt: [
      dataClasses && vscode.l10n.t('The data has {0} classes.', dataClasses.length),
      replacedLayer(context.model, proposed),
      vscode.l10n.t('Leave empty to follow the data.'),
    ]
      .filter(Boolean)
      .join(' '),
    placeHolder: vscode.l10n.t('As many as the data has'),
    value: proposed === undefined ? '' : String(proposed),
    validateInput: text => {
      const { severity, message } = checkClassCount(text, context);
      return message === '' ? undefined : { message: plainMessage(message), severity: SEVERITIES[severity] };
    },
  });
  if (typed === undefined) return;
  const { severity, classes } = checkClassCount(typed, context);
  if (severity !== 'error') await recipes.edit(uri, () => [{ path: ['classes'], value: classes }]);
}

const SEVERITIES = {
  error: vscode.InputBoxValidationSeverity.Error,
  warning: vscode.InputBoxValidationSeverity.Warning,
  info: vscode.InputBoxValidationSeverity.Info,
};

/** The names of the data's classes; undefined where they cannot be found, or not soon. */
async function classesOf({ data }: RecipeFiles, file: RecipeFile): Promise<readonly string[] | undefined> {
  const place = dataPlace(file.value, file.uri.fsPath);
  if (!place) return undefined;
  try {
    const { classes } = await data.find(place, AbortSignal.timeout(PATIENCE));
    return classes.length < 2 ? undefined : classes.map(({ name }) => name);
  } catch {
    // What is wrong with the data is underlined in the recipe; the question can be answered all the same.
    return data.known(place)?.classes.map(({ name }) => name);
  }
}
