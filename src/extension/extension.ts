import * as vscode from 'vscode';
import { speak } from '../protocol/language';
import { createApi, type ThawApi } from './api';
import { displayLanguage } from './displayLanguage';
import { registerAdvice } from './advice/registerAdvice';
import { registerBestEpoch } from './bestEpoch/registerBestEpoch';
import { registerTools } from './chat/registerTools';
import { registerClassify } from './classify/registerClassify';
import { registerComparison } from './comparison/registerComparison';
import { registerExport } from './export/registerExport';
import { registerLayers } from './layers/registerLayers';
import { registerLearningRate } from './learningRate/registerLearningRate';
import { registerNotebooks } from './notebook/registerNotebooks';
import { registerPlots } from './plots/registerPlots';
import { RecipeFiles } from './recipe/recipeFiles';
import { registerRecipes } from './recipe/registerRecipes';
import { registerRuns } from './runs/registerRuns';
import { registerRuntime } from './runtime/registerRuntime';
import { registerTraining } from './training/registerTraining';
import { TrainingRuns } from './training/trainingRuns';

/** Wires the features together. Each loads what is heavy only when it is used. */
export function activate(context: vscode.ExtensionContext): ThawApi {
  speak(displayLanguage());
  const recipes = new RecipeFiles();
  const runs = new TrainingRuns(context);
  const { version } = context.extension.packageJSON as { version: string };
  context.subscriptions.push(
    recipes,
    runs,
    registerRecipes(recipes),
    registerLayers(recipes, vscode.Uri.joinPath(context.extensionUri, 'media')),
    registerTraining(runs, () => recipes.active?.uri),
    registerRuns(runs),
    registerNotebooks(context, recipes, runs),
    registerPlots(context, runs),
    registerBestEpoch(context, runs),
    registerComparison(context, runs),
    registerExport(context, runs),
    registerClassify(context, runs),
    registerTools(runs),
    registerLearningRate(context, recipes),
    registerAdvice(context, recipes),
    registerRuntime(version, context.globalState),
  );
  return createApi(runs);
}
