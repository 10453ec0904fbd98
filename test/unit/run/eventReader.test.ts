import assert from 'node:assert/strict';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EventReader } from '../../../src/core/run/eventReader';
import { ended, started, temporaryFolder } from './runFolders';

describe('reading events as they come', () => {
  const folder = temporaryFolder();
  const line = (event: unknown): string => `${JSON.stringify(event)}\n`;
  let file: string;
  let reader: EventReader;
  beforeEach(() => {
    file = join(folder.path, 'events.jsonl');
    reader = new EventReader(file);
  });

  it('gives none while there is no file', async () => {
    assert.deepEqual(await reader.read(), []);
  });

  it('gives each event once', async () => {
    writeFileSync(file, line(started));
    assert.deepEqual(await reader.read(), [started]);
    assert.deepEqual(await reader.read(), []);
    appendFileSync(file, line(ended));
    assert.deepEqual(await reader.read(), [ended]);
  });

  it('waits for the end of a line that is written in pieces, in the middle of a letter too', async () => {
    const note = { kind: 'note', message: 'köstlich' };
    const bytes = Buffer.from(line(note));
    const cut = bytes.indexOf(0xc3) + 1;
    writeFileSync(file, bytes.subarray(0, cut));
    assert.deepEqual(await reader.read(), []);
    appendFileSync(file, bytes.subarray(cut, -1));
    assert.deepEqual(await reader.read(), []);
    appendFileSync(file, '\n');
    assert.deepEqual(await reader.read(), [note]);
  });

  it('leaves out lines that are not events', async () => {
    writeFileSync(
      file,
      `{"kind":"phaseEnded"}\nnonsense\n\n[]\nnull\n{"kind":"constructor"}\n{"kind":"runStar${line(ended)}${line(started)}`,
    );
    assert.deepEqual(await reader.read(), [started]);
  });

  it('leaves out a resumption at half an epoch, before the first, or without end', async () => {
    const resumed = {
      ...{ kind: 'runResumed', epoch: 1, batch: 0, epochs: 3 },
      ...{ engine: 'wasm', engineReason: '', runFolder: '/r' },
    };
    const wrong = [{ epoch: 0.5 }, { epoch: -1 }, { batch: 1e300 }, { epochs: null }];
    writeFileSync(file, wrong.map(fields => line({ ...resumed, ...fields })).join('') + line(resumed));
    assert.deepEqual(await reader.read(), [resumed]);
  });

  it('leaves out a line that is too long and reads on', async () => {
    const long = line({ kind: 'note', message: 'x'.repeat(2 ** 22) });
    writeFileSync(file, line(started) + long + line(ended));
    assert.deepEqual(await reader.read(), [started, ended]);
  });
});
