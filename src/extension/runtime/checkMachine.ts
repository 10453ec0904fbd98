import * as vscode from 'vscode';
import type { DoctorReport } from '../../core/runtime/doctor';
import { installEngine } from './installEngine';
import { plainMessage } from '../plainMessage';

/** Tries the engines, shows what was found in an output channel, and offers what would help. */
export async function checkMachine(
  channel: vscode.LogOutputChannel | vscode.OutputChannel,
  version: string,
): Promise<DoctorReport | undefined> {
  const { examine } = await import('../../core/runtime/doctor');
  const { doctorText } = await import('../../core/runtime/doctorText');
  const report = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Checking this machine'),
      cancellable: true,
    },
    async (_, token) => {
      const controller = new AbortController();
      token.onCancellationRequested(() => controller.abort());
      try {
        return await examine({ signal: controller.signal });
      } catch (error) {
        if (controller.signal.aborted) return undefined;
        throw error;
      }
    },
  );
  if (!report) return undefined;
  channel.appendLine(doctorText(version, report));
  channel.show(true);
  if (!report.engines.some(({ works }) => works)) await offerEngine();
  return report;
}

/** Asks whether the engine may be installed; resolves with whether it is there then. */
export async function offerEngine(): Promise<boolean> {
  const install = vscode.l10n.t('Install');
  const message = vscode.l10n.t(
    'Training needs the TensorFlow engine, which is not installed yet: 274 MB are fetched through pip, and 860 MB stay in the cache folder.',
  );
  const chosen = await vscode.window.showInformationMessage(
    plainMessage(message),
    install,
    vscode.l10n.t('Not Now'),
  );
  return chosen === install && (await installEngine(false));
}
