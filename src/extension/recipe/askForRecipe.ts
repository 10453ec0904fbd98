import { basename, dirname, relative, sep } from 'node:path';
import * as vscode from 'vscode';
import type { FineTuneCase } from '../../core/recipe/fourCases';
import type { LabelsRecipe } from '../../core/recipe/recipe';
import { UserError } from '../../core/userError';
import { showClassPreview } from './classPreview';
import type { DataPlace, DataSummary } from './dataFacts';
import { askForColumns, labelsFiles } from './labelsQuestion';
import { pickStep, separator, type PickItem } from './pickStep';
import type { RecipeFiles } from './recipeFiles';
import { plainMessage } from '../plainMessage';

/** What was answered. Paths are relative to `place`, with `/`. */
export interface RecipeAnswers {
  /** The folder that what is made belongs in, absolute. */
  readonly place: string;
  readonly name: string;
  readonly folder: string;
  readonly labels: LabelsRecipe | undefined;
  readonly classes: DataSummary['classes'];
  readonly model: string;
  readonly fineTuneCase: FineTuneCase;
}

interface Answers {
  readonly title: string;
  readonly folder: string;
  labels?: LabelsRecipe;
  summary?: DataSummary;
  /** Whether there was a choice of what tells the class. */
  askedForLabels?: boolean;
  model?: string;
  similar?: boolean;
  fineTuneCase?: FineTuneCase;
}

/** A question: true when it is answered, `back`, or false to give up. */
type Step = (answers: Answers, recipes: RecipeFiles) => Promise<boolean | 'back'>;

const STEPS: readonly Step[] = [askForLabels, confirmClasses, askForModel, askForSimilarity, askForCase];

/**
 * Asks all that a recipe for a folder of images is made from; undefined when the person gives up. `folder`: where the
 * images are, if that is known. `title`: what is being made.
 */
export async function askForRecipe(
  recipes: RecipeFiles,
  title: string,
  folder?: vscode.Uri,
): Promise<RecipeAnswers | undefined> {
  const place = folder ?? (await askForFolder());
  if (!place) return undefined;
  const answers: Answers = { title, folder: place.fsPath };
  let forward = true;
  for (let step = 0; step < STEPS.length; step += forward ? 1 : -1) {
    if (step < 0) return undefined;
    const answer = await STEPS[step]!(answers, recipes);
    if (answer === false) return undefined;
    forward = answer !== 'back';
  }
  return answered(answers);
}

async function answered({ folder, labels, summary, model, fineTuneCase }: Answers): Promise<RecipeAnswers> {
  const { recipeName } = await import('../../core/recipe/recipeDraft');
  const workspace = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(folder));
  const place = workspace?.uri.fsPath ?? dirname(folder);
  const from = (path: string): string => relative(place, path).split(sep).join('/') || '.';
  return {
    place,
    name: recipeName(basename(folder)),
    folder: from(folder),
    labels: labels && { ...labels, file: from(labels.file) },
    classes: summary!.classes,
    model: model!,
    fineTuneCase: fineTuneCase!,
  };
}

async function askForFolder(): Promise<vscode.Uri | undefined> {
  const picked = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('The folder with the pictures: a folder in it for each class'),
    openLabel: vscode.l10n.t('Use These Pictures'),
    canSelectFiles: false,
    canSelectFolders: true,
    defaultUri: vscode.workspace.workspaceFolders?.[0]?.uri,
  });
  return picked?.[0];
}

/** Class folders or a file of labels? Asked only where there is a choice. */
async function askForLabels(answers: Answers, recipes: RecipeFiles): Promise<boolean | 'back'> {
  const { folder } = answers;
  const files = await labelsFiles(folder);
  const byFolders = await lookAt(recipes, { folder }).catch((error: unknown) => {
    if (error instanceof UserError && files.length > 0) return undefined;
    throw error;
  });
  answers.labels = undefined;
  answers.summary = byFolders;
  answers.askedForLabels = files.length > 0;
  if (files.length === 0) return true;
  const items: PickItem<string>[] = files.map(file => ({
    label: basename(file),
    description: vscode.l10n.t('a column of this file tells the class of each picture'),
    value: file,
  }));
  if (byFolders) {
    const names = byFolders.classes.map(({ name }) => name);
    const label = vscode.l10n.t('The folders tell the class');
    items.unshift({ label, description: names.slice(0, 6).join(', '), value: '' });
  }
  const placeholder = vscode.l10n.t('What tells the class of a picture?');
  const answer = await pickStep({ ...frame(answers, 1), placeholder, items });
  if (typeof answer !== 'object') return answer ?? false;
  if (answer.value === '') return true;

  const { labelColumns } = await import('../../core/dataset/countLabels');
  const labels = await askForColumns(answer.value, await labelColumns(answer.value), 2, STEPS.length);
  if (labels === undefined) return false;
  if (labels === 'back') return askForLabels(answers, recipes);
  answers.labels = labels;
  answers.summary = await lookAt(recipes, { folder, labels });
  return true;
}

async function confirmClasses(answers: Answers): Promise<boolean | 'back'> {
  const { folder, summary, askedForLabels } = answers;
  const { classes, images, notes } = summary!;
  const items: PickItem<true>[] = [
    {
      label: `$(arrow-right) ${vscode.l10n.t('Go on with these {0} classes', classes.length)}`,
      description: vscode.l10n.t('{0} pictures', number(images)),
      detail: notes.join(' ') || undefined,
      value: true,
    },
    separator(vscode.l10n.t('classes')),
    ...classes.map(({ name, images }) => ({
      label: name,
      description: vscode.l10n.t('{0} pictures', number(images)),
      value: true as const,
    })),
  ];
  const preview = showClassPreview(folder, summary!);
  try {
    const answer = await pickStep({
      ...frame(answers, 2),
      placeholder: vscode.l10n.t('Are these the classes?'),
      items,
      canGoBack: askedForLabels,
    });
    return typeof answer === 'object' ? true : (answer ?? false);
  } finally {
    preview.dispose();
  }
}

async function askForModel(answers: Answers): Promise<boolean | 'back'> {
  const { modelChoices } = await import('./modelChoices');
  const items = modelChoices().map(({ name, remark, parameters, bytes, cost }) => ({
    label: name,
    description: remark,
    detail: vscode.l10n.t(
      '{0} M parameters, {1} MB of weights, {2} G multiply-adds a picture',
      (parameters / 1e6).toFixed(1),
      (bytes / 1e6).toFixed(0),
      (cost / 1e9).toFixed(1),
    ),
    value: name,
  }));
  const answer = await pickStep({ ...frame(answers, 3), placeholder: vscode.l10n.t('Which model?'), items });
  if (typeof answer !== 'object') return answer ?? false;
  answers.model = answer.value;
  return true;
}

async function askForSimilarity(answers: Answers): Promise<boolean | 'back'> {
  const items: PickItem<boolean>[] = [
    {
      label: vscode.l10n.t('Yes, photos of everyday things'),
      detail: vscode.l10n.t(
        'Animals, plants, food, vehicles, furniture, buildings, as one photographs them.',
      ),
      value: true,
    },
    {
      label: vscode.l10n.t('No, pictures of another kind'),
      detail: vscode.l10n.t('Micrographs, X-rays, skin, satellite images, drawings, documents, surfaces.'),
      value: false,
    },
  ];
  const placeholder = vscode.l10n.t(
    'The model was pretrained on ImageNet: photos of everyday things. Are yours of that kind?',
  );
  const answer = await pickStep({ ...frame(answers, 4), placeholder, items });
  if (typeof answer !== 'object') return answer ?? false;
  answers.similar = answer.value;
  return true;
}

async function askForCase(answers: Answers): Promise<boolean | 'back'> {
  const [{ fineTuneCase, fineTuneCases }, { freezeFor, withParameters }] = await Promise.all([
    import('../../core/recipe/fourCases'),
    import('../../core/model/freezeFor'),
  ]);
  const images = answers.summary!.images;
  const likely = fineTuneCase({ images, similar: answers.similar! });
  const itemOf = (one: FineTuneCase): PickItem<FineTuneCase> => ({
    label: `${one.number}. ${one.advice}`,
    description: one.data,
    detail: `${frozenText(withParameters(answers.model!, freezeFor(answers.model!, one)))} ${one.reason}`,
    value: one,
  });
  const others = fineTuneCases.filter(one => one !== likely).map(itemOf);
  const items = [
    separator<FineTuneCase>(vscode.l10n.t('this looks like case {0}', likely.number)),
    itemOf(likely),
    separator<FineTuneCase>(vscode.l10n.t('the other cases')),
    ...others,
  ];
  const placeholder = vscode.l10n.t('{0} pictures: what shall train?', number(images));
  const answer = await pickStep({ ...frame(answers, 5), placeholder, items });
  if (typeof answer !== 'object') return answer ?? false;
  answers.fineTuneCase = answer.value;
  return true;
}

function frozenText(freeze: readonly string[]): string {
  if (freeze.length === 0) return vscode.l10n.t('Nothing is frozen.');
  const shown = freeze.length > 3 ? `${freeze[0]} … ${freeze.at(-1)}` : freeze.join(', ');
  return vscode.l10n.t('Frozen: {0}.', shown);
}

function lookAt(recipes: RecipeFiles, place: DataPlace): Promise<DataSummary> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: plainMessage(vscode.l10n.t('Looking at the pictures in {0}', basename(place.folder))),
    cancellable: true,
  };
  return Promise.resolve(
    vscode.window.withProgress(options, async (_progress, token) => {
      const stop = new AbortController();
      token.onCancellationRequested(() => stop.abort(new vscode.CancellationError()));
      return recipes.data.find(place, stop.signal);
    }),
  );
}

function frame({ title }: Answers, step: number): { title: string; step: number; totalSteps: number } {
  return { title, step, totalSteps: STEPS.length };
}

function number(count: number): string {
  return count.toLocaleString('en');
}
