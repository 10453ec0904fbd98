import * as vscode from 'vscode';
import { UserError } from '../core/userError';
import type { ExplainedPicture } from '../protocol/pageMessages';
import type { RunPictures } from './runPictures';
import { runWorkerTask } from './workerTask';

/**
 * What in pictures of a run's test phase spoke for the class that each was taken for, and for the one it is; those that
 * are gone are left out. Undefined where the person cancelled.
 */
export async function explainPictures(
  context: Pick<vscode.ExtensionContext, 'extensionPath'>,
  run: string,
  pictures: RunPictures,
  indices: readonly number[],
): Promise<readonly ExplainedPicture[] | undefined> {
  if (!vscode.workspace.isTrusted) {
    throw new UserError(
      vscode.l10n.t('Heat maps wait until you trust this workspace: they need the weights of the run.'),
    );
  }
  const asked = await Promise.all(
    indices.map(async index => ({
      index,
      file: await pictures.fileOf(index),
      judged: pictures.judged(index),
    })),
  );
  const there = asked.flatMap(({ index, file, judged }) =>
    file && judged ? [{ index, file: file.fsPath, classes: [judged.predicted, judged.label] }] : [],
  );
  if (there.length === 0) return [];
  const images = there.map(({ file, classes }) => ({ file, classes }));
  const heat = await runWorkerTask(context, vscode.l10n.t('Heat maps'), channel =>
    channel.request('explainImages', { run, images }),
  );
  return heat && there.map(({ index }, at) => ({ index, predicted: heat[at]![0]!, label: heat[at]![1]! }));
}
