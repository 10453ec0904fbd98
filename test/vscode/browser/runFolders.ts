import { appendFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeLiveState } from '../../../src/core/run/liveState';
import { identityOf } from '../../../src/core/run/processIdentity';
import { runFiles } from '../../../src/core/run/runFolder';
import type { BatchEndedEvent, TrainingEvent } from '../../../src/protocol/trainingEvent';

export interface WrittenRunOptions {
  readonly name: string;
  readonly epochs: number;
  readonly classes?: readonly string[];
  readonly dataFolder?: string;
}

/** A run folder written by hand, as a training process writes it: quick, and with any numbers. */
export class WrittenRun {
  readonly folder: string;

  private constructor(
    workspace: string,
    private readonly options: WrittenRunOptions,
    time: string,
  ) {
    this.folder = join(workspace, '.thaw', 'runs', `${time}-${options.name.replace(/\W+/g, '-')}`);
  }

  /** Begins a run that is live: this process seems to work on it. `time`: as in `2026-01-31T12-00-00`. */
  static async begin(workspace: string, options: WrittenRunOptions, time: string): Promise<WrittenRun> {
    const run = new WrittenRun(workspace, options, time);
    const { name, epochs, classes = ['ants', 'bees'], dataFolder = workspace } = options;
    await mkdir(run.folder, { recursive: true });
    const recipe = {
      ...{
        name,
        model: 'resnet18',
        epochs,
        freeze: ['conv1', 'layer1'],
        data: { folder: dataFolder, test: 0.2 },
      },
      resolved: {
        classes,
        preprocessing: { resize: 256, crop: 224, mean: [0, 0, 0], std: [1, 1, 1] },
        engine: { name: 'tensorflow', version: '2.21.0', device: 'cpu' },
        started: '2026-01-31T11:00:00.000Z',
      },
    };
    run.working();
    await writeFile(run.file('recipe'), JSON.stringify(recipe));
    await run.append({
      ...{ kind: 'runStarted', name, model: 'resnet18', classes, train: 80, test: 20, epochs },
      ...{ trainable: 1026, parameters: 11_177_538, engine: 'tensorflow 2.21.0', engineReason: '' },
      runFolder: run.folder,
    });
    return run;
  }

  async append(...events: readonly TrainingEvent[]): Promise<void> {
    const lines = events.map(event => `${JSON.stringify(event)}\n`);
    await appendFile(this.file('events'), lines.join(''));
  }

  /** Says that this process works on the run, and what it is at. */
  working(latest?: BatchEndedEvent): void {
    const state = { process: identityOf(), phase: 'running', heartbeat: Date.now() } as const;
    writeLiveState(this.folder, latest ? { ...state, latest } : state);
  }

  /** Both phases of an epoch. */
  async epoch(epoch: number, testAccuracy: number, best: boolean): Promise<void> {
    const loss = 1 / (epoch + 1);
    const phase = { kind: 'phaseEnded', epoch, samples: 20, seconds: 2 } as const;
    await this.append(
      { ...phase, phase: 'train', loss, accuracy: testAccuracy - 0.01, lr: 0.001 },
      { ...phase, phase: 'test', loss: loss + 0.1, accuracy: testAccuracy },
      ...(best ? [{ kind: 'bestEpoch', epoch, accuracy: testAccuracy } as const] : []),
    );
  }

  async end(bestEpoch: number, bestAccuracy: number): Promise<void> {
    await this.append({ kind: 'runEnded', status: 'completed', bestEpoch, bestAccuracy, seconds: 75 });
    await rm(join(this.folder, 'live.json'));
  }

  /** Writes the predictions of the best epoch: a line each. */
  async predictions(lines: readonly object[]): Promise<void> {
    await writeFile(this.file('bestPredictions'), lines.map(line => `${JSON.stringify(line)}\n`).join(''));
  }

  private file(name: keyof typeof runFiles): string {
    return join(this.folder, runFiles[name]);
  }
}
