import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Reader } from 'protobufjs/light';
import type { PhaseEndedEvent, RunResumedEvent } from '../../../src/protocol/trainingEvent';
import { maskedCrc32c } from '../../../src/core/run/maskedCrc32c';
import { TensorboardLog } from '../../../src/core/run/tensorboardLog';
import { ended, started, temporaryFolder } from './runFolders';

describe('the curves of a run for TensorBoard', () => {
  const parent = temporaryFolder();
  const phase = (values: Partial<PhaseEndedEvent>): PhaseEndedEvent => ({
    ...{ kind: 'phaseEnded', epoch: 0, phase: 'train', loss: 0.5, accuracy: 0.75, samples: 80, seconds: 1 },
    ...values,
  });
  const resumed = (epoch: number): RunResumedEvent => ({
    ...{ kind: 'runResumed', epoch, batch: 0, epochs: 4, engine: 'tensorflow', engineReason: '' },
    runFolder: parent.path,
  });
  const files = (): readonly string[] => readdirSync(join(parent.path, 'tensorboard'));
  const contentOf = (file: string): Buffer => readFileSync(join(parent.path, 'tensorboard', file));
  const write = (...events: Parameters<TensorboardLog['append']>[0][]): void => {
    const log = new TensorboardLog(parent.path);
    for (const event of events) log.append(event);
    log.close();
  };

  it('are in a file that begins as every file of TensorBoard does', () => {
    write(phase({}));
    const [file, ...others] = files();
    assert.deepEqual(others, []);
    assert.match(file!, /^events\.out\.tfevents\.\d+\.\d{3}\.thaw\.\d+$/);
    assert.equal(contentOf(file!).subarray(0, 12).toString('hex'), '1800000000000000a37f4b22');
  });

  it('are loss, accuracy and learning rate by epoch, with checksums that hold', () => {
    write(
      started,
      phase({ lr: 0.003 }),
      phase({ phase: 'test', loss: 0.25 }),
      phase({ epoch: 1, loss: 2 }),
      ended,
    );
    const [file] = files();
    assert.deepEqual(eventsIn(contentOf(file!)), [
      { version: 'brain.Event:2', step: 0 },
      { step: 0, 'Loss/train': 0.5, 'Accuracy/train': 0.75, 'Learning rate': Math.fround(0.003) },
      { step: 0, 'Loss/test': 0.25, 'Accuracy/test': 0.75 },
      { step: 1, 'Loss/train': 2, 'Accuracy/train': 0.75 },
    ]);
  });

  it('say where a resumed run begins anew, in a file of its own', async () => {
    write(phase({}), phase({ epoch: 1 }));
    await new Promise(resolve => setTimeout(resolve, 2));
    write(resumed(1), phase({ epoch: 1, loss: 0.125 }));
    const [, second] = files();
    assert.deepEqual(eventsIn(contentOf(second!)), [
      { version: 'brain.Event:2', step: 0 },
      { step: 1, status: 1 },
      { step: 1, 'Loss/train': 0.125, 'Accuracy/train': 0.75 },
    ]);
  });

  it('leave no folder where no epoch ended', () => {
    write(started, ended);
    assert.deepEqual(readdirSync(parent.path), []);
  });

  it('say why they cannot be written', () => {
    writeFileSync(join(parent.path, 'tensorboard'), '');
    assert.throws(() => write(phase({})), /^UserError: Cannot write .*tensorboard.*: its folder is a file/);
  });

  it('do not bring back a run folder that was deleted', () => {
    const log = new TensorboardLog(join(parent.path, 'gone'));
    assert.throws(() => log.append(phase({})), /^UserError: Cannot write .*: its folder does not exist/);
    assert.deepEqual(readdirSync(parent.path), []);
  });
});

describe('the masked CRC-32C', () => {
  it('has the check value of the CRC catalogue below its mask', () => {
    const crc = 0xe3069283;
    const masked = (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
    assert.equal(maskedCrc32c(Buffer.from('123456789')), masked);
  });
});

type Fields = Record<string, string | number>;

/** The events of a file by the numbers of their fields in event.proto, once each checksum was looked at. */
function eventsIn(file: Buffer): readonly Fields[] {
  const events: Fields[] = [];
  for (let at = 0; at < file.length;) {
    const length = Number(file.readBigUInt64LE(at));
    assert.equal(file.readUInt32LE(at + 8), maskedCrc32c(file.subarray(at, at + 8)));
    const data = file.subarray(at + 12, at + 12 + length);
    assert.equal(file.readUInt32LE(at + 12 + length), maskedCrc32c(data));
    events.push(eventOf(data));
    at += length + 16;
  }
  return events;
}

function eventOf(data: Uint8Array): Fields {
  const event: Fields = { step: 0 };
  eachField(data, {
    2: reader => (event['step'] = Number(reader.int64())),
    3: reader => (event['version'] = reader.string()),
    5: reader =>
      eachField(reader.bytes(), {
        1: reader => {
          let tag = '';
          eachField(reader.bytes(), {
            1: reader => (tag = reader.string()),
            2: reader => (event[tag] = reader.float()),
          });
        },
      }),
    7: reader => eachField(reader.bytes(), { 1: reader => (event['status'] = reader.int32()) }),
  });
  return event;
}

function eachField(data: Uint8Array, take: Readonly<Record<number, (reader: Reader) => unknown>>): void {
  const reader = Reader.create(data);
  while (reader.pos < reader.len) {
    const key = reader.uint32();
    const field = take[key >>> 3];
    if (field) field(reader);
    else reader.skipType(key & 7);
  }
}
