import * as vscode from 'vscode';
import { finish, secondsLeft, type Progress } from '../../core/progress';
import { UserError } from '../../core/userError';
import { plainMessage } from '../plainMessage';

/** Installs the engine with a progress notification that can be cancelled. Resolves with whether it is there then. */
export async function installEngine(cuda: boolean): Promise<boolean> {
  if (!vscode.workspace.isTrusted) {
    const message = vscode.l10n.t('Installing the engine waits until you trust this workspace.');
    void vscode.window.showWarningMessage(plainMessage(message));
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

/** Turns the absolute progress of each task into the increments that a notification wants, and says the time left. */
class ShownProgress {
  private task: string | undefined;
  private percent = 0;
  private startedAt = 0;

  constructor(private readonly report: vscode.Progress<{ message?: string; increment?: number }>) {}

  show(progress: Progress): void {
    const { task, done, total } = progress;
    if (task !== this.task) {
      // A notification's bar cannot go back; each task after the first fills what is left of it.
      this.task = task;
      this.startedAt = Date.now();
    }
    const percent = total ? Math.floor((100 * done) / total) : 0;
    const seconds = secondsLeft(progress, Date.now() - this.startedAt);
    const left = seconds === undefined ? '' : `, ${vscode.l10n.t('{0} s left', seconds)}`;
    const increment = Math.max(0, percent - this.percent);
    this.percent += increment;
    this.report.report({ message: total ? `${task}: ${percent} %${left}` : task, increment });
  }
}
