import { relative } from 'node:path';
import { t } from '../protocol/language';
import type { Progress } from '../core/progress';
import { EventText } from '../protocol/eventText';
import { printableJson } from '../protocol/printable';
import type { BatchEndedEvent, RunEndedEvent, TrainingEvent } from '../protocol/trainingEvent';
import type { CommandContext } from './command';

/** Prints a run as it goes: its log for a person, or its events as lines of JSON. */
export async function showEvents(
  events: AsyncIterable<TrainingEvent>,
  json: boolean,
  { print, progress }: CommandContext,
): Promise<void> {
  const text = new EventText();
  let folder = '';
  for await (const event of events) {
    if (json) {
      print(printableJson(event));
      continue;
    }
    for (const line of text.lines(event)) print(line);
    if (event.kind === 'runStarted' || event.kind === 'runResumed') folder = event.runFolder;
    if (event.kind === 'runEnded' && folder !== '') for (const line of next(event, folder)) print(line);
    if (event.kind === 'progress') progress(event);
    // Where lines pile up, the log of the epochs says enough.
    if (event.kind === 'batchEnded' && process.stderr.isTTY) progress(batchProgress(event));
  }
}

/** What to do with a run that has ended. */
function next({ status, bestEpoch }: RunEndedEvent, folder: string): readonly string[] {
  const run = relative('', folder) || '.';
  const named = /\s/.test(run) ? `"${run}"` : run;
  if (status === 'cancelled') return [t('Go on with: thaw resume {0}', named)];
  if (status === 'failed' || bestEpoch < 0) return [];
  return [t('Next: thaw report {0}, or thaw predict {0} IMAGE...', named)];
}

function batchProgress({ epoch, phase, batch, batches, imagesPerSecond }: BatchEndedEvent): Progress {
  return {
    task: phase === 'train' ? t('Epoch {0} train', epoch) : t('Epoch {0} test', epoch),
    done: batch + 1,
    total: batches,
    unit: 'steps',
    detail: t('{0} images/s', Math.round(imagesPerSecond)),
  };
}
