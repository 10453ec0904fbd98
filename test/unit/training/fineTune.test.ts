import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrainingEvent } from '../../../src/protocol/trainingEvent';
import { tensorCount } from '../../../src/core/engine/network';
import { UserError } from '../../../src/core/userError';
import { refusalOfBfloat16 } from '../engine/bfloat16';
import { findModel } from '../../../src/core/model/catalog';
import { replaceHead } from '../../../src/core/model/replaceHead';
import { finish } from '../../../src/core/progress';
import { parseRecipe } from '../../../src/core/recipe/parseRecipe';
import { readCheckpoint, readCheckpointFile } from '../../../src/core/run/checkpoint';
import { readLayerChanges } from '../../../src/core/run/layerChanges';
import { evaluateRun } from '../../../src/core/training/evaluateRun';
import { fineTune, type FineTuneOptions } from '../../../src/core/training/fineTune';
import { TrainedModel } from '../../../src/core/training/trainedModel';
import { initialWeights } from '../../../src/core/weights/initialWeights';
import { readSafetensors, writeSafetensors } from '../../../src/core/weights/safetensors';
import { tensorOf } from '../../../src/core/weights/stateDict';
import { tinyPictures } from './tinyPictures';

const samples = join(__dirname, '../../../samples');

describe('fineTune', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'thaw-fine-tune-'));
    await tinyPictures(join(folder, 'two'), ['blue', 'red'], 20);
    await tinyPictures(join(folder, 'five'), ['a', 'b', 'c', 'd', 'e'], 5);
    const whole = new Map(initialWeights(replaceHead(findModel('resnet18'), 2), 0));
    whole.set('conv1.weight', tensorOf([64, 3, 7, 7], new BigInt64Array(64 * 3 * 7 * 7)));
    await writeSafetensors(join(folder, 'whole.safetensors'), whole);
    await tinyPictures(join(folder, 'seven'), ['a', 'b', 'c', 'd', 'e', 'f', 'g'], 5);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const small = ['weights=none', 'imageSize=64', 'batchSize=8', 'epochs=1', 'optimizer.lr=0.01'];
  let runs = 0;

  async function train(
    text: string,
    set: readonly string[],
    options: Partial<FineTuneOptions> & { onEvent?: (event: TrainingEvent) => void } = {},
  ) {
    const recipe = parseRecipe(text, { folder, file: 'test.thaw.json', set: [...small, ...set] });
    const out = join(folder, `run-${runs++}`);
    const signal = new AbortController().signal;
    const events: TrainingEvent[] = [];
    for await (const event of fineTune(recipe, {
      workspace: folder,
      out,
      version: '0',
      signal,
      ...options,
    })) {
      events.push(event);
      options.onEvent?.(event);
    }
    return { events, out, recipe };
  }
  const resnet = (freeze: readonly string[]) =>
    JSON.stringify({ data: { folder: 'two' }, model: 'resnet18', freeze });
  const losses = (events: readonly TrainingEvent[]) =>
    events.flatMap(event => (event.kind === 'phaseEnded' ? [event.loss] : []));
  const ending = (events: readonly TrainingEvent[]) => {
    const last = events.at(-1)!;
    assert.equal(last.kind, 'runEnded');
    return last;
  };

  describe('the four cases, shortened', () => {
    const cases = [
      ['case-1-cat-or-not.thaw.json', 'two', ['classifier.6']],
      ['case-2-coccidiosis.thaw.json', 'two', ['layer3', 'layer4', 'fc']],
      ['case-3-ham10000.thaw.json', 'seven', ['conv1', 'bn1', 'layer1', 'layer2', 'layer3', 'layer4', 'fc']],
      ['case-4-flowers.thaw.json', 'five', ['conv1', 'bn1', 'layer1', 'layer2', 'layer3', 'layer4', 'fc']],
    ] as const;
    for (const [file, data, trains] of cases) {
      it(`${file} trains ${trains.join(', ')} and leaves every bit of the rest as it was`, async () => {
        const text = await readFile(join(samples, file), 'utf8');
        const set = [`data={"folder":"${data}"}`];
        const { events, out, recipe } = await train(text, set);
        assert.equal(ending(events).bestEpoch, 0);

        const model = replaceHead(findModel(recipe.model), recipe.classes!);
        const before = initialWeights(model, recipe.seed);
        const { tensors: after } = await readSafetensors(join(out, 'best.safetensors'));
        assert.deepEqual([...after.keys()].sort(), [...before.keys()].sort());
        for (const [key, { data, shape }] of before) {
          const now = after.get(key)!;
          assert.deepEqual(now.shape, shape, key);
          const trained = trains.some(path => key.startsWith(`${path}.`));
          assert.equal(Buffer.compare(bytes(now.data), bytes(data)) !== 0, trained, key);
        }
        assert.equal(after.get(`${model.head}.weight`)!.shape[0], recipe.classes);
        for (const { path, frozen, maxChange } of (await readLayerChanges(out))!) {
          const trained = trains.some(name => path === name || path.startsWith(`${name}.`));
          assert.deepEqual([frozen, maxChange > 0], [!trained, trained], path);
        }
      });
    }
  });

  it('unfreezes layers in the epoch that the recipe names, with the features of those that stay frozen or without', async () => {
    const squeezenet = JSON.stringify({
      ...{
        data: { folder: 'two' },
        model: 'squeezenet1_1',
        freeze: ['features'],
        scheduler: { type: 'none' },
      },
      unfreeze: [{ epoch: 1, freeze: Array.from({ length: 12 }, (_, i) => `features.${i}`), lr: 0.002 }],
    });
    const { events, out } = await train(squeezenet, ['epochs=3']);
    const cache = { memoryBytes: 0, pixelBytes: 0, diskBytes: 0 };
    const uncached = await train(squeezenet, ['epochs=3'], { cache });
    assert.deepEqual(losses(uncached.events), losses(events));
    const told = events.flatMap(event => {
      if (event.kind === 'phaseEnded' && event.phase === 'train')
        return [`epoch ${event.epoch} at ${event.lr}`];
      if (event.kind === 'unfrozen') return [`${event.trainable} from epoch ${event.epoch}`];
      if (event.kind === 'runStarted') return [`${event.trainable} to begin with`];
      return event.kind === 'note' && /^Features of/.test(event.message) ? ['features'] : [];
    });
    assert.deepEqual(told, [
      ...['1026 to begin with', 'features', 'epoch 0 at 0.01'],
      // The last Fire module: 512 to 64 channels, 64 to 256 by windows of 1 and of 3, and as many biases.
      ...['198210 from epoch 1', 'features', 'epoch 1 at 0.002', 'epoch 2 at 0.002'],
    ]);
    const trained = /^(features\.12|classifier)\./;
    const { weights } = (await readCheckpoint(out))!;
    const changed = [...(await readCheckpointFile(out, weights)).keys()];
    assert.deepEqual([changed.length, changed.every(key => trained.test(key))], [8, true]);
    // What was frozen in the best epoch.
    const { best } = (await readCheckpoint(out))!;
    const before = best!.epoch === 0 ? /^classifier\./ : trained;
    for (const { path, frozen, maxChange } of (await readLayerChanges(out))!) {
      const trains = before.test(`${path}.`);
      assert.deepEqual([frozen, maxChange > 0], [!trains, trains], path);
    }
  });

  it('gives the same numbers twice for the same seed, and others for another', async () => {
    const text = resnet(['conv1', 'bn1']);
    const [one, two, other] = [
      await train(text, ['epochs=2']),
      await train(text, ['epochs=2']),
      await train(text, ['epochs=2', 'seed=1']),
    ];
    assert.deepEqual(losses(one.events), losses(two.events));
    assert.notDeepEqual(losses(one.events), losses(other.events));
    const [first, second] = await Promise.all(
      [one, two].map(({ out }) => readFile(join(out, 'best.safetensors'))),
    );
    assert.equal(Buffer.compare(first!, second!), 0);
  });

  describe('with features of the frozen part kept', () => {
    const text = resnet(['conv1', 'bn1', 'relu', 'maxpool', 'layer1', 'layer2']);
    const nowhere = { memoryBytes: 0, pixelBytes: 0, diskBytes: 0 };
    const notes = (events: readonly TrainingEvent[]) =>
      events.flatMap(event => (event.kind === 'note' ? [event.message] : [])).join(' ');
    const computed = (events: readonly TrainingEvent[]) =>
      events.filter(event => event.kind === 'progress' && event.task.startsWith('Computing features')).length;
    const features = (workspace: string) => join(workspace, '.thaw', 'cache', 'features');

    for (const [augment, sampling] of [
      ['none', 'shuffle'],
      ['flip', 'weighted'],
      ['crop-flip', 'shuffle'],
    ] as const) {
      it(`gives the same numbers as with all computed in every epoch, with augment ${augment}`, async () => {
        const set = ['epochs=2', `augment=${augment}`, `sampling=${sampling}`, 'cachedViews=2'];
        const workspace = join(folder, `workspace-${augment}`);
        const kept = await train(text, set, { workspace });
        const again = await train(text, set, { workspace });
        const onDisk = await train(text, set, { workspace, cache: { memoryBytes: 0 } });
        const everyTime = await train(text, set, { workspace, cache: nowhere });
        assert.match(notes(kept.events), /computed once.* x 32\.8 KB = .* MB\./);
        assert.match(notes(onDisk.events), /, on the disk\./);
        assert.match(notes(everyTime.events), /computed in every epoch.*fit neither/);
        assert.ok(computed(kept.events) > 0);
        assert.equal(computed(again.events) + computed(onDisk.events), 0);
        for (const { events } of [again, onDisk, everyTime]) {
          assert.deepEqual(losses(events), losses(kept.events));
        }
      });
    }

    it('uses no file that is damaged, and replaces it', async () => {
      const workspace = join(folder, 'workspace-damaged');
      const first = await train(text, [], { workspace });
      const [name] = await readdir(features(workspace));
      const file = join(features(workspace), name!);
      const whole = await readFile(file);
      const damaged = Buffer.from(whole);
      damaged[whole.length - 1000]! ^= 1;
      await writeFile(file, damaged);
      const second = await train(text, [], { workspace });
      assert.ok(computed(second.events) > 0);
      assert.deepEqual(losses(second.events), losses(first.events));
      assert.equal(Buffer.compare(await readFile(file), whole), 0);
    });

    for (const [where, memoryBytes] of [
      ['in memory', undefined],
      ['on the disk', 0],
    ] as const) {
      it(`goes on where a run was stopped while it computed them, ${where}`, async () => {
        const undisturbed = await train(text, [], { workspace: join(folder, `workspace-whole-${where}`) });
        const workspace = join(folder, `workspace-stopped-${where}`);
        const cache = { memoryBytes };
        const controller = new AbortController();
        const doneOf = (event: TrainingEvent): number[] =>
          event.kind === 'progress' && event.task.startsWith('Computing features') ? [event.done] : [];
        const onEvent = (event: TrainingEvent): void => {
          if (doneOf(event)[0] === 16) controller.abort();
        };
        const { signal } = controller;
        const stopped = await train(text, [], { workspace, cache, signal, onEvent });
        assert.equal(stopped.events.flatMap(doneOf).at(-1), 16);
        assert.match((await readdir(features(workspace))).join(), /^[0-9a-f]{32}\.features\.left$/);
        const again = await train(text, [], { workspace, cache });
        assert.equal(again.events.flatMap(doneOf)[0], 16);
        assert.deepEqual(losses(again.events), losses(undisturbed.events));
        assert.match((await readdir(features(workspace))).join(), /^([0-9a-f]{32}\.features,?){3}$/);
      });
    }

    it('shares them between recipes with the same cut, and not with another precision', async () => {
      const workspace = join(folder, 'workspace-shared');
      await train(text, [], { workspace });
      const other = await train(text, ['optimizer.lr=0.02', 'epochs=2'], { workspace });
      assert.equal(computed(other.events), 0);
      const kept = (await readdir(features(workspace))).length;
      const bfloat16 = train(text, ['precision=bfloat16'], { workspace });
      const refusal = await refusalOfBfloat16();
      if (refusal !== undefined) return assert.rejects(bfloat16, new UserError(refusal));
      assert.ok(computed((await bfloat16).events) > 0);
      assert.equal((await readdir(features(workspace))).length, 2 * kept);
    });

    it('takes half the bytes in bfloat16, and gives nearly the same', async () => {
      const workspace = join(folder, 'workspace-short');
      const exact = await train(text, []);
      const short = await train(text, ['cachedPrecision=bfloat16'], { workspace });
      const onDisk = await train(text, ['cachedPrecision=bfloat16'], {
        workspace,
        cache: { memoryBytes: 0 },
      });
      assert.match(notes(exact.events), / x 32\.8 KB = /);
      assert.match(notes(short.events), / x 16\.4 KB = /);
      assert.equal(computed(onDisk.events), 0);
      assert.deepEqual(losses(onDisk.events), losses(short.events));
      assert.notDeepEqual(losses(short.events), losses(exact.events));
      losses(exact.events).forEach((loss, i) =>
        assert.ok(Math.abs(losses(short.events)[i]! - loss) < 0.03 * loss, `${loss}`),
      );
    });

    it('says why it keeps none', async () => {
      const crops = await train(text, ['augment=crop-flip']);
      assert.match(
        notes(crops.events),
        /"crop-flip" shows new crops each time; "cachedViews": 4 would keep 4/,
      );
      const mixed = await train(text, ['mixup={}']);
      assert.match(notes(mixed.events), /computed in every epoch: "mixup" mixes pictures/);
      const drawn = await train(text, ['augment=randaugment']);
      assert.match(notes(drawn.events), /"randaugment" shows new crops each time; "cachedViews": 4 would/);
      const moving = await train(text, ['frozenBatchNorm=train']);
      assert.match(notes(moving.events), /"frozenBatchNorm": "train" makes them differ/);
    });
  });

  it('holds as many tensors after each epoch as after the first', async () => {
    const counts: number[] = [];
    await train(resnet([]), ['epochs=4', 'optimizer={"type":"adamw"}'], {
      onEvent: event => {
        if (event.kind === 'phaseEnded') counts.push(tensorCount());
      },
    });
    // The best epoch is kept, so up to twice the weights; what counts is that nothing grows once all is there.
    const settled = counts.slice(2);
    const weights = 122 - 20;
    for (const count of settled) assert.ok(count <= counts[1]! + weights, counts.join(' '));
    assert.equal(new Set(settled).size <= 2, true, counts.join(' '));
    assert.equal(tensorCount(), 0);
  });

  it('says the accuracy that evaluating the run again gives', async () => {
    const { out, events } = await train(resnet([]), ['epochs=2']);
    const model = await TrainedModel.open(out);
    const found = await finish(evaluateRun(model, out, undefined, new AbortController().signal));
    model.dispose();
    assert.equal(found.accuracy, ending(events).bestAccuracy);
    assert.equal(found.samples, 8);
  });

  it('stops within a batch when it is asked to, and leaves a whole run folder', async () => {
    const controller = new AbortController();
    let batchesAfter = 0;
    const { events, out } = await train(resnet([]), ['epochs=50'], {
      signal: controller.signal,
      onEvent: event => {
        if (controller.signal.aborted && event.kind === 'batchEnded') batchesAfter++;
        if (event.kind === 'batchEnded' && event.epoch === 1) controller.abort();
      },
    });
    assert.equal(ending(events).status, 'cancelled');
    assert.equal(ending(events).bestEpoch, 0);
    assert.equal(batchesAfter, 0);
    assert.deepEqual((await readdir(out)).sort(), [
      'best.predictions.jsonl',
      'best.safetensors',
      'events.jsonl',
      'last',
      'layers.json',
      'recipe.json',
      'tensorboard',
    ]);
  });

  describe('refuses before it writes anything', () => {
    const refusals = [
      ['a layer that is not there', resnet(['layer9']), [], /freeze.*"layer9".*did you mean "layer1"/],
      ['a model that is not there', resnet([]), ['model=resnet19'], /"resnet19".*did you mean "resnet18"/],
      [
        'freezing everything',
        resnet([]),
        ['freeze=["conv1","bn1","layer1","layer2","layer3","layer4","fc"]'],
        /freeze: nothing is left/,
      ],
      [
        'fewer outputs than classes',
        resnet([]).replace('two', 'five'),
        ['classes=3'],
        /classes is 3.*5 classes.*a, b, c/,
      ],
      [
        'a weight of a class that is not there',
        resnet([]),
        ['classWeights={"rad":2}'],
        /classWeights: the data has no class "rad"; did you mean "red"\?/,
      ],
      [
        'weights of whole numbers',
        resnet([]),
        ['weights=whole.safetensors'],
        /conv1\.weight must hold float32/,
      ],
      ['weights that are not there', resnet([]), ['weights=gone.safetensors'], /gone\.safetensors/],
    ] as const;
    for (const [what, text, set, message] of refusals) {
      it(what, async () => {
        const next = join(folder, `run-${runs}`);
        await assert.rejects(train(text, set), { name: 'UserError', message });
        await assert.rejects(readdir(next), { code: 'ENOENT' });
      });
    }
  });

  it('ends as failed, with what to do, when the learning rate is far too large', async () => {
    const events: TrainingEvent[] = [];
    const training = train(resnet([]), ['optimizer.lr=1e30', 'epochs=3'], {
      onEvent: event => events.push(event),
    });
    await assert.rejects(training, { name: 'UserError', message: /learning rate/ });
    assert.equal(ending(events).status, 'failed');
    assert.match(ending(events).message!, /optimizer\.lr/);
  });
});

function bytes(data: Float32Array | BigInt64Array): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}
