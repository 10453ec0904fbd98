import { amountText } from '../protocol/amountText';
import { t } from '../protocol/language';
import { firstColumns } from '../protocol/textColumns';
import { printableName } from '../protocol/printable';
import { Pace, progressBar, type Progress } from '../core/progress';

const REDRAW_EVERY_MS = 100;
const PLAIN_EVERY_PERCENT = 10;
const PLAIN_AT_MOST_EVERY_MS = 1_000;
const PLAIN_AT_LEAST_EVERY_MS = 5_000;

/** Where the line goes: stderr, or something like it. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/**
 * Shows one piece of long work at a time: on a terminal one line that is drawn over, elsewhere a plain line when it
 * begins, for each tenth of the way but at most one a second, and after 5 s at the latest.
 */
export class ProgressLine {
  private task: string | undefined;
  private readonly pace: Pace;
  private shownAt = 0;
  private shownPercent = 0;
  private onScreen = false;

  constructor(
    private readonly output: ProgressOutput,
    private readonly now: () => number = Date.now,
  ) {
    this.pace = new Pace(now);
  }

  show(progress: Progress): void {
    const now = this.now();
    const seconds = this.pace.secondsLeft(progress);
    const starts = progress.task !== this.task;
    if (starts) {
      this.clear();
      this.task = progress.task;
    }
    const ends = progress.done === progress.total;
    if (this.output.isTTY) {
      if (!starts && !ends && now - this.shownAt < REDRAW_EVERY_MS) return;
      const line = firstColumns(drawnLine(progress, seconds), (this.output.columns ?? 80) - 1);
      this.output.write(`\r\u001b[2K${line}`);
      this.onScreen = true;
    } else {
      const percent = wholePercent(progress);
      const waited = now - this.shownAt;
      const step = percent !== undefined && percent >= this.shownPercent + PLAIN_EVERY_PERCENT;
      const due = (step && waited >= PLAIN_AT_MOST_EVERY_MS) || waited >= PLAIN_AT_LEAST_EVERY_MS;
      if (!starts && !due) return;
      this.shownPercent = percent ?? 0;
      this.output.write(`${plainLine(progress)}\n`);
    }
    this.shownAt = now;
  }

  /** Takes the line off the screen: something else is about to be written. */
  clear(): void {
    if (this.onScreen) this.output.write('\r\u001b[2K');
    this.onScreen = false;
  }
}

function plainLine(progress: Progress): string {
  const percent = wholePercent(progress);
  const task = printableName(progress.task);
  return percent === undefined ? `${task}: ${count(progress)}` : `${task}: ${percent} % (${count(progress)})`;
}

function drawnLine(progress: Progress, seconds: number | undefined): string {
  const { done, total, detail } = progress;
  const task = printableName(progress.task);
  if (!total) return `${task}: ${count(progress)}`;
  const left = seconds === undefined ? '' : t(', {0} left', timeText(seconds));
  const amount = [count(progress), detail].filter(Boolean).join(', ');
  return `${task} ${progressBar(done, total)} (${amount})${left}`;
}

function wholePercent({ done, total }: Progress): number | undefined {
  return total === undefined || total === 0 ? undefined : Math.floor((100 * done) / total);
}

function count({ done, total, unit }: Progress): string {
  const digits = done < 10e6 ? 1 : 0;
  if (total === undefined) return amountText(done, unit, digits);
  const shown = unit === 'bytes' ? (done / 1e6).toFixed(digits) : done.toLocaleString('en');
  return t('{0} of {1}', shown, amountText(total, unit, total < 10e6 ? 1 : 0));
}

function timeText(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return minutes > 0 ? t('{0} min {1} s', minutes, seconds % 60) : t('{0} s', seconds);
}
