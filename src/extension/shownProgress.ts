import * as vscode from 'vscode';
import { Pace } from '../core/progress';
import type { TaskProgress } from '../protocol/taskMessages';
import { plainMessage } from './plainMessage';

/** Turns the absolute progress of each task into the increments that a notification wants, and says the time left. */
export class ShownProgress {
  private percent = 0;
  private readonly pace = new Pace();

  constructor(private readonly report: vscode.Progress<{ message?: string; increment?: number }>) {}

  show(progress: TaskProgress): void {
    const { task, done, total, detail } = progress;
    const percent = total ? Math.floor((100 * done) / total) : 0;
    const seconds = this.pace.secondsLeft(progress);
    const left = seconds === undefined ? '' : `, ${vscode.l10n.t('{0} s left', seconds)}`;
    const more = detail === undefined ? '' : `, ${detail}`;
    // A notification's bar cannot go back; each task after the first fills what is left of it.
    const increment = Math.max(0, percent - this.percent);
    this.percent += increment;
    this.report.report({
      message: plainMessage(total ? `${task}: ${percent} %${left}${more}` : `${task}${more}`),
      increment,
    });
  }
}
