import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrainingEvent } from '../src/protocol/trainingEvent';
import { generateImages } from './generateImages';
import { measureRun, type Measurement } from './measureRun';

/**
 * `npm run bench`: PyTorch, doing what its transfer learning tutorial does, and Thaw in turn on the same pictures.
 * THAW_PYTHON names a Python with torch and torchvision. Prints medians and ratios; absolute times depend on the
 * machine and its mood, ratios of one run less so.
 */
interface Case {
  readonly name: string;
  readonly model: string;
  readonly freeze: readonly string[];
  /** Pictures of the train and of the test phase. */
  readonly train: number;
  readonly test: number;
  readonly epochs: number;
  readonly batchSize: number;
  /** What is compared: the median epoch after the first, or the whole job. */
  readonly compare: 'epoch' | 'job';
}

const VGG_ALL_BUT_HEAD = ['features', 'avgpool', ...[0, 1, 2, 3, 4, 5].map(i => `classifier.${i}`)];

const cases: readonly Case[] = [
  {
    ...{ name: 'ResNet18, everything trains', model: 'resnet18', freeze: [] },
    ...{ train: 128, test: 32, epochs: 2, batchSize: 16, compare: 'epoch' },
  },
  {
    ...{ name: 'VGG16, head only', model: 'vgg16', freeze: VGG_ALL_BUT_HEAD },
    ...{ train: 64, test: 32, epochs: 3, batchSize: 16, compare: 'job' },
  },
];

const REPETITIONS = Number(process.env['THAW_BENCH_REPETITIONS'] ?? 3);
const python = process.env['THAW_PYTHON'] ?? 'python3';

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'thaw-bench-'));
  try {
    const rows: string[] = [];
    for (const benchmark of cases) rows.push(await compare(benchmark, join(folder, benchmark.model)));
    console.log('\n| case | PyTorch | Thaw | PyTorch / Thaw | peak memory, PyTorch | Thaw |');
    console.log('|---|---|---|---|---|---|');
    for (const row of rows) console.log(row);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function compare(benchmark: Case, folder: string): Promise<string> {
  await generateImages(join(folder, 'data', 'train'), benchmark.train / 2, 'train');
  await generateImages(join(folder, 'data', 'val'), benchmark.test / 2, 'test');
  const torch: Measurement[] = [];
  const thaw: Measurement[] = [];
  for (let repetition = 0; repetition < REPETITIONS; repetition++) {
    torch.push(await runTorch(benchmark, folder));
    thaw.push(await runThaw(benchmark, folder));
    console.log(benchmark.name, 'PyTorch', times(torch.at(-1)!), 'Thaw', times(thaw.at(-1)!));
  }
  const took = (runs: readonly Measurement[]): number =>
    median(runs.map(run => (benchmark.compare === 'job' ? run.seconds : median(run.epochs.slice(1)))));
  const peak = (runs: readonly Measurement[]): string =>
    `${(median(runs.map(run => run.peakBytes)) / 1e9).toFixed(2)} GB`;
  const ratio = (took(torch) / took(thaw)).toFixed(2);
  const what = benchmark.compare === 'job' ? `the whole job, ${benchmark.epochs} epochs` : 'an epoch';
  const [a, b] = [took(torch), took(thaw)].map(seconds => `${seconds.toFixed(2)} s`);
  return `| ${benchmark.name}: ${what} | ${a} | ${b} | **${ratio}x** | ${peak(torch)} | ${peak(thaw)} |`;
}

async function runTorch(benchmark: Case, folder: string): Promise<Measurement> {
  let printed = { epochs: [] as number[], peakBytes: 0 };
  const args = [
    ...[join(__dirname, 'articleLoop.py'), join(folder, 'data'), '--model', benchmark.model],
    ...['--freeze', benchmark.freeze.join(','), '--epochs', String(benchmark.epochs)],
    ...['--batch-size', String(benchmark.batchSize)],
  ];
  const { seconds } = await measureRun(python, args, line => {
    printed = JSON.parse(line) as typeof printed;
  });
  return { ...printed, seconds };
}

async function runThaw(benchmark: Case, folder: string): Promise<Measurement> {
  const { model, freeze, epochs, batchSize } = benchmark;
  const recipe = join(folder, 'recipe.json');
  await mkdir(folder, { recursive: true });
  await writeFile(
    recipe,
    JSON.stringify({ data: { folder: 'data' }, model, weights: 'none', freeze, epochs, batchSize }),
  );
  const phases: number[] = [];
  const cli = join(__dirname, '..', 'dist', 'cli.js');
  const { seconds, peakBytes } = await measureRun('node', [cli, 'train', recipe, '--json'], line => {
    const event = JSON.parse(line) as TrainingEvent;
    if (event.kind === 'phaseEnded') phases.push(event.seconds);
  });
  const perEpoch = Array.from({ length: epochs }, (_, epoch) => phases[2 * epoch]! + phases[2 * epoch + 1]!);
  return { epochs: perEpoch, seconds, peakBytes };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function times({ epochs, seconds }: Measurement): string {
  return `epochs ${epochs.map(value => value.toFixed(2)).join(' ')} s, job ${seconds.toFixed(2)} s;`;
}

void main();
