import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import type { TrainingEvent } from '../../protocol/trainingEvent';
import { asWriteError } from '../atomicWrite';
import { EventReader } from './eventReader';

/** Appends events to a run's `events.jsonl`, a line each; what comes many times a second is left out. */
export class EventLog {
  private readonly descriptor: number;

  constructor(private readonly file: string) {
    this.descriptor = openSync(file, 'a');
  }

  append(event: TrainingEvent): void {
    if (event.kind === 'progress' || event.kind === 'batchEnded') return;
    try {
      writeSync(this.descriptor, `${JSON.stringify(event)}\n`);
    } catch (error) {
      throw asWriteError(error, this.file);
    }
  }

  close(): void {
    fsyncSync(this.descriptor);
    closeSync(this.descriptor);
  }
}

/** The events of a run so far. A last line that was cut off by a crash is left out. */
export async function readEvents(file: string): Promise<readonly TrainingEvent[]> {
  return new EventReader(file).read();
}
