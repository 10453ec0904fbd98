import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateImages } from '../../bench/generateImages';
import type { TrainingEvent } from '../../src/protocol/trainingEvent';
import { batches } from '../../src/core/image/batches';
import { parseRecipe } from '../../src/core/recipe/parseRecipe';
import { readBestEpoch } from '../../src/core/run/bestEpoch';
import { readCheckpoint, readCheckpointFile } from '../../src/core/run/checkpoint';
import { readEvents } from '../../src/core/run/eventLog';
import { runFiles } from '../../src/core/run/runFolder';
import { evaluateRun } from '../../src/core/training/evaluateRun';
import { fineTune } from '../../src/core/training/fineTune';
import { resumeRun } from '../../src/core/training/resumeRun';
import { TrainedModel } from '../../src/core/training/trainedModel';
import { shuffledOrder } from '../../src/core/training/trainingOrder';
import { finish } from '../../src/core/progress';
import type { TorchrunPlan } from '../../src/core/torchrun/torchrunPlan';
import { readSafetensors } from '../../src/core/weights/safetensors';
import type { StateDict } from '../../src/core/weights/stateDict';
import { eventsIn } from '../unit/cli/runThaw';
import { makeTwoMachines } from './networkNamespaces';
import { python, runPython } from './python';

/** Whether this system lets us make machines; they are made anew where they are used. */
const hasMachines = (() => {
  const machines = makeTwoMachines();
  machines?.remove();
  return machines !== undefined;
})();

/** A batch as one process sees it: the pictures of the whole batch, the rows that it has of them, their pixels. */
interface SeenBatch {
  readonly indices: readonly number[];
  readonly labels: readonly number[];
  readonly rows: readonly [start: number, stop: number];
  readonly pixels: string;
}

describe('torchrun, with the real PyTorch', function () {
  this.timeout(600_000);
  let folder: string;
  const threads = process.env['OMP_NUM_THREADS'];
  before(async () => {
    // With several threads PyTorch adds in another order, which alone moves weights by more than processes do.
    process.env['OMP_NUM_THREADS'] = '1';
    folder = await mkdtemp(join(tmpdir(), 'thaw-torchrun-'));
    await generateImages(join(folder, 'pictures', 'train'), 18, 'train');
    await generateImages(join(folder, 'pictures', 'test'), 6, 'test');
    await generateImages(join(folder, 'few', 'train'), 6, 'train');
    await generateImages(join(folder, 'few', 'test'), 2, 'test');
  });
  after(async () => {
    if (threads === undefined) delete process.env['OMP_NUM_THREADS'];
    else process.env['OMP_NUM_THREADS'] = threads;
    await rm(folder, { recursive: true, force: true });
  });

  // 18 pictures to train on, in batches of 7, 7 and 4: no number of processes shares them evenly.
  const recipeText = JSON.stringify({
    ...{ data: { folder: 'pictures' }, model: 'resnet18', weights: 'none', freeze: ['conv1', 'bn1'] },
    ...{ imageSize: 64, batchSize: 7, epochs: 2, optimizer: { lr: 0.0001 }, augment: 'crop-flip' },
    engine: 'torchrun',
  });

  /** Trains the recipe; `onEvent` may stop the run. */
  async function train(
    name: string,
    set: readonly string[],
    onEvent: (event: TrainingEvent, stop: () => void) => void = () => undefined,
  ) {
    const recipe = parseRecipe(recipeText, { folder, set });
    const out = join(folder, name);
    const controller = new AbortController();
    const events: TrainingEvent[] = [];
    const options = { workspace: folder, out, python, version: '0', signal: controller.signal };
    for await (const event of fineTune(recipe, options)) {
      events.push(event);
      onEvent(event, () => controller.abort());
    }
    return { out, events };
  }

  let whole: Promise<{ out: string; events: TrainingEvent[] }> | undefined;
  /** One process that sees whole batches. */
  const one = () => (whole ??= train('one', ['distributed={"processesPerNode":1}']));
  const two = 'distributed={"processesPerNode":2}';

  /** Every weight of the best epoch, and what it says of the pictures, are within 1e-4 of the one process'. */
  async function assertSame(out: string, events: readonly TrainingEvent[]): Promise<void> {
    const expected = await one();
    const [ours, theirs] = [phases(events), phases(expected.events)];
    assert.equal(theirs.length, 4);
    for (const [i, { loss, ...rest }] of theirs.entries()) {
      const { loss: found, ...others } = ours[i]!;
      assert.deepEqual(others, rest);
      assert.ok(Math.abs(found - loss) < 1e-4 * loss, `loss ${found} instead of ${loss}`);
    }
    assert.deepEqual(ending(events), ending(expected.events));
    const [a, b] = await Promise.all([out, expected.out].map(place => tensorsOf(place)));
    assertNear(a!, b!);
  }

  /** Each value is as near, in shares of 1 or of the largest of its tensor. */
  function assertNear(found: StateDict, expected: StateDict, within = 1e-4): void {
    assert.deepEqual([...found.keys()], [...expected.keys()]);
    for (const [key, { data }] of expected) {
      const values = found.get(key)!.data;
      let [worst, largest] = [0, 1];
      data.forEach((value, i) => {
        worst = Math.max(worst, Math.abs(Number(value) - Number(values[i])));
        largest = Math.max(largest, Math.abs(Number(value)));
      });
      assert.ok(worst <= within * largest, `${key} differs by ${worst}`);
    }
  }

  for (const augment of ['flip', 'crop-flip', 'randaugment'] as const) {
    it(`shares each batch of the same order, with ${augment} as the other engines see it`, async () => {
      const { out } = await one();
      const kept = readFileSync(join(out, 'torchrun', 'plan.json'), 'utf8');
      const plan = { ...(JSON.parse(kept) as TorchrunPlan), augment };
      const { seed, batchSize, preprocessing, train: pictures } = plan;
      const file = join(folder, `${augment}.json`);
      await writeFile(file, JSON.stringify(plan));
      const stdout = await runPython('torchrun_pictures.py', file, '1', '4');
      const seen = JSON.parse(stdout) as readonly (readonly SeenBatch[])[];
      const samples = pictures.files.map((path, i) => ({
        ...{ file: path, image: pictures.images[i]!, label: pictures.labels[i]! },
      }));
      const order = shuffledOrder(samples.length, seed, 1);
      const view = { augment, seed, epoch: 1 };
      const signal = new AbortController().signal;
      let number = 0;
      let [worst, sum, count] = [0, 0, 0];
      for await (const batch of batches(samples, { order, batchSize, preprocessing, view, signal })) {
        const shares = seen.map(of => of[number]!);
        number++;
        const labels = batch.samples.map(({ label }) => label);
        for (const share of shares) assert.deepEqual([share.indices, share.labels], [batch.indices, labels]);
        // The rows of all processes, one after the other, are those of the batch.
        const rows = shares.flatMap(({ rows: [start, stop] }) =>
          order.slice(start, stop).map((_, i) => start + i),
        );
        assert.deepEqual(
          rows,
          batch.indices.map((_, i) => i),
        );
        const pixels = Buffer.concat(shares.map(share => Buffer.from(share.pixels, 'base64')));
        assert.equal(pixels.length, batch.pixels.length);
        batch.pixels.forEach((value, i) => {
          const difference = Math.abs(value - pixels[i]!);
          worst = Math.max(worst, difference);
          sum += difference;
          count++;
        });
      }
      assert.equal(number, 3);
      // Pillow and libvips round differently, which stretching the contrast makes more of.
      const [most, mean] = augment === 'randaugment' ? [255, 1] : [4, 0.5];
      assert.ok(worst <= most && sum / count < mean, `pixels differ by ${worst}, ${sum / count} in the mean`);
    });
  }

  it('of two processes gives the weights of one that sees whole batches, within 1e-4', async () => {
    const { out, events } = await train('two', [two]);
    await assertSame(out, events);
    const { epoch, layers, pictures, settings } = await readBestEpoch(out);
    assert.equal(epoch, ending(events).bestEpoch);
    assert.equal(pictures.length, 6);
    assert.equal(settings.resolved.engine.name, 'torchrun');
    const moved = new Map(layers!.map(layer => [layer.path, layer]));
    for (const path of ['conv1', 'bn1'])
      assert.deepEqual([moved.get(path)!.frozen, moved.get(path)!.maxChange], [true, 0]);
    assert.ok(moved.get('layer1.0.conv1')!.maxChange > 0);
    assert.deepEqual(
      await readEvents(join(out, runFiles.events)),
      events.filter(({ kind }) => kind !== 'progress' && kind !== 'batchEnded'),
    );
    assert.ok(!(await readdir(join(out, 'torchrun'))).includes('start.safetensors'));
  });

  describe('trains further as one process and as the other engines do', () => {
    const cases: readonly (readonly [what: string, fields: readonly string[]])[] = [
      [
        'with label smoothing, class weights and weighted sampling',
        ['labelSmoothing=0.2', 'classWeights={"two":2.5}', 'sampling=weighted'],
      ],
      [
        'with warm-up, parameter groups and averages',
        [
          'scheduler={"type":"cosine","warmupEpochs":1}',
          'optimizer.groups=[{"modules":["layer4","fc"],"lr":0.005}]',
          'averaging={"decay":0.7}',
        ],
      ],
    ];
    for (const [number, [what, fields]] of cases.entries()) {
      it(what, async () => {
        const set = [...fields, 'augment=flip', 'batchSize=6', 'optimizer.lr=0.001'];
        const [shared, whole, ours] = [
          await train(`further-${number}-two`, [...set, two]),
          await train(`further-${number}-one`, [...set, 'distributed={"processesPerNode":1}']),
          await train(`further-${number}-ours`, [...set, 'engine=tensorflow']),
        ].map(({ events }) => phases(events).map(({ loss }) => loss));
        whole!.forEach((loss, i) => {
          assert.ok(Math.abs(shared![i]! - loss) < 1e-4 * loss, `${shared![i]}, not ${loss}`);
          // Of pixels that Pillow and libvips round differently.
          assert.ok(Math.abs(ours![i]! - loss) < 0.01 * loss, `${ours![i]}, not ${loss}`);
        });
      });
    }
  });

  describe('trains and freezes parameters of modules with children as the other engines do', () => {
    const cases = [
      {
        model: 'convnext_tiny',
        imageSize: 64,
        freeze: ['features.0.0', 'features.1.0.layer_scale'],
        moves: ['features.1.1.layer_scale', 'classifier.2'],
      },
      {
        model: 'vit_b_16',
        imageSize: 224,
        freeze: ['conv_proj', 'class_token', 'encoder.layers.encoder_layer_0.self_attention.in_proj'],
        moves: ['encoder.pos_embedding', 'encoder.layers.encoder_layer_11.self_attention.in_proj'],
      },
    ];
    for (const { model, imageSize, freeze, moves } of cases) {
      it(model, async () => {
        const groups = [{ modules: moves, lr: 0.001 }];
        const set = [
          ...[`model=${model}`, `imageSize=${imageSize}`, `freeze=${JSON.stringify(freeze)}`, 'augment=flip'],
          ...['data.folder=few', 'batchSize=6', 'epochs=1', 'optimizer.lr=0.0001'],
          `optimizer.groups=${JSON.stringify(groups)}`,
        ];
        const [theirs, ours] = [
          await train(`${model}-two`, [...set, two]),
          await train(`${model}-ours`, [...set, 'engine=tensorflow']),
        ];
        const losses = [theirs, ours].map(({ events }) => phases(events).map(({ loss }) => loss));
        losses[0]!.forEach((loss, i) => {
          assert.ok(Math.abs(losses[1]![i]! - loss) < 0.01 * loss, `${losses[1]![i]}, not ${loss}`);
        });
        const [found, expected] = [await changesOf(theirs.out), await changesOf(ours.out)];
        for (const path of freeze) assert.deepEqual([found.get(path), expected.get(path)], [0, 0], path);
        for (const path of moves) {
          const [one, other] = [found.get(path)!, expected.get(path)!];
          assert.ok(one > 0 && Math.abs(other - one) < 0.05 * one, `${path}: ${other}, not ${one}`);
        }
      });
    }
  });

  it('leaves a run whose best epoch the other engines measure as it was told', async () => {
    const { out, events } = await one();
    const model = await TrainedModel.open(out);
    const signal = new AbortController().signal;
    const found = await finish(evaluateRun(model, out, undefined, signal), () => undefined);
    model.dispose();
    const { bestAccuracy, bestEpoch } = ending(events);
    const told = phases(events).find(({ phase, epoch }) => phase === 'test' && epoch === bestEpoch)!;
    assert.equal(found.accuracy, bestAccuracy);
    assert.ok(Math.abs(found.loss - told.loss) < 0.01, `${found.loss} instead of ${told.loss}`);
  });

  const fourTitle = hasMachines
    ? 'of four processes on two machines (network namespaces) gives them too, and one machine keeps the run'
    : 'of four processes gives them too (on one machine: this system lets us make no network namespaces)';
  it(fourTitle, async () => {
    const machines = hasMachines ? makeTwoMachines() : undefined;
    if (!machines) {
      const { out, events } = await train('four', ['distributed={"processesPerNode":4}']);
      return assertSame(out, events);
    }
    const { prefixes, addresses, remove } = machines;
    const distributed = { nodes: 2, processesPerNode: 2, rendezvous: `${addresses[0]}:29400` };
    const file = join(folder, 'machines.thaw.json');
    await writeFile(file, JSON.stringify({ ...JSON.parse(recipeText), distributed }));
    const program = join(__dirname, '../../dist/cli.js');
    const outs = ['leads', 'helps'].map(name => join(folder, name));
    const ends = await Promise.all(
      prefixes.map(([first, ...words], i) => {
        const args = [...words, process.execPath, program, 'train', file, '--out', outs[i]!];
        return output(first!, [...args, '--json', '--python', python]);
      }),
    ).finally(remove);
    for (const { code, stderr } of ends) assert.equal(code, 0, stderr);
    const [leads, helps] = ends.map(({ stdout }) => eventsIn(stdout)) as [TrainingEvent[], TrainingEvent[]];
    await assertSame(outs[0]!, leads);
    const started = leads.find(event => event.kind === 'runStarted');
    assert.match(started!.engineReason, /2 machines with 2 processes each, on the CPU \(gloo\)/);
    assert.deepEqual(helps.flatMap(event => (event.kind === 'note' ? [event.message] : [])).slice(-2), [
      `This machine helps to train: the one at ${addresses[0]}:29400 leads, tells of the run and keeps it.`,
      'The run is over.',
    ]);
    assert.ok(!helps.some(({ kind }) => kind === 'runStarted' || kind === 'runEnded'));
    assert.ok(!(await readdir(folder)).includes('helps'));
  });

  it('goes on from the last epoch when a process is killed, to the same weights', async () => {
    let killed = 0;
    const { out, events } = await train('killed', [two], event => {
      if (killed === 0 && event.kind === 'batchEnded' && event.epoch === 1)
        killed = killLastWorker(join(folder, 'killed'));
    });
    assert.ok(killed > 0);
    const again = events.find(event => event.kind === 'runResumed');
    assert.deepEqual([again?.epoch, again?.batch], [1, 0]);
    assert.equal(again?.engineReason, 'a process failed, so torchrun started all of them again');
    await assertSame(out, await readEvents(join(out, runFiles.events)));
  });

  it('ends with a sentence, and a whole run folder, when a process is killed once too often', async () => {
    const set = ['distributed={"processesPerNode":2,"maxRestarts":0}', 'epochs=50'];
    let killed = 0;
    const events: TrainingEvent[] = [];
    const out = join(folder, 'lost');
    await assert.rejects(
      train('lost', set, event => {
        events.push(event);
        if (killed === 0 && event.kind === 'batchEnded' && event.epoch === 1) killed = killLastWorker(out);
      }),
      {
        message: `PyTorch's processes ended with code 1 (Signal 9 (SIGKILL)); all they said is in ${join(out, 'torchrun', 'log.txt')}`,
      },
    );
    assert.equal(ending(events).status, 'failed');
    assert.equal(ending(events).bestEpoch, 0);
    const kept = await readBestEpoch(out);
    assert.equal(kept.epoch, 0);
    assert.equal((await tensorsOf(out)).size, 122);
  });

  it('stops within a batch, keeps the best epoch and where it was, and goes on to the same weights', async () => {
    let batchesAfter = 0;
    let stopped = false;
    const { out, events } = await train('stopped', [two], (event, stop) => {
      if (stopped && event.kind === 'batchEnded') batchesAfter++;
      if (event.kind !== 'bestEpoch') return;
      stopped = true;
      stop();
    });
    assert.ok(batchesAfter <= 2, `${batchesAfter} batches after it was asked to stop`);
    assert.deepEqual([ending(events).status, ending(events).bestEpoch], ['cancelled', 0]);
    assert.equal((await readBestEpoch(out)).epoch, 0);
    const checkpoint = await readCheckpoint(out);
    const { epoch, batch } = checkpoint!.position;
    assert.equal(checkpoint!.steps, 3 * epoch + batch);

    const resumed = await resume(out);
    const again = resumed.find(event => event.kind === 'runResumed');
    assert.deepEqual([again?.epoch, again?.batch], [epoch, batch]);
    await assertSame(out, await readEvents(join(out, runFiles.events)));
  });

  for (const [begun, goesOn] of [
    ['torchrun', 'tensorflow'],
    ['tensorflow', 'torchrun'],
  ] as const) {
    it(`of a run that ${begun} began is gone on with by ${goesOn}, to weights within 1 %`, async () => {
      const set = begun === 'torchrun' ? [two] : ['engine=tensorflow'];
      const { out } = await train(`${begun}-first`, set, (event, stop) => {
        if (event.kind === 'batchEnded' && event.epoch === 1 && event.phase === 'train') stop();
      });
      const { position } = (await readCheckpoint(out))!;
      assert.equal(position.epoch, 1);
      const resumed = await resume(out, goesOn);
      const notes = resumed.flatMap(event => (event.kind === 'note' ? [event.message] : []));
      const told = new RegExp(`^The run began with ${begun} .* and goes on with ${goesOn} .*last digits\\.$`);
      assert.ok(
        notes.some(note => told.test(note)),
        notes.join('\n'),
      );
      const again = resumed.find(event => event.kind === 'runResumed');
      assert.deepEqual([again?.epoch, again?.batch], [1, position.batch]);
      const expected = await one();
      const [ours, theirs] = [phases(await readEvents(join(out, runFiles.events))), phases(expected.events)];
      assert.equal(ours.length, 4);
      // Each decodes and resizes pictures by itself.
      for (const [i, { loss }] of theirs.entries())
        assert.ok(Math.abs(ours[i]!.loss - loss) < 0.01 * loss, `loss ${ours[i]!.loss} instead of ${loss}`);
      const [found, last] = await Promise.all([out, expected.out].map(lastOf));
      assertNear(found!, last!, 0.01);
    });
  }

  async function resume(out: string, engine?: string): Promise<readonly TrainingEvent[]> {
    const resumed: TrainingEvent[] = [];
    const options = { python, engine, signal: new AbortController().signal };
    for await (const event of resumeRun(out, options)) resumed.push(event);
    return resumed;
  }
});

type PhaseEnded = Extract<TrainingEvent, { kind: 'phaseEnded' }>;

/** The phases that were told of, without the time they took. */
function phases(events: readonly TrainingEvent[]): readonly Omit<PhaseEnded, 'seconds'>[] {
  return events.flatMap(event => {
    if (event.kind !== 'phaseEnded') return [];
    const { seconds, ...rest } = event;
    assert.ok(seconds > 0);
    return [rest];
  });
}

function ending(events: readonly TrainingEvent[]) {
  const end = events.findLast(event => event.kind === 'runEnded')!;
  const { status, bestEpoch, bestAccuracy } = end;
  return { status, bestEpoch, bestAccuracy };
}

/** The weights that a run has trained last, of what training changes. */
async function lastOf(runFolder: string): Promise<StateDict> {
  return readCheckpointFile(runFolder, (await readCheckpoint(runFolder))!.weights);
}

/** How far the weights of each module moved, by its path. */
async function changesOf(runFolder: string): Promise<ReadonlyMap<string, number>> {
  const { layers } = await readBestEpoch(runFolder);
  return new Map(layers!.map(({ path, maxChange }) => [path, maxChange]));
}

async function tensorsOf(runFolder: string) {
  return (await readSafetensors(join(runFolder, runFiles.bestWeights))).tensors;
}

/** Ends one of the processes that train a run, as the system does when memory runs out. */
function killLastWorker(runFolder: string): number {
  const pids = readdirSync('/proc').filter(pid => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      return (
        words.includes(join(runFolder, 'torchrun', 'plan.json')) && !words.includes('torch.distributed.run')
      );
    } catch {
      return false;
    }
  });
  const pid = Math.max(...pids.map(Number));
  process.kill(pid, 'SIGKILL');
  return pid;
}

function output(
  program: string,
  args: readonly string[],
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const child = spawn(program, args);
  const said = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', code => resolve({ code, ...said }));
  });
}
