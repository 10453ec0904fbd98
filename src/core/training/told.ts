import type { ProgressEvent } from '../../protocol/trainingEvent';
import type { Work } from '../progress';

/** The progress of long work as events. */
export async function* told<Result>(work: Work<Result>): AsyncGenerator<ProgressEvent, Result> {
  for (;;) {
    const step = await work.next();
    if (step.done) return step.value;
    yield { kind: 'progress', ...step.value };
  }
}
