import * as vscode from 'vscode';
import type { DoctorReport } from '../../core/runtime/doctor';
import { runtimePins } from '../../core/runtime/pins';
import { installEngine } from './installEngine';
import { setting } from '../settings';
import { plainMessage } from '../plainMessage';

/** Tries the engines, shows what was found in an output channel, and offers what would help. */
export async function checkMachine(
  channel: vscode.LogOutputChannel | vscode.OutputChannel,
  version: string,
): Promise<DoctorReport | undefined> {
  const { examine } = await import('../../core/runtime/doctor');
  const { examineTorchrun } = await import('../../core/torchrun/examineTorchrun');
  const { doctorText } = await import('../../core/runtime/doctorText');
  const python = setting('python').trim();
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
        return await examine({
          signal: controller.signal,
          examineTorchrun: python === '' ? undefined : signal => examineTorchrun(python, signal),
        });
      } catch (error) {
        if (controller.signal.aborted) return undefined;
        throw error;
      }
    },
  );
  if (!report) return undefined;
  channel.appendLine(doctorText(version, report));
  channel.show(true);
  if (report.chosen.name === 'wasm') await offerEngine();
  return report;
}

/** Says what a faster engine would cost, and installs it where that is wanted. */
async function offerEngine(): Promise<void> {
  if (!runtimePins(process.platform, process.arch, false)) return;
  const install = vscode.l10n.t('Install the Faster Engine');
  const message = vscode.l10n.t(
    'The built-in engine trains here. TensorFlow is several times faster: 274 MB are fetched through pip, and 860 MB stay in the cache folder.',
  );
  if ((await vscode.window.showInformationMessage(plainMessage(message), install)) === install)
    await installEngine(false);
}
