import * as vscode from 'vscode';
import { plainMessage } from './plainMessage';
import type { RunArgument } from './training/trainingRun';
import type { TrainingRuns } from './training/trainingRuns';

/** The run folder that is meant, or that of the trained run which a person picks; `placeHolder` says what for. */
export async function trainedRunOf(
  given: RunArgument | undefined,
  runs: TrainingRuns,
  placeHolder: string,
): Promise<string | undefined> {
  if (given !== undefined) return typeof given === 'string' ? given : given.folder;
  await runs.ready();
  const items = runs.all.flatMap(({ name, folder, events }) => {
    const best = events.findLast(event => event.kind === 'bestEpoch');
    return best ? [{ label: name, description: `${(100 * best.accuracy).toFixed(1)}%`, folder }] : [];
  });
  if (items.length === 0) {
    void vscode.window.showInformationMessage(
      plainMessage(vscode.l10n.t('No run of this workspace has a best epoch yet.')),
    );
    return undefined;
  }
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.folder;
}
