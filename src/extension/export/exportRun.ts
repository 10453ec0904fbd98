import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { checkText } from '../../core/export/checkText';
import {
  exportFormatNames,
  exportFormats,
  placesOfExport,
  suitsFormat,
} from '../../core/export/exportFormats';
import { plainName } from '../../core/plainName';
import { readRunSettings } from '../../core/run/runFolder';
import { UserError } from '../../core/userError';
import type { ExportFormat } from '../../protocol/taskMessages';
import { plainMessage } from '../plainMessage';
import { runWorkerTask } from '../workerTask';

/** Asks for a format and a place, exports the run's best epoch there, and says how it was checked. */
export async function exportRun(
  context: Pick<vscode.ExtensionContext, 'extensionPath'>,
  run: string,
): Promise<readonly vscode.Uri[] | undefined> {
  const { recipe } = await readRunSettings(run);
  const name = plainName(String(recipe.name));
  const format = await pickFormat(name);
  const file = format && (await pickFile(run, name, format));
  if (!file || !(await mayReplace(file, format))) return undefined;
  const title = vscode.l10n.t('Exporting {0}', name);
  const request = { run, format, file, force: true };
  const exported = await runWorkerTask(context, plainMessage(title), channel =>
    channel.request('exportRun', request),
  );
  if (!exported) return undefined;
  const files = exported.files.map(path => vscode.Uri.file(path));
  void tell(files, checkText(exported.check));
  return files;
}

async function pickFormat(name: string): Promise<ExportFormat | undefined> {
  const items = exportFormatNames.map(format => {
    const { title, extension, purpose } = exportFormats[format];
    return { label: title, description: `.${extension}`, detail: purpose, format };
  });
  const title = vscode.l10n.t('Export {0}', name);
  const placeHolder = vscode.l10n.t('What the model is to be used with');
  const picked = await vscode.window.showQuickPick(items, { title, placeHolder, matchOnDetail: true });
  return picked?.format;
}

/** Where to; the dialog has asked whether that file itself may be replaced. */
async function pickFile(run: string, name: string, format: ExportFormat): Promise<string | undefined> {
  const { extension, title } = exportFormats[format];
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? dirname(run);
  const chosen = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.file(await proposedPlace(folder, name, format)),
    filters: { [title]: [extension] },
    saveLabel: vscode.l10n.t('Export'),
  });
  if (!chosen) return undefined;
  if (chosen.scheme !== 'file')
    throw new UserError(
      vscode.l10n.t('{0} is not on this disk; export to a folder that is.', chosen.toString()),
    );
  return suitsFormat(chosen.fsPath, format) ? chosen.fsPath : `${chosen.fsPath}.${extension}`;
}

/** A dialog that asks for files cannot replace a folder: of those one that is not there. */
async function proposedPlace(folder: string, name: string, format: ExportFormat): Promise<string> {
  const { extension, mainFile } = exportFormats[format];
  for (let count = 1; ; count++) {
    const place = join(folder, `${count === 1 ? name : `${name} ${count}`}.${extension}`);
    if (mainFile === undefined || !(await isThere(place))) return place;
  }
}

function isThere(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

/** Asks before files beside the chosen one are replaced, or a folder, of which the dialog knows nothing. */
async function mayReplace(file: string, format: ExportFormat): Promise<boolean> {
  const places = placesOfExport(file, format);
  const asked = exportFormats[format].mainFile === undefined ? places.slice(1) : places;
  const found = await Promise.all(asked.map(isThere));
  const names = asked.filter((_, index) => found[index]).map(place => basename(place));
  if (names.length === 0) return true;
  const replace = vscode.l10n.t('Replace');
  const message = vscode.l10n.t('The export writes {0}, which is there already.', names.join(', '));
  const chosen = await vscode.window.showWarningMessage(plainMessage(message), { modal: true }, replace);
  return chosen === replace;
}

async function tell(files: readonly vscode.Uri[], check: string): Promise<void> {
  const [model] = files;
  const program = files.find(({ fsPath }) => /classify\.(py|mjs)$/.test(fsPath));
  const show = vscode.l10n.t('Show Program');
  const message = vscode.l10n.t('Exported {0}. {1}', basename(model!.fsPath), check);
  const chosen = await vscode.window.showInformationMessage(
    plainMessage(message),
    ...(program ? [show] : []),
  );
  if (chosen === show && program) await vscode.commands.executeCommand('vscode.open', program);
}
