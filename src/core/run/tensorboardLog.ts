import { closeSync, existsSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Root } from 'protobufjs/light';
import { t } from '../../protocol/language';
import type { PhaseEndedEvent, RunResumedEvent, TrainingEvent } from '../../protocol/trainingEvent';
import { asWriteError } from '../atomicWrite';
import { maskedCrc32c } from './maskedCrc32c';

/** The fields of TensorFlow's event.proto and summary.proto that are written here, with their numbers. */
const eventProto = Root.fromJSON({
  nested: {
    Event: {
      oneofs: { what: { oneof: ['fileVersion', 'summary', 'sessionLog'] } },
      fields: {
        wallTime: { type: 'double', id: 1 },
        step: { type: 'int64', id: 2 },
        fileVersion: { type: 'string', id: 3 },
        summary: { type: 'Summary', id: 5 },
        sessionLog: { type: 'SessionLog', id: 7 },
      },
    },
    Summary: { fields: { value: { rule: 'repeated', type: 'Value', id: 1 } } },
    Value: { fields: { tag: { type: 'string', id: 1 }, simpleValue: { type: 'float', id: 2 } } },
    SessionLog: { fields: { status: { type: 'int32', id: 1 } } },
  },
}).lookupType('Event');

const FILE_VERSION = 'brain.Event:2';
/** SessionLog.START: what earlier files say of this step and later ones no longer counts. */
const SESSION_START = 1;

/**
 * Writes the curves of a run as TensorBoard reads them: `Loss/train`, `Accuracy/test` and their like and
 * `Learning rate`, with the epoch as the step. Each process writes a file of its own below `tensorboard/`, once there is
 * something to write. Format: TFRecord (tensorflow/core/lib/io/record_writer.h) of event.proto.
 */
export class TensorboardLog {
  private descriptor: number | undefined;

  /** @param folder - the run folder */
  constructor(private readonly folder: string) {}

  /** A UserError says that the disk is full, or what else keeps it from being written. */
  append(event: TrainingEvent): void {
    if (event.kind !== 'phaseEnded' && event.kind !== 'runResumed') return;
    // TensorBoard reads the files of a folder in the order of their names.
    const name = `events.out.tfevents.${(Date.now() / 1000).toFixed(3)}.thaw.${process.pid}`;
    const file = join(this.folder, 'tensorboard', name);
    try {
      this.descriptor ??= begin(file);
      writeRecord(this.descriptor, event.kind === 'phaseEnded' ? curvesOf(event) : startOf(event));
    } catch (error) {
      throw asWriteError(error, file);
    }
  }

  close(): void {
    if (this.descriptor !== undefined) closeSync(this.descriptor);
    this.descriptor = undefined;
  }
}

function begin(file: string): number {
  // The run folder itself is not made again where it was deleted.
  if (!existsSync(dirname(file))) mkdirSync(dirname(file));
  const descriptor = openSync(file, 'wx');
  writeRecord(descriptor, { fileVersion: FILE_VERSION });
  return descriptor;
}

function curvesOf({ epoch, phase, loss, accuracy, lr }: PhaseEndedEvent): object {
  const values: readonly (readonly [string, number | undefined])[] = [
    [`Loss/${phase}`, loss],
    [`Accuracy/${phase}`, accuracy],
    [t('Learning rate'), lr],
  ];
  const value = values.flatMap(([tag, simpleValue]) =>
    simpleValue === undefined ? [] : [{ tag, simpleValue }],
  );
  return { step: epoch, summary: { value } };
}

function startOf({ epoch }: RunResumedEvent): object {
  return { step: epoch, sessionLog: { status: SESSION_START } };
}

/** Length, its checksum, data, its checksum; numbers are little-endian. */
function writeRecord(descriptor: number, fields: object): void {
  const data = eventProto.encode({ wallTime: Date.now() / 1000, ...fields }).finish();
  const record = Buffer.alloc(data.length + 16);
  record.writeBigUInt64LE(BigInt(data.length), 0);
  record.writeUInt32LE(maskedCrc32c(record.subarray(0, 8)), 8);
  record.set(data, 12);
  record.writeUInt32LE(maskedCrc32c(data), 12 + data.length);
  for (let at = 0; at < record.length;) at += writeSync(descriptor, record, at);
}
