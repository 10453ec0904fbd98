import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readReportedRun, type ReportedRun } from '../../../src/core/report/reportedRun';

/** Run folders that are written by hand, and removed after the tests around the call. */
export class WrittenRuns {
  private root = '';
  private count = 0;

  constructor() {
    before(async () => {
      this.root = await mkdtemp(join(tmpdir(), 'thaw-report-'));
    });
    after(() => rm(this.root, { recursive: true, force: true }));
  }

  /** A run whose test pictures `0.jpg`, `1.jpg`... of ants and bees were judged so: label, predicted, its probability. */
  async write(
    judged: readonly (readonly [label: number, predicted: number, chance: number])[],
    fields: Readonly<Record<string, unknown>> = {},
    classes: readonly string[] = ['ants', 'bees'],
  ): Promise<string> {
    const folder = join(this.root, `run-${this.count++}`);
    await mkdir(folder);
    const preprocessing = { resize: 256, crop: 224, mean: [0, 0, 0], std: [1, 1, 1] };
    const engine = { name: 'tensorflow', version: '2.21.0', device: 'cpu' };
    const recipe = {
      ...{ name: 'insects', model: 'resnet18', weights: 'imagenet', epochs: 2 },
      ...{ data: { folder: '/home/ann/insects' }, optimizer: { type: 'sgd', lr: 0.01 }, ...fields },
      resolved: { classes, preprocessing, engine },
    };
    const predictions = judged.map(([label, predicted, chance], index) => {
      const probabilities = classes.map((_, k) =>
        k === predicted ? chance : (1 - chance) / (classes.length - 1),
      );
      const names = { label: classes[label], predicted: classes[predicted] };
      return { image: `${index}.jpg`, file: `/data/${index}.jpg`, ...names, probabilities };
    });
    const accuracy = judged.filter(([label, predicted]) => label === predicted).length / judged.length;
    const phase = { kind: 'phaseEnded', loss: 0.5, samples: judged.length, seconds: 1 };
    const counts = { train: 80, test: judged.length, trainable: 1026, parameters: 11177538, epochs: 2 };
    const events = [
      { kind: 'runStarted', name: 'insects', model: 'resnet18', classes, engine: '', ...counts },
      { ...phase, phase: 'train', epoch: 0, accuracy: 0.5, lr: 0.01 },
      { ...phase, phase: 'test', epoch: 0, accuracy },
      { kind: 'bestEpoch', epoch: 0, accuracy },
      { ...phase, phase: 'train', epoch: 1, accuracy: 0.75, lr: 0.01 },
      { ...phase, phase: 'test', epoch: 1, accuracy: 0.25 },
      { kind: 'runEnded', status: 'completed', bestEpoch: 0, bestAccuracy: accuracy, seconds: 65 },
    ].map(event => ({ runFolder: folder, engineReason: '', ...event }));
    await writeFile(join(folder, 'recipe.json'), JSON.stringify(recipe));
    await writeFile(join(folder, 'best.predictions.jsonl'), lines(predictions));
    await writeFile(join(folder, 'events.jsonl'), lines(events));
    return folder;
  }

  async read(...run: Parameters<WrittenRuns['write']>): Promise<ReportedRun> {
    return readReportedRun(await this.write(...run));
  }
}

function lines(values: readonly unknown[]): string {
  return values.map(value => `${JSON.stringify(value)}\n`).join('');
}
