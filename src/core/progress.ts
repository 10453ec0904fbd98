/** One step of long work. `done` and `total` count in `unit`; `total` is undefined while it is not known. */
export interface Progress {
  readonly task: string;
  readonly done: number;
  readonly total: number | undefined;
  readonly unit: 'images' | 'files' | 'bytes' | 'steps' | 'seconds';
  /** What else is worth knowing meanwhile, such as a speed, or what is in hand. */
  readonly detail?: string;
}

/** Long work: yields its progress, returns its result, ends with the reason of an AbortSignal it was given. */
export type Work<Result> = AsyncGenerator<Progress, Result, void>;

/** Runs long work to its end, handing each progress to `onProgress`. */
export async function finish<Step, Result>(
  work: AsyncGenerator<Step, Result>,
  onStep: (step: Step) => void = () => undefined,
): Promise<Result> {
  for (;;) {
    const step = await work.next();
    if (step.done) return step.value;
    onStep(step.value);
  }
}

/** How fast work goes. A part of it that was done before it began does not count. */
export class Pace {
  private task: string | undefined;
  private startedAt = 0;
  private startedFrom = 0;

  constructor(private readonly now: () => number = Date.now) {}

  /**
   * Whole seconds until this task ends at the speed since its first progress; undefined while too little is known, and at
   * the end.
   */
  secondsLeft({ task, done, total }: Pick<Progress, 'task' | 'done' | 'total'>): number | undefined {
    if (task !== this.task) {
      this.task = task;
      this.startedAt = this.now();
      this.startedFrom = done;
    }
    const elapsedMs = this.now() - this.startedAt;
    const since = done - this.startedFrom;
    if (!total || since <= 0 || done >= total || elapsedMs < 1_000) return undefined;
    return Math.ceil(((elapsedMs / since) * (total - done)) / 1_000);
  }
}

const BAR_CELLS = 20;

/** How far `done` is on its way to `total`, as a bar of text with its percentage: `██████████░░░░░░░░░░ 50 %`. */
export function progressBar(done: number, total: number): string {
  const percent = Math.floor(Math.min(100, Math.max(0, (100 * done) / total)));
  const filled = Math.floor((percent / 100) * BAR_CELLS);
  return `${'█'.repeat(filled)}${'░'.repeat(BAR_CELLS - filled)} ${percent} %`;
}
