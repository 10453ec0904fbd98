import assert from 'node:assert/strict';
import { readdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseRecipe } from '../../../src/core/recipe/parseRecipe';
import type { FeatureBatch } from '../../../src/core/training/featureComputer';
import { FeatureProcesses } from '../../../src/core/training/featureProcesses';
import { fineTune } from '../../../src/core/training/fineTune';
import { UserError } from '../../../src/core/userError';
import { withEnvironment } from '../download/onPath';
import { temporaryFolder } from '../weights/temporaryFolder';
import { tinyPictures } from './tinyPictures';

const program = join(__dirname, '../../../dist/worker.js');

describe('Features computed in several processes', () => {
  const folder = temporaryFolder();
  before(() => tinyPictures(folder.path('two'), ['blue', 'red'], 21));

  const recipe = () =>
    parseRecipe(
      JSON.stringify({
        ...{ data: { folder: 'two' }, model: 'squeezenet1_1', weights: 'none', freeze: ['features'] },
        unfreeze: [{ epoch: 1, freeze: Array.from({ length: 12 }, (_, i) => `features.${i}`) }],
        ...{ imageSize: 64, batchSize: 8, epochs: 2, optimizer: { lr: 0.003 }, augment: 'flip' },
        engine: 'wasm',
      }),
      { folder: folder.path() },
    );

  const job = () => ({ recipe: recipe(), engine: 'wasm', outputs: 2 }) as const;

  async function run(name: string, featureProgram: string | undefined) {
    const out = folder.path(name);
    const workspace = folder.path(`${name}-workspace`);
    const { signal } = new AbortController();
    const options = { workspace, out, version: '0', signal, ...(featureProgram && { featureProgram }) };
    const notes: string[] = [];
    await withEnvironment({ OMP_NUM_THREADS: '3' }, async () => {
      for await (const event of fineTune(recipe(), options)) {
        if (event.kind === 'note') notes.push(event.message);
      }
    });
    const features = join(workspace, '.thaw', 'cache', 'features');
    const files = [
      join(out, 'best.safetensors'),
      ...(await readdir(features)).map(file => join(features, file)),
    ];
    const contents = await Promise.all(
      files.map(async file => [basename(file), await readFile(file)] as const),
    );
    return { notes: notes.join('\n'), files: new Map(contents) };
  }

  it('are, in every bit and in their order, those of one process, and so is what is trained on them', async () => {
    const [one, several] = [await run('one', undefined), await run('several', program)];
    // Of each stage those of the training pictures as they are and mirrored, and of the test pictures.
    assert.equal(one.files.size, 7);
    assert.doesNotMatch(one.notes, /processes/);
    assert.match(several.notes, /, in 3 processes\.$/);
    assert.deepEqual([...several.files.keys()], [...one.files.keys()]);
    for (const [file, content] of one.files) assert.ok(content.equals(several.files.get(file)!), file);
  });

  const samples = () =>
    ['blue', 'red'].flatMap((name, label) =>
      Array.from({ length: 21 }, (_, index) => {
        const image = `${name}/${String(index).padStart(2, '0')}.png`;
        return { file: folder.path('two', image), image, label };
      }),
    );

  async function taken(batches: AsyncIterable<FeatureBatch>, most = Infinity): Promise<number[]> {
    const indices: number[] = [];
    for await (const batch of batches) {
      indices.push(...batch.indices);
      if (indices.length >= most) break;
    }
    return indices;
  }

  it('come in the order of the pictures, again and again from the same processes', async () => {
    const { signal } = new AbortController();
    const processes = new FeatureProcesses(program, 3, job(), signal);
    const pictures = samples();
    const inOrder = pictures.map((_, index) => index);
    for (const view of ['evaluation', 'flipped'] as const) {
      assert.deepEqual(await taken(processes.compute(pictures, view, 0)), inOrder);
    }
    assert.deepEqual(await taken(processes.compute(pictures, 'evaluation', 16)), inOrder.slice(16));
    processes.close();
  });

  it('end with the reason of the signal, and the processes with them', async () => {
    const pids = folder.path('pids');
    const noted = await folder.write(
      'noted.js',
      `require('fs').appendFileSync(${JSON.stringify(pids)}, process.pid + ' '); require(${JSON.stringify(program)});`,
    );
    const controller = new AbortController();
    const processes = new FeatureProcesses(noted, 2, job(), controller.signal);
    const work = processes.compute(samples(), 'evaluation', 0);
    await work.next();
    const started = (await readFile(pids, 'utf8')).trim().split(' ').map(Number);
    assert.deepEqual(started.map(isAlive), [true, true]);
    controller.abort(new Error('enough'));
    await assert.rejects(taken(work), { message: 'enough' });
    for (let waits = 0; started.some(isAlive) && waits < 100; waits++) await sleep(20);
    assert.deepEqual(started.map(isAlive), [false, false]);
  });

  it('say what a process could not do', async () => {
    const { signal } = new AbortController();
    const processes = new FeatureProcesses(program, 2, job(), signal);
    const pictures = samples();
    await rm(folder.path('two', 'red', '20.png'));
    await assert.rejects(taken(processes.compute(pictures, 'evaluation', 0)), (error: Error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, /^The image .*20\.png can no longer be read/);
      return true;
    });
    processes.close();
  });

  it('say that a process died, and what most likely of', async () => {
    const dies = await folder.write('dies.js', 'process.kill(process.pid, "SIGKILL")');
    const { signal } = new AbortController();
    const processes = new FeatureProcesses(dies, 2, job(), signal);
    await assert.rejects(taken(processes.compute(samples(), 'evaluation', 0)), (error: Error) => {
      assert.ok(error instanceof UserError);
      assert.match(
        error.message,
        /^A process that computed features ended unexpectedly \(signal SIGKILL\)\. Most likely the memory ran out/,
      );
      return true;
    });
    processes.close();
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
