import type { TrainingEvent } from '../../protocol/trainingEvent';
import { RunRecorder } from '../run/runRecorder';

/** A recorder, and what ends a run: its owner's signal, or a request in the run folder. */
export interface Recording {
  readonly recorder: RunRecorder;
  readonly signal: AbortSignal;
}

/** Records what a run tells as it tells it. A recorder that is given is its owner's to close. */
export async function* recorded(
  given: Partial<Recording> & Pick<Recording, 'signal'>,
  tell: (recording: Recording) => AsyncIterable<TrainingEvent>,
): AsyncGenerator<TrainingEvent, void> {
  const recorder = given.recorder ?? new RunRecorder();
  const signal = AbortSignal.any([given.signal, recorder.stopped]);
  try {
    for await (const event of tell({ recorder, signal })) {
      recorder.record(event);
      yield event;
    }
  } finally {
    if (!given.recorder) recorder.close();
  }
}
