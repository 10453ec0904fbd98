import * as vscode from 'vscode';
import { UserError } from '../core/userError';

/** Opens a picture of a run beside what is open; a UserError says so where it is gone, or may not be shown. */
export async function showPicture(file: vscode.Uri | undefined): Promise<void> {
  if (!file) throw new UserError(vscode.l10n.t('This picture is no longer where the run found it.'));
  await vscode.commands.executeCommand('vscode.open', file, { viewColumn: vscode.ViewColumn.Beside });
}
