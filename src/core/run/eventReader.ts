import type { TrainingEvent } from '../../protocol/trainingEvent';
import { openRegularFile } from '../regularFile';
import { UserError } from '../userError';
import { parseEvent } from './checkEvent';

/** Bytes read at once, and the longest line that is kept. */
const CHUNK_BYTES = 2 ** 20;
const MAX_LINE_BYTES = 2 ** 22;
/** Bytes of a file that are read: what follows, after a hundred thousand epochs, is left out. */
const MAX_FILE_BYTES = 2 ** 26;

/** Reads an `events.jsonl` as it grows: each call returns what has come since the one before. */
export class EventReader {
  private offset = 0;
  /** The beginning of a line whose end is not written yet. */
  private torn: Buffer = Buffer.alloc(0);
  /** Inside a line that is too long to keep. */
  private skipping = false;

  constructor(private readonly file: string) {}

  /** New events, in order; lines that are not events are left out. What is not there, or no regular file, has none. */
  async read(): Promise<readonly TrainingEvent[]> {
    const handle = await openRegularFile(this.file, Infinity).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error instanceof UserError) return undefined;
      throw error;
    });
    if (!handle) return [];
    try {
      const events: TrainingEvent[] = [];
      const chunk = Buffer.alloc(
        Math.min(CHUNK_BYTES, Math.max(0, (await handle.stat()).size - this.offset)),
      );
      while (chunk.length > 0) {
        const wanted = Math.min(chunk.length, MAX_FILE_BYTES - this.offset);
        const { bytesRead } = await handle.read(chunk, 0, wanted, this.offset);
        if (bytesRead === 0) break;
        this.offset += bytesRead;
        for (const line of this.lines(chunk.subarray(0, bytesRead))) {
          const event = parseEvent(line);
          if (event) events.push(event);
        }
      }
      return events;
    } finally {
      await handle.close();
    }
  }

  private *lines(bytes: Buffer): Generator<string> {
    let start = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
      const line = Buffer.concat([this.torn, bytes.subarray(start, end)]);
      this.torn = Buffer.alloc(0);
      if (!this.skipping && line.length <= MAX_LINE_BYTES) yield line.toString('utf8');
      this.skipping = false;
      start = end + 1;
    }
    const rest = bytes.subarray(start);
    this.skipping ||= this.torn.length + rest.length > MAX_LINE_BYTES;
    this.torn = this.skipping ? Buffer.alloc(0) : Buffer.concat([this.torn, rest]);
  }
}
