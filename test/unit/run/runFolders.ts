import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BatchEndedEvent, RunEndedEvent, RunStartedEvent } from '../../../src/protocol/trainingEvent';

/** A folder that is removed after the tests around the call. */
export function temporaryFolder(): { readonly path: string } {
  const folder = { path: '' };
  beforeEach(() => {
    folder.path = mkdtempSync(join(tmpdir(), 'thaw-run-'));
  });
  afterEach(() => rmSync(folder.path, { recursive: true, force: true }));
  return folder;
}

export const started: RunStartedEvent = {
  kind: 'runStarted',
  name: 'ants',
  model: 'resnet18',
  classes: ['ant', 'bee'],
  train: 80,
  test: 20,
  trainable: 10,
  parameters: 100,
  epochs: 4,
  engine: 'tensorflow',
  engineReason: 'it is there',
  runFolder: '/runs/ants',
};

export const ended: RunEndedEvent = {
  kind: 'runEnded',
  status: 'completed',
  bestEpoch: 1,
  bestAccuracy: 0.75,
  seconds: 3,
};

export function batch(values: Partial<BatchEndedEvent> = {}): BatchEndedEvent {
  return {
    kind: 'batchEnded',
    epoch: 0,
    phase: 'train',
    batch: 0,
    batches: 10,
    loss: 1,
    accuracy: 0.5,
    imagesPerSecond: 20,
    ...values,
  };
}

/** The number of a process that has ended. */
export function deadProcess(): number {
  return spawnSync(process.execPath, ['--version']).pid;
}
