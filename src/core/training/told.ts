import type { ProgressEvent } from '../../protocol/trainingEvent';
import { Pace, type Work } from '../progress';

/** The progress of long work as events, with the time left. */
export async function* told<Result>(work: Work<Result>): AsyncGenerator<ProgressEvent, Result> {
  const pace = new Pace();
  for (;;) {
    const step = await work.next();
    if (step.done) return step.value;
    yield { kind: 'progress', ...step.value, secondsLeft: pace.secondsLeft(step.value) };
  }
}
