import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseRecipe } from '../src/core/recipe/parseRecipe';
import { tensorCount } from '../src/core/engine/network';
import { fineTune } from '../src/core/training/fineTune';
import { generateImages } from './generateImages';

/**
 * `npm run bench:endurance -- [EPOCHS] [RUNS]`: the memory of a process that trains the last layer of a small network
 * for 500 epochs, and of one that then trains 50 such runs one after another. Exit code 1 when either keeps growing.
 */
async function main(): Promise<void> {
  const [epochs = 500, runs = 50] = process.argv.slice(2).map(Number);
  const workspace = await mkdtemp(join(tmpdir(), 'thaw-endurance-'));
  try {
    await generateImages(join(workspace, 'data'), 40, 'endurance');
    const overEpochs: number[] = [];
    await train(workspace, epochs, epoch => {
      if ((epoch + 1) % (epochs / 10) === 0) overEpochs.push(residentMegabytes());
    });
    const steadyEpochs = report(`after each ${epochs / 10} epochs of one run`, overEpochs);
    const overRuns: number[] = [];
    for (let run = 1; run <= runs; run++) {
      await train(workspace, 5);
      if (run % (runs / 10) === 0) overRuns.push(residentMegabytes());
    }
    const steadyRuns = report(`after each ${runs / 10} runs`, overRuns);
    if (tensorCount() > 0) console.log(`${tensorCount()} tensors are left`);
    process.exitCode = steadyEpochs && steadyRuns && tensorCount() === 0 ? 0 : 1;
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
}

/** By how much the last figure may lie above the second, in MB: the first is from before all was warm. */
const GROWTH_MB = 40;

function report(when: string, megabytes: readonly number[]): boolean {
  const growth = megabytes.at(-1)! - megabytes[1]!;
  console.log(`Resident MB ${when}: ${megabytes.join(' ')} (${growth >= 0 ? '+' : ''}${growth})`);
  return growth <= GROWTH_MB;
}

async function train(
  workspace: string,
  epochs: number,
  onEpoch: (epoch: number) => void = () => undefined,
): Promise<void> {
  const recipe = parseRecipe(
    JSON.stringify({
      ...{ data: { folder: 'data' }, model: 'squeezenet1_1', weights: 'none', freeze: ['features'] },
      ...{ imageSize: 64, batchSize: 8, epochs, engine: 'tensorflow', optimizer: { type: 'adam' } },
    }),
    { folder: workspace },
  );
  const { signal } = new AbortController();
  for await (const event of fineTune(recipe, { workspace, out: undefined, version: '0', signal })) {
    if (event.kind === 'phaseEnded' && event.phase === 'test') onEpoch(event.epoch);
  }
}

function residentMegabytes(): number {
  return Math.round(process.memoryUsage().rss / 1e6);
}

void main();
