import type { Progress } from '../core/progress';
import { EventText } from '../protocol/eventText';
import { printableJson } from '../protocol/printable';
import type { BatchEndedEvent, TrainingEvent } from '../protocol/trainingEvent';
import type { CommandContext } from './command';

/** Prints a run as it goes: its log for a person, or its events as lines of JSON. */
export async function showEvents(
  events: AsyncIterable<TrainingEvent>,
  json: boolean,
  { print, progress }: CommandContext,
): Promise<void> {
  const text = new EventText();
  for await (const event of events) {
    if (json) {
      print(printableJson(event));
      continue;
    }
    for (const line of text.lines(event)) print(line);
    if (event.kind === 'progress') progress(event);
    // Where lines pile up, the log of the epochs says enough.
    if (event.kind === 'batchEnded' && process.stderr.isTTY) progress(batchProgress(event));
  }
}

function batchProgress({ epoch, phase, batch, batches, imagesPerSecond }: BatchEndedEvent): Progress {
  return {
    task: `Epoch ${epoch} ${phase}`,
    done: batch + 1,
    total: batches,
    unit: 'steps',
    detail: `${Math.round(imagesPerSecond)} images/s`,
  };
}
