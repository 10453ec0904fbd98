import * as vscode from 'vscode';
import { secondsLeft } from '../core/progress';
import type { TaskProgress } from '../protocol/taskMessages';
import { plainMessage } from './plainMessage';

/** Turns the absolute progress of each task into the increments that a notification wants, and says the time left. */
export class ShownProgress {
  private task: string | undefined;
  private percent = 0;
  private startedAt = 0;

  constructor(private readonly report: vscode.Progress<{ message?: string; increment?: number }>) {}

  show(progress: TaskProgress): void {
    const { task, done, total, detail } = progress;
    if (task !== this.task) {
      // A notification's bar cannot go back; each task after the first fills what is left of it.
      this.task = task;
      this.startedAt = Date.now();
    }
    const percent = total ? Math.floor((100 * done) / total) : 0;
    const seconds = secondsLeft(progress, Date.now() - this.startedAt);
    const left = seconds === undefined ? '' : `, ${vscode.l10n.t('{0} s left', seconds)}`;
    const more = detail === undefined ? '' : `, ${detail}`;
    const increment = Math.max(0, percent - this.percent);
    this.percent += increment;
    this.report.report({
      message: plainMessage(total ? `${task}: ${percent} %${left}${more}` : `${task}${more}`),
      increment,
    });
  }
}
