import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrainingEvent } from '../src/protocol/trainingEvent';
import type { Case, Rival } from './cases';
import { measureRun, type Measurement } from './measureRun';

const python = process.env['THAW_PYTHON'] ?? 'python3';
const torchLoop = join(__dirname, 'torchLoop.py');
const cli = join(__dirname, '..', 'dist', 'cli.js');
const WEIGHTS = 'weights.pth';

/** Epochs that are run of a job whose epochs are all alike and long. */
const MEASURED_EPOCHS = 2;

/** Writes the random weights that all start from. */
export async function saveWeights({ model }: Case, folder: string): Promise<void> {
  await measureRun(python, [torchLoop, '--model', model, '--save', join(folder, WEIGHTS)], () => false);
}

export async function runTorch(benchmark: Case, rival: Rival, folder: string): Promise<Measurement> {
  let peakBytes = 0;
  const args = [
    ...[torchLoop, join(folder, 'data'), '--model', benchmark.model, '--weights', join(folder, WEIGHTS)],
    ...['--freeze', benchmark.freeze.join(','), '--style', rival],
    ...['--epochs', String(rival === 'cached' ? benchmark.keptEpochs : MEASURED_EPOCHS)],
    ...['--batch-size', String(benchmark.batchSize)],
  ];
  const measured = await measureRun(python, args, line => {
    const told = JSON.parse(line) as { epoch?: number; peakBytes?: number };
    peakBytes = told.peakBytes ?? peakBytes;
    return told.epoch !== undefined;
  });
  return { ...measured, peakBytes };
}

/** Each run has a workspace of its own, so that none finds what another kept. */
export async function runThaw(benchmark: Case, rival: Rival, folder: string): Promise<Measurement> {
  const { model, freeze, batchSize } = benchmark;
  const epochs = freeze.length > 0 ? benchmark.keptEpochs : MEASURED_EPOCHS;
  const workspace = await mkdtemp(join(folder, 'workspace-'));
  const recipe = join(workspace, 'recipe.thaw.json');
  const fields = {
    ...{ data: { folder: '../data' }, model, weights: `../${WEIGHTS}`, freeze, epochs, batchSize },
    precision: rival === 'thaw' ? 'float32' : 'bfloat16',
  };
  await writeFile(recipe, JSON.stringify(fields));
  return measureRun(process.execPath, [cli, 'train', recipe, '--json'], line => {
    const event = JSON.parse(line) as TrainingEvent;
    return event.kind === 'phaseEnded' && event.phase === 'test';
  });
}
