import * as vscode from 'vscode';
import { EventText } from '../../protocol/eventText';
import { printable, printableName } from '../../protocol/printable';
import type { TrainingEvent } from '../../protocol/trainingEvent';
import { describeCrash, logTail } from './describeCrash';
import { progressText } from './progressText';
import type { TrainingRun } from './trainingRun';
import type { TrainingRuns } from './trainingRuns';

/** Exit codes as the command line has them; 134 is what an aborted process gives. */
const EXIT = { completed: 0, failed: 1, cancelled: 130, crashed: 134 } as const;

const CLEAR_LINE = '\r\u001b[2K';
const MOST_LOG_LINES = 40;
const INTERRUPT = '\u0003';

/**
 * A terminal that shows a run's log and what it is at. Ctrl-C asks the run to stop; closing the terminal, as reloading
 * the window does, only looks away: the run goes on.
 */
export class RunTerminal implements vscode.Pseudoterminal {
  private readonly written = new vscode.EventEmitter<string>();
  private readonly closed = new vscode.EventEmitter<number>();
  private readonly owned: vscode.Disposable[] = [this.written, this.closed];
  private readonly text = new EventText();
  private run: TrainingRun | undefined;
  private columns = 80;
  private hasProgress = false;
  private isOver = false;
  private isWaiting = false;

  readonly onDidWrite = this.written.event;
  readonly onDidClose = this.closed.event;

  /** `begin` starts the run, or finds it, when the terminal is open. `linger`: stay open when the run has ended. */
  constructor(
    private readonly runs: TrainingRuns,
    private readonly begin: () => Promise<TrainingRun>,
    private readonly linger = false,
  ) {}

  open(size: vscode.TerminalDimensions | undefined): void {
    if (size) this.setDimensions(size);
    void this.start();
  }

  setDimensions({ columns }: vscode.TerminalDimensions): void {
    this.columns = columns;
  }

  handleInput(data: string): void {
    if (this.isOver) {
      if (this.linger) this.closed.fire(0);
      return;
    }
    if (!data.includes(INTERRUPT) || !this.run?.isLive) return;
    if (this.run.isStopping) void vscode.commands.executeCommand('thaw.stopFineTune', this.run);
    else {
      this.print(vscode.l10n.t('Stopping after the batch in hand; the best epoch is kept.'));
      this.runs.stop(this.run);
    }
  }

  close(): void {
    this.isOver = true;
    for (const owned of this.owned) owned.dispose();
  }

  private async start(): Promise<void> {
    try {
      this.run = await this.begin();
    } catch (error) {
      this.print((error as Error).message);
      this.end(EXIT.failed);
      return;
    }
    const run = this.run;
    this.owned.push(
      this.runs.onDidAppend(appended => appended.run.folder === run.folder && this.show(appended.event)),
      this.runs.onDidChange(changed => changed?.folder === run.folder && this.look()),
    );
    for (const event of run.events) this.show(event);
    this.look();
    this.drawProgress();
  }

  private show(event: TrainingEvent): void {
    for (const line of this.text.lines(event)) this.print(line);
    this.drawProgress();
  }

  /** Sees whether the run has ended, or waits. */
  private look(): void {
    const run = this.run!;
    if (run.status === 'queued' && !this.isWaiting) {
      this.isWaiting = true;
      this.print(vscode.l10n.t('{0} begins when the run that trains on this machine has ended.', run.name));
    }
    if (run.isLive || this.isOver) return;
    if (!run.ended) this.print(describeCrash(run, this.runs.endOf(run)));
    if (!run.ended || run.status === 'failed')
      this.print(logTail(run).split('\n').slice(-MOST_LOG_LINES).join('\n'));
    this.end(EXIT[run.status as keyof typeof EXIT] ?? EXIT.failed);
  }

  private end(code: number): void {
    if (this.isOver) return;
    this.isOver = true;
    if (!this.linger) this.closed.fire(code);
    else this.print(`\r\n${vscode.l10n.t('Press any key to close the terminal.')}`);
  }

  private print(line: string): void {
    if (this.hasProgress) this.written.fire(CLEAR_LINE);
    this.hasProgress = false;
    this.written.fire(`${printable(line).replaceAll('\n', '\r\n')}\r\n`);
  }

  private drawProgress(): void {
    if (!this.run?.isLive || this.isOver) return;
    const text = printableName(progressText(this.run)).slice(0, this.columns - 1);
    if (text === '') return;
    this.written.fire(CLEAR_LINE + text);
    this.hasProgress = true;
  }
}
