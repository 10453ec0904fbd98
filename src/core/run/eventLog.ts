import { closeSync, fstatSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
import type { TrainingEvent } from '../../protocol/trainingEvent';
import { addEvent } from '../../protocol/addEvent';
import { asWriteError } from '../atomicWrite';
import { EventReader } from './eventReader';

/** Appends events to a run's `events.jsonl`, a line each; what comes many times a second is left out. */
export class EventLog {
  private readonly descriptor: number;

  constructor(private readonly file: string) {
    try {
      this.descriptor = openSync(file, 'a+');
      if (!this.endsWithLine()) this.write('\n');
    } catch (error) {
      throw asWriteError(error, file);
    }
  }

  /** A UserError says that the disk is full, or what else keeps it from being written. */
  append(event: TrainingEvent): void {
    if (event.kind === 'progress' || event.kind === 'batchEnded') return;
    try {
      this.write(`${JSON.stringify(event)}\n`);
    } catch (error) {
      throw asWriteError(error, this.file);
    }
  }

  close(): void {
    fsyncSync(this.descriptor);
    closeSync(this.descriptor);
  }

  /** A full disk may take a part. */
  private write(text: string): void {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length;) at += writeSync(this.descriptor, bytes, at);
  }

  /** A process that was killed, or a disk that was full, may have left half a line. */
  private endsWithLine(): boolean {
    const { size } = fstatSync(this.descriptor);
    const last = Buffer.alloc(1);
    return size === 0 || (readSync(this.descriptor, last, 0, 1, size - 1) === 1 && last[0] === 10);
  }
}

/** The events of a run so far that count. A line that was cut off by a crash is left out. */
export async function readEvents(file: string): Promise<readonly TrainingEvent[]> {
  const events: TrainingEvent[] = [];
  for (const event of await new EventReader(file).read()) addEvent(events, event);
  return events;
}
