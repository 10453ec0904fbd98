/** One step of long work. `done` and `total` count in `unit`; `total` is undefined while it is not known. */
export interface Progress {
  readonly task: string;
  readonly done: number;
  readonly total: number | undefined;
  readonly unit: 'images' | 'files' | 'bytes' | 'steps';
  /** What else is worth knowing meanwhile, such as a speed. */
  readonly detail?: string;
}

/** Long work: yields its progress, returns its result, ends with the reason of an AbortSignal it was given. */
export type Work<Result> = AsyncGenerator<Progress, Result, void>;

/** Runs long work to its end, handing each progress to `onProgress`. */
export async function finish<Result>(
  work: Work<Result>,
  onProgress: (progress: Progress) => void = () => undefined,
): Promise<Result> {
  for (;;) {
    const step = await work.next();
    if (step.done) return step.value;
    onProgress(step.value);
  }
}
