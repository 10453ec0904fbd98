import * as vscode from 'vscode';
import { checkMachine } from './checkMachine';
import { EngineOffer } from './engineOffer';
import { installEngine } from './installEngine';
import { useCacheFolder } from './useCacheFolder';
import { whyOnlyLooking } from './whyOnlyLooking';
import { plainMessage } from '../plainMessage';
import { refusesUntrusted } from '../refusesUntrusted';

/** The engine on this machine: looking at it and installing it. `version`: of the extension. */
export function registerRuntime(version: string, memory: vscode.Memento): vscode.Disposable {
  const offer = new EngineOffer(memory);
  let channel: vscode.OutputChannel | undefined;
  return vscode.Disposable.from(
    new vscode.Disposable(() => channel?.dispose()),
    useCacheFolder(process.env),
    vscode.commands.registerCommand('thaw.checkMachine', () => {
      const message = vscode.l10n.t(
        'Checking this machine runs programs and waits until you trust this workspace.',
      );
      if (refusesUntrusted(message)) return undefined;
      channel ??= vscode.window.createOutputChannel('Thaw');
      return checkMachine(channel, version);
    }),
    vscode.commands.registerCommand('thaw.installEngine', async () => {
      if (refuses()) return undefined;
      const cpu = vscode.l10n.t('For the CPU');
      const cuda = vscode.l10n.t('For an NVIDIA GPU');
      const items = [
        { label: cpu, description: vscode.l10n.t('274 MB to fetch'), cuda: false },
        { label: cuda, description: vscode.l10n.t('3.4 GB to fetch, 5.4 GB on disk'), cuda: true },
      ];
      const placeHolder = vscode.l10n.t('Which engine shall be installed?');
      const chosen = await vscode.window.showQuickPick(items, { placeHolder });
      return chosen && installEngine(chosen.cuda);
    }),
    // For the commands that train: whether to go on, once the faster engine was offered.
    vscode.commands.registerCommand('thaw.ensureEngine', async () => {
      if (refuses()) return false;
      return offer.settle();
    }),
  );
}

/** Whether nothing can train here; says why. */
function refuses(): boolean {
  const reason = whyOnlyLooking();
  if (reason !== undefined) void vscode.window.showErrorMessage(plainMessage(reason));
  return reason !== undefined;
}
