import * as vscode from 'vscode';
import { finish } from '../../core/progress';
import { UserError } from '../../core/userError';
import { plainMessage } from '../plainMessage';
import { refusesUntrusted } from '../refusesUntrusted';
import { ShownProgress } from '../shownProgress';

/** Installs the engine with a progress notification that can be cancelled. Resolves with whether it is there then. */
export async function installEngine(cuda: boolean): Promise<boolean> {
  if (refusesUntrusted(vscode.l10n.t('Installing the engine waits until you trust this workspace.'))) {
    return false;
  }
  const { installRuntime } = await import('../../core/runtime/installRuntime');
  return vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Installing the TensorFlow engine'),
      cancellable: true,
    },
    async (report, token) => {
      const controller = new AbortController();
      token.onCancellationRequested(() => controller.abort());
      const shown = new ShownProgress(report);
      try {
        const work = installRuntime({ cuda, signal: controller.signal });
        const { version } = await finish(work, progress => shown.show(progress));
        void vscode.window.showInformationMessage(
          plainMessage(vscode.l10n.t('TensorFlow {0} is ready.', version)),
        );
        return true;
      } catch (error) {
        if (controller.signal.aborted) return false;
        if (!(error instanceof UserError)) throw error;
        void vscode.window.showErrorMessage(plainMessage(error.message));
        return false;
      }
    },
  );
}
