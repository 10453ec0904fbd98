import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFileSync, cpSync, rmSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrainingEvent } from '../../../src/protocol/trainingEvent';
import { tensorCount } from '../../../src/core/engine/network';
import { UserError } from '../../../src/core/userError';
import { refusalOfBfloat16 } from '../engine/bfloat16';
import { findModel } from '../../../src/core/model/catalog';
import { replaceHead } from '../../../src/core/model/replaceHead';
import { parseRecipe } from '../../../src/core/recipe/parseRecipe';
import { readCheckpoint } from '../../../src/core/run/checkpoint';
import { readEvents } from '../../../src/core/run/eventLog';
import { writeLiveState } from '../../../src/core/run/liveState';
import { identityOf } from '../../../src/core/run/processIdentity';
import { fineTune } from '../../../src/core/training/fineTune';
import { resumeRun } from '../../../src/core/training/resumeRun';
import { initialWeights } from '../../../src/core/weights/initialWeights';
import { writeSafetensors } from '../../../src/core/weights/safetensors';
import { tinyPictures } from './tinyPictures';

describe('a resumed run', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'thaw-resume-'));
    await tinyPictures(join(folder, 'two'), ['blue', 'red'], 20);
    const weights = initialWeights(replaceHead(findModel('squeezenet1_1'), 2), 7);
    await writeSafetensors(join(folder, 'start.safetensors'), weights);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const defaults = {
    ...{ data: { folder: 'two' }, model: 'squeezenet1_1', weights: 'start.safetensors' },
    ...{ imageSize: 64, batchSize: 8, epochs: 3, optimizer: { lr: 0.003 } },
  };
  let runs = 0;

  interface Training {
    /** Called with each event as it comes. */
    readonly onEvent?: (event: TrainingEvent, run: string, stop: () => void) => void;
    readonly saveEveryMs?: number;
  }

  async function train(fields: object, training: Training = {}): Promise<string> {
    const out = join(folder, `run-${runs++}`);
    const recipe = parseRecipe(JSON.stringify({ ...defaults, ...fields }), { folder });
    const controller = new AbortController();
    const { signal } = controller;
    for await (const event of fineTune(recipe, {
      workspace: folder,
      out,
      version: '0',
      signal,
      ...training,
    })) {
      training.onEvent?.(event, out, () => controller.abort());
    }
    return out;
  }

  async function resume(run: string, { onEvent }: Training = {}): Promise<readonly TrainingEvent[]> {
    const events: TrainingEvent[] = [];
    const controller = new AbortController();
    for await (const event of resumeRun(run, { signal: controller.signal })) {
      events.push(event);
      onEvent?.(event, run, () => controller.abort());
    }
    return events;
  }

  /** A run folder as a process leaves it that is killed at this moment. */
  function crashed(run: string): string {
    const copy = join(folder, `crashed-${runs++}`);
    cpSync(run, copy, { recursive: true });
    rmSync(join(copy, 'live.json'));
    return copy;
  }

  const isBatch = (event: TrainingEvent, epoch: number, phase: string): boolean =>
    event.kind === 'batchEnded' && event.epoch === epoch && event.phase === phase;

  function endOf(events: readonly TrainingEvent[]) {
    const last = events.at(-1)!;
    assert.ok(last.kind === 'runEnded');
    return last;
  }

  /** All that a run comes to; times apart. */
  async function result(run: string) {
    const { position, steps, weights, optimizer, best } = (await readCheckpoint(run))!;
    const events = await readEvents(join(run, 'events.jsonl'));
    return {
      numbers: events
        .filter(({ kind }) => ['unfrozen', 'phaseEnded', 'bestEpoch', 'runEnded'].includes(kind))
        .map(event => ({ ...event, seconds: 0 })),
      best: digest(await readFile(join(run, 'best.safetensors'))),
      predictions: await readFile(join(run, 'best.predictions.jsonl'), 'utf8'),
      layers: await readFile(join(run, 'layers.json'), 'utf8'),
      last: { position, steps, weights, optimizer, best },
    };
  }

  describe('comes bit for bit to what it would have come to, interrupted in an epoch, between two and by a stop', () => {
    const head = ['features'];
    const FIRST_LAYERS = Array.from({ length: 12 }, (_, i) => `features.${i}`);
    const cases: readonly (readonly [what: string, fields: object])[] = [
      [
        'SGD with momentum, dropout, step scheduler',
        { scheduler: { type: 'step', stepSize: 1, gamma: 0.5 } },
      ],
      [
        'SGD without momentum, no scheduler',
        { optimizer: { lr: 0.003, momentum: 0 }, scheduler: { type: 'none' } },
      ],
      ['Adam, cosine scheduler', { optimizer: { type: 'adam', lr: 0.0003 }, scheduler: { type: 'cosine' } }],
      [
        'warm-up, early stopping',
        {
          scheduler: { type: 'cosine', warmupEpochs: 2 },
          earlyStopping: { patience: 2, minDelta: 0.5 },
          epochs: 5,
        },
      ],
      [
        'parameter groups, averages',
        {
          averaging: { type: 'ema', decay: 0.8 },
          optimizer: { type: 'adam', lr: 0.0003, groups: [{ modules: ['classifier'], lr: 0.002 }] },
        },
      ],
      ['mixup, crops with random operations', { mixup: {}, augment: 'randaugment', freeze: head }],
      [
        'random operations on two crops that are kept',
        { augment: 'randaugment', cachedViews: 2, freeze: head },
      ],
      ['AdamW', { optimizer: { type: 'adamw', lr: 0.0003 } }],
      [
        'label smoothing, class weights, weighted sampling',
        { labelSmoothing: 0.1, classWeights: { red: 2 }, sampling: 'weighted', freeze: head },
      ],
      ['weights that are drawn', { weights: 'none', augment: 'crop-flip' }],
      ['features kept of both ways round', { freeze: head, optimizer: { type: 'adam', lr: 0.01 } }],
      ['features kept of two crops', { freeze: head, augment: 'crop-flip', cachedViews: 2 }],
      [
        'gradual unfreezing, in two stages',
        {
          ...{ freeze: head, optimizer: { type: 'adam', lr: 0.003 }, averaging: { decay: 0.8 } },
          unfreeze: [
            { epoch: 1, freeze: FIRST_LAYERS, lr: 0.001 },
            { epoch: 2, freeze: [] },
          ],
        },
      ],
      ['batch norm that learns', { model: 'mobilenet_v2', weights: 'none', imageSize: 32 }],
      [
        'frozen batch norm in training',
        {
          ...{ model: 'mobilenet_v2', weights: 'none', imageSize: 32 },
          ...{ freeze: ['features'], frozenBatchNorm: 'train' },
        },
      ],
    ];
    it('AdamW, bfloat16', async () => {
      const fields = { optimizer: { type: 'adamw', lr: 0.0003 }, precision: 'bfloat16' };
      const refusal = await refusalOfBfloat16();
      if (refusal === undefined) await staysTheSame(fields);
      else await assert.rejects(train(fields), new UserError(refusal));
    });
    for (const [what, fields] of cases) it(what, () => staysTheSame(fields));

    async function staysTheSame(fields: object): Promise<void> {
      let between: string | undefined;
      const whole = await train(fields, {
        onEvent: (event, run) => {
          if (isBatch(event, 1, 'train')) between ??= crashed(run);
        },
      });
      let within: string | undefined;
      const stopped = await train(fields, {
        saveEveryMs: 0,
        onEvent: (event, run, stop) => {
          if (isBatch(event, 0, 'train')) within ??= crashed(run);
          if (isBatch(event, 1, 'train')) stop();
        },
      });
      const expected = await result(whole);
      for (const [run, epoch, batch] of [
        [between!, 1, 0],
        [within!, 0, 1],
        [stopped, 1, 1],
      ] as const) {
        const { position } = (await readCheckpoint(run))!;
        assert.deepEqual([position.epoch, position.batch], [epoch, batch]);
        await resume(run);
        assert.deepEqual(await result(run), expected);
      }
      assert.equal(tensorCount(), 0);
    }
  });

  it('is the same after many interruptions, also in a test phase and before the first checkpoint', async () => {
    const expected = await result(await train({}));
    let early: string | undefined;
    const run = await train(
      {},
      {
        onEvent: (event, run, stop) => {
          if (event.kind === 'runStarted') early ??= crashed(run);
          if (isBatch(event, 0, 'test')) stop();
        },
      },
    );
    assert.equal((await readCheckpoint(run))!.position.batch, 4);
    await resume(run, { onEvent: (event, _, stop) => isBatch(event, 1, 'test') && stop() });
    await resume(run, { onEvent: (event, _, stop) => event.kind === 'runResumed' && stop() });
    await resume(run, { onEvent: (event, _, stop) => isBatch(event, 2, 'train') && stop() });
    await resume(run);
    assert.deepEqual(await result(run), expected);
    assert.equal(await readCheckpoint(early!), undefined);
    await resume(early!);
    assert.deepEqual(await result(early!), expected);
  });

  it('tells where it goes on, and adds up the time', async () => {
    const run = await train({}, { onEvent: (event, _, stop) => isBatch(event, 1, 'train') && stop() });
    const before = endOf(await readEvents(join(run, 'events.jsonl')));
    const events = await resume(run);
    const resumed = events.find(({ kind }) => kind === 'runResumed')!;
    assert.deepEqual(
      { ...resumed, engine: '', engineReason: '' },
      { kind: 'runResumed', epoch: 1, batch: 1, epochs: 3, engine: '', engineReason: '', runFolder: run },
    );
    assert.ok(endOf(events).seconds > before.seconds);
    const log = await readEvents(join(run, 'events.jsonl'));
    assert.deepEqual(
      log.map(({ kind }) => kind).filter(kind => kind !== 'bestEpoch'),
      [
        ...['runStarted', 'phaseEnded', 'phaseEnded', 'runResumed'],
        ...['phaseEnded', 'phaseEnded', 'phaseEnded', 'phaseEnded', 'runEnded'],
      ],
    );
  });

  it('reads its log on after half a line', async () => {
    const run = await train({}, { onEvent: (event, _, stop) => isBatch(event, 1, 'train') && stop() });
    appendFileSync(join(run, 'events.jsonl'), '{"kind":"phaseEn');
    await resume(run);
    const log = await readEvents(join(run, 'events.jsonl'));
    assert.deepEqual(
      log.flatMap(event => (event.kind === 'phaseEnded' ? [`${event.epoch} ${event.phase}`] : [])),
      ['0 train', '0 test', '1 train', '1 test', '2 train', '2 test'],
    );
  });

  it('writes of the weights what trains', async () => {
    const run = await train({ freeze: ['features'], epochs: 1 });
    const { weights, optimizer } = (await readCheckpoint(run))!;
    assert.deepEqual((await readdir(join(run, 'last'))).sort(), [
      'checkpoint.json',
      'optimizer-4.safetensors',
      'weights-4.safetensors',
    ]);
    const values = 4 * (512 * 2 + 2);
    assert.ok(weights.bytes > values && weights.bytes < values + 400, `${weights.bytes}`);
    assert.ok(optimizer.bytes > values && optimizer.bytes < values + 400, `${optimizer.bytes}`);
  });

  it('goes on without its best epoch when the files of that are gone, and says so', async () => {
    const run = await train({}, { onEvent: (event, _, stop) => isBatch(event, 1, 'train') && stop() });
    await rm(join(run, 'best.predictions.jsonl'));
    const events = await resume(run);
    const notes = events.flatMap(event => (event.kind === 'note' ? [event.message] : []));
    assert.match(notes.join(' '), /best epoch, 0, are gone or damaged/);
    assert.equal((await readCheckpoint(run))!.best!.epoch >= 1, true);
  });

  describe('is refused, and left as it was,', () => {
    const stopped = () => train({}, { onEvent: (event, _, stop) => isBatch(event, 1, 'train') && stop() });

    async function refuses(run: string, message: RegExp): Promise<void> {
      const before = await contentOf(run);
      await assert.rejects(resume(run), { name: 'UserError', message });
      assert.deepEqual(await contentOf(run), before);
    }

    it('when it is complete', async () =>
      refuses(await train({ epochs: 1 }), /is complete.*best\.safetensors/));

    it('while a process works on it', async () => {
      const run = await stopped();
      writeLiveState(run, { process: identityOf(), phase: 'running', heartbeat: Date.now() });
      await refuses(run, new RegExp(`is being trained by process ${process.pid}`));
    });

    it('when it is no run folder', () =>
      assert.rejects(resume(join(folder, 'two')), { message: /is not a run folder/ }));

    it('when images came, went or were replaced', async () => {
      const data = join(folder, 'three');
      await cp(join(folder, 'two'), data, { recursive: true });
      const fields = { data: { folder: 'three' } };
      const run = await train(fields, { onEvent: (event, _, stop) => isBatch(event, 1, 'train') && stop() });
      const picture = join(data, 'blue', '00.png');
      await cp(picture, join(data, 'blue', 'new.png'));
      await refuses(
        run,
        /images have changed.*there were 32 for training and 8 for testing, now.*\(1 more\)/,
      );
      await rm(join(data, 'blue', 'new.png'));
      await cp(join(data, 'red', '01.png'), picture);
      await refuses(run, /as many as there were, but some are renamed, replaced/);
      await rm(picture);
      await refuses(run, /\(1 fewer\)\. Put them back as they were, or train the recipe anew/);
      await cp(join(folder, 'two', 'blue', '00.png'), picture);
      assert.equal((await resume(run)).at(-1)!.kind, 'runEnded');
    });

    it('when the weights that it began with are others, or gone', async () => {
      const weights = join(folder, 'mine.safetensors');
      await cp(join(folder, 'start.safetensors'), weights);
      const run = await train(
        { weights: 'mine.safetensors' },
        { onEvent: (event, _, stop) => isBatch(event, 1, 'train') && stop() },
      );
      await writeSafetensors(weights, initialWeights(replaceHead(findModel('squeezenet1_1'), 2), 8));
      await refuses(run, /weights: .*mine\.safetensors has changed since the run/);
      await rm(weights);
      await refuses(run, /weights: there is no file .*mine\.safetensors/);
    });

    for (const name of ['checkpoint.json', 'weights-5.safetensors', 'optimizer-5.safetensors']) {
      it(`when last/${name} is damaged`, async () => {
        const run = await stopped();
        const file = join(run, 'last', name);
        const bytes = await readFile(file);
        for (const length of [0, 1, bytes.length >> 1, bytes.length - 2]) {
          await writeFile(file, bytes);
          await truncate(file, length);
          await refuses(run, new RegExp(`last/${name} is damaged, so the run cannot go on`));
        }
        bytes[bytes.length - 3]! ^= 1;
        await writeFile(file, bytes);
        if (name !== 'checkpoint.json') await refuses(run, /is damaged/);
      });
    }

    it('when it has a best epoch and does not say where it was', async () => {
      const run = await stopped();
      await rm(join(run, 'last'), { recursive: true });
      await refuses(run, /does not say where the run was: it has no last\/checkpoint\.json/);
    });
  });

  function digest(bytes: Buffer): string {
    return createHash('sha256').update(bytes).digest('hex');
  }

  async function contentOf(run: string): Promise<readonly (readonly [string, string])[]> {
    const names = (await readdir(run, { recursive: true, withFileTypes: true })).filter(each =>
      each.isFile(),
    );
    const files = names.map(({ parentPath, name }) => join(parentPath, name)).sort();
    return Promise.all(files.map(async file => [file, digest(await readFile(file))] as const));
  }
});
