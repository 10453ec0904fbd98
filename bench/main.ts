import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cases, casesNamed, type Case, type Rival } from './cases';
import { generateImages } from './generateImages';
import { benchTable, type CaseResult } from './benchTable';
import type { MatmulShare } from './matmulShare';
import { measureRun, type Measurement } from './measureRun';
import { runThaw, runTorch, saveWeights } from './rivals';

/**
 * `npm run bench -- [--case ID]... [--reps N] [--quick] [--json FILE]`: PyTorch and Thaw in turn on the same pictures
 * and weights. THAW_PYTHON names a Python with torch and torchvision (and efficientnet-lite-pytorch for `lite0`).
 * A processor that cannot multiply in bfloat16 runs all in float32. Absolute times depend on the machine and its mood; ratios of one run, whose rivals take turns, less so.
 */
async function main(): Promise<void> {
  const { values: options } = parseArgs({
    options: {
      case: { type: 'string', multiple: true },
      reps: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
    },
  });
  const named = options.case ? casesNamed(options.case) : cases;
  const repetitions = Number(options.reps ?? (options.quick ? 1 : 3));
  const folder = await mkdtemp(join(tmpdir(), 'thaw-bench-'));
  try {
    const share = await matmulShare();
    const wanted = named.map(known => (share.bfloat16 ? known : inFloat32(known)));
    const results: CaseResult[] = [];
    for (const benchmark of wanted) {
      results.push(await compare(options.quick ? quarter(benchmark) : benchmark, folder, repetitions));
      // After each case, so that a long run that is ended leaves what it measured.
      const report = { cpu: `${cpus().length} x ${cpus()[0]!.model}`, repetitions, share, cases: results };
      if (options.json !== undefined) await writeFile(options.json, JSON.stringify(report, undefined, 2));
      console.log(`\n${benchTable(results.slice(-1), share)}\n`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function quarter(benchmark: Case): Case {
  const { train, test } = benchmark;
  const keptEpochs = Math.min(benchmark.keptEpochs, 5);
  return { ...benchmark, train: Math.ceil(train / 4), test: Math.ceil(test / 4), keptEpochs };
}

/** A case where the processor has no bfloat16: torchLoop.py does without it, too. */
function inFloat32(benchmark: Case): Case {
  return { ...benchmark, rivals: benchmark.rivals.filter(rival => rival !== 'thawBfloat16') };
}

async function compare(benchmark: Case, base: string, repetitions: number): Promise<CaseResult> {
  const folder = join(base, benchmark.id);
  await mkdir(folder, { recursive: true });
  await generateImages(join(folder, 'data', 'train'), benchmark.train, 'train');
  await generateImages(join(folder, 'data', 'val'), benchmark.test, 'test');
  await saveWeights(benchmark, folder);
  const runs = new Map<Rival, Measurement[]>(benchmark.rivals.map(rival => [rival, []]));
  for (let repetition = 0; repetition < repetitions; repetition++) {
    for (const rival of benchmark.rivals) {
      const run = rival.startsWith('thaw') ? runThaw : runTorch;
      const measured = await run(benchmark, rival, folder);
      runs.get(rival)!.push(measured);
      const { seconds, epochs, peakBytes } = measured;
      const figures = `${seconds.toFixed(1)} s, first epoch after ${epochs[0]!.toFixed(1)} s`;
      console.log(`${benchmark.id} ${rival}: ${figures}, ${(peakBytes / 1e9).toFixed(2)} GB`);
    }
  }
  return { benchmark, runs: [...runs] };
}

async function matmulShare(): Promise<MatmulShare> {
  let found: MatmulShare | undefined;
  await measureRun(process.execPath, ['--import', 'tsx', join(__dirname, 'matmulShare.ts')], line => {
    found = JSON.parse(line) as MatmulShare;
    return false;
  });
  return found!;
}

void main();
