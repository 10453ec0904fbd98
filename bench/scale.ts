import { link, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import sharp from 'sharp';
import { loadDataset } from '../src/core/dataset/loadDataset';
import { scanFolder } from '../src/core/dataset/scanFolder';
import { batches } from '../src/core/image/batches';
import { finish } from '../src/core/progress';
import { shuffledOrder } from '../src/core/training/trainingOrder';

/**
 * `npm run bench:scale -- [COUNT]...`: what it costs to find, verify and split so many images in 1,000 class folders
 * and to decode the first batch, per image; and how long the thread was blocked at most. 1,000 and 100,000 unless told.
 */
async function main(): Promise<void> {
  const counts = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [2_000, 100_000];
  console.log('| images | scan | verify and split | again | first batch | longest block | resident |');
  console.log('|---|---|---|---|---|---|---|');
  for (const count of counts) await measure(count);
}

const CLASSES = 1000;
const preprocessing = {
  resize: 36,
  crop: 32,
  interpolation: 'bilinear',
  mean: [0, 0, 0],
  std: [1, 1, 1],
} as const;

async function measure(count: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'thaw-scale-'));
  try {
    await makeImages(join(folder, 'data'), count);
    const { signal } = new AbortController();
    const options = { seed: 0, cacheFolder: join(folder, 'cache'), signal };
    const data = { folder: join(folder, 'data'), test: 0.2, labels: undefined };
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const scan = await seconds(() => finish(scanFolder(data.folder, signal)));
    const blocked = delay.max / 1e6;
    delay.disable();
    const first = await seconds(() => finish(loadDataset(data, options)));
    const again = await seconds(() => finish(loadDataset(data, options)));
    const { train } = await finish(loadDataset(data, options));
    const batch = await seconds(async () => {
      const order = shuffledOrder(train.length, 0, 0);
      const view = 'evaluation' as const;
      const decoded = batches(train, { order, batchSize: 32, preprocessing, view, signal });
      await decoded.next();
      await decoded.return();
    });
    const perImage = (time: number): string => `${((time / count) * 1e6).toFixed(0)} µs an image`;
    const megabytes = (process.memoryUsage().rss / 1e6).toFixed(0);
    console.log(
      `| ${count} | ${perImage(scan)} | ${perImage(first)} | ${perImage(again)} | ${(batch * 1000).toFixed(0)} ms | ${blocked.toFixed(0)} ms while scanning | ${megabytes} MB |`,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Hard links to a few pictures: what is measured reads each name as a file of its own. */
async function makeImages(folder: string, count: number): Promise<void> {
  const originals: string[] = [];
  for (let i = 0; i < CLASSES; i++) {
    const inside = join(folder, `class${String(i).padStart(4, '0')}`);
    await mkdir(inside, { recursive: true });
    for (let j = 0; j < count / CLASSES; j++) {
      const file = join(inside, `${j}.png`);
      if (i % 100 > 0) await link(originals[Math.floor(i / 100)]!, file);
      else if (j === 0) {
        await sharp({
          create: { width: 40, height: 40, channels: 3, background: { r: i % 256, g: 9, b: 9 } },
        })
          .png()
          .toFile(file);
        originals.push(file);
      } else await link(originals.at(-1)!, file);
    }
  }
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

void main();
