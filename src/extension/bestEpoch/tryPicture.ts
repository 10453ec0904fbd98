import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../core/userError';
import type { GivenPicture } from '../../protocol/pageMessages';
import { printableName } from '../../protocol/printable';
import type { TriedPicture } from '../../protocol/taskMessages';
import { plainMessage } from '../plainMessage';
import { runWorkerTask } from '../workerTask';

/** What a run says of a picture that a person gave; undefined where they cancelled. Nothing of it is kept. */
export async function tryPicture(
  context: Pick<vscode.ExtensionContext, 'extensionPath'>,
  run: string,
  { name, content }: GivenPicture,
): Promise<TriedPicture | undefined> {
  if (!vscode.workspace.isTrusted) {
    throw new UserError(
      vscode.l10n.t('Classifying waits until you trust this workspace: it loads the weights of a run.'),
    );
  }
  const shown = printableName(name);
  const folder = await mkdtemp(join(tmpdir(), 'thaw-picture-'));
  const file = join(folder, 'picture');
  try {
    await writeFile(file, Buffer.from(content, 'base64'), { mode: 0o600 });
    const title = plainMessage(vscode.l10n.t('Classifying {0}', shown));
    return await runWorkerTask(context, title, channel => channel.request('tryPicture', { run, file }));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(error.message.replaceAll(file, shown), { cause: error });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
