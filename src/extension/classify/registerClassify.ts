import { basename } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../core/userError';
import { percent } from '../../protocol/numberText';
import { plainMessage } from '../plainMessage';
import { refusesUntrusted } from '../refusesUntrusted';
import { registerCommand } from '../registerCommand';
import { trainedRunOf } from '../trainedRunOf';
import type { TrainingRuns } from '../training/trainingRuns';
import { runWorkerTask } from '../workerTask';

/** Trying a trained model on any picture. */
export function registerClassify(
  context: Pick<vscode.ExtensionContext, 'extensionPath'>,
  runs: TrainingRuns,
): vscode.Disposable {
  return registerCommand('thaw.classifyImage', async given => {
    const message = vscode.l10n.t(
      'Classifying waits until you trust this workspace: it loads the weights of a run.',
    );
    if (refusesUntrusted(message)) return undefined;
    const image = given instanceof vscode.Uri ? given : await pickImage();
    if (!image) return undefined;
    if (image.scheme !== 'file')
      throw new UserError(vscode.l10n.t('{0} is not on this disk.', image.toString()));
    const run = await trainedRunOf(
      undefined,
      runs,
      vscode.l10n.t('The run that classifies {0}', nameOf(image)),
    );
    if (run === undefined) return undefined;
    const title = plainMessage(vscode.l10n.t('Classifying {0}', nameOf(image)));
    const classes = await runWorkerTask(context, title, channel =>
      channel.request('classifyImage', { run, file: image.fsPath }),
    );
    if (!classes) return undefined;
    const items = classes.map(({ name, probability }) => ({
      label: name,
      description: percent(probability),
    }));
    const placeHolder = vscode.l10n.t('Classes, the most probable first');
    await vscode.window.showQuickPick(items, { title: nameOf(image), placeHolder });
    return classes;
  });
}

function nameOf(image: vscode.Uri): string {
  return basename(image.fsPath);
}

async function pickImage(): Promise<vscode.Uri | undefined> {
  const filters = { [vscode.l10n.t('Images')]: ['jpg', 'jpeg', 'png', 'webp', 'gif', 'tif', 'tiff', 'avif'] };
  const chosen = await vscode.window.showOpenDialog({ filters, openLabel: vscode.l10n.t('Classify') });
  return chosen?.[0];
}
