import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readBestEpoch } from '../../src/core/run/bestEpoch';
import { hasBest, readCheckpoint } from '../../src/core/run/checkpoint';
import { readEvents } from '../../src/core/run/eventLog';
import { RunRecord } from '../../src/core/run/runRecord';
import { readSafetensors } from '../../src/core/weights/safetensors';
import type { StartRequest } from '../../src/protocol/workerMessages';
import { tinyPictures } from '../unit/training/tinyPictures';

const program = join(__dirname, '..', '..', 'dist', 'worker.js');

/** How a training process ended, and what it wrote beside its run folder. */
export interface WorkerEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly log: string;
}

export interface Worker {
  readonly child: ChildProcess;
  readonly ended: Promise<WorkerEnd>;
}

/** A workspace with tiny pictures, and runs in it that are trained by processes as the editor starts them. */
export class FaultyRuns {
  readonly workspace = mkdtempSync(join(tmpdir(), 'thaw-faults-'));
  private readonly children: ChildProcess[] = [];
  private count = 0;

  async prepare(): Promise<void> {
    await tinyPictures(join(this.workspace, 'data'), ['blue', 'red'], 20);
  }

  dispose(): void {
    for (const child of this.children) child.kill('SIGKILL');
    rmSync(this.workspace, { recursive: true, force: true, maxRetries: 5 });
  }

  /** A run folder that waits for its process; `at`: where, if not in the workspace. */
  runFolder(fields: object = {}, at: string = this.workspace): string {
    const folder = join(at, `run-${this.count++}`);
    mkdirSync(folder);
    const recipeFile = join(this.workspace, 'test.thaw.json');
    const recipe = JSON.stringify({
      ...{ data: { folder: 'data' }, model: 'squeezenet1_1', weights: 'none', imageSize: 64 },
      ...{ batchSize: 8, epochs: 10, optimizer: { lr: 0.003 }, ...fields },
    });
    const request: StartRequest = { name: 'test', recipeFile, recipe, version: '0', requested: 1 };
    writeFileSync(join(folder, 'start.json'), JSON.stringify(request));
    return folder;
  }

  /** Starts the process of a run, or one that goes on with it; `through`: what starts it, with its arguments. */
  start(folder: string, through: readonly string[] = []): Worker {
    const queue = join(this.workspace, 'queue');
    const [command, ...args] = [...through, process.execPath, program, folder, queue];
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.children.push(child);
    let log = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
    const ended = new Promise<WorkerEnd>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve({ code, signal, log }));
    });
    return { child, ended };
  }

  /** Trains, or goes on with, a run to its end. */
  async finish(folder: string): Promise<void> {
    const { code, log } = await this.start(folder).ended;
    assert.equal(code, 0, `${JSON.stringify((await recordOf(folder)).ended)} ${log}`);
    assert.equal((await recordOf(folder)).status, 'completed');
  }
}

/** Resolves when a run has so many whole epochs, and a checkpoint. */
export async function untilEpochs(folder: string, epochs: number, within = 60_000): Promise<void> {
  const end = performance.now() + within;
  while ((await epochsOf(folder)).length < epochs || !existsSync(join(folder, 'last', 'checkpoint.json'))) {
    if (performance.now() > end) throw new Error(`Waited in vain for ${epochs} epochs`);
    await sleep(10);
  }
}

export async function recordOf(folder: string): Promise<RunRecord> {
  const run = new RunRecord(folder);
  await run.refresh();
  return run;
}

/** The epochs whose test phase counts. */
export async function epochsOf(folder: string): Promise<readonly number[]> {
  return (await readEvents(join(folder, 'events.jsonl'))).flatMap(event =>
    event.kind === 'phaseEnded' && event.phase === 'test' ? [event.epoch] : [],
  );
}

/** Opens all that a run folder has, as the editor does: nothing is torn, whatever has happened. */
export async function requireSound(folder: string): Promise<void> {
  await recordOf(folder);
  const checkpoint = await readCheckpoint(folder);
  if (existsSync(join(folder, 'best.safetensors'))) await readSafetensors(join(folder, 'best.safetensors'));
  if (!existsSync(join(folder, 'best.predictions.jsonl'))) return;
  const { metrics } = await readBestEpoch(folder);
  if (checkpoint?.best && (await hasBest(folder, checkpoint.best))) {
    assert.ok(Math.abs(metrics.accuracy - checkpoint.best.accuracy) < 1e-9);
  }
}

/** What a run came to, times apart. */
export async function resultOf(folder: string) {
  const events = await readEvents(join(folder, 'events.jsonl'));
  const { position, steps, weights, optimizer, best } = (await readCheckpoint(folder))!;
  const weightsOfBest = readFileSync(join(folder, 'best.safetensors'));
  return {
    phases: events.flatMap(event => (event.kind === 'phaseEnded' ? [{ ...event, seconds: 0 }] : [])),
    best: createHash('sha256').update(weightsOfBest).digest('hex'),
    last: { position, steps, weights, optimizer, best },
  };
}
