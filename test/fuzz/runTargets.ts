import { join } from 'node:path';
import { PRINT_BYTES } from '../../src/core/dataset/imagePrint';
import { VerifiedFiles } from '../../src/core/dataset/verifiedFiles';
import { readBestEpoch } from '../../src/core/run/bestEpoch';
import { readCheckpoint } from '../../src/core/run/checkpoint';
import { isWorking, readLiveState, readStartRequest } from '../../src/core/run/liveState';
import { readRunSettings } from '../../src/core/run/runFolder';
import { runProgress } from '../../src/core/run/runProgress';
import { RunRecord } from '../../src/core/run/runRecord';
import type { Random } from '../../src/core/random';
import { FeatureFile, type FeatureDescription } from '../../src/core/training/featureFile';
import { UserError } from '../../src/core/userError';
import { comparisonHostChecks, type ComparisonHost } from '../../src/protocol/comparisonMessages';
import { EventText } from '../../src/protocol/eventText';
import { MessageChannel } from '../../src/protocol/messageChannel';
import { rendererHostChecks, type RendererHost } from '../../src/protocol/notebookOutput';
import {
  bestEpochHostChecks,
  plotsHostChecks,
  type BestEpochHost,
  type PlotsHost,
} from '../../src/protocol/pageMessages';
import { curvesOf, lastEpoch } from '../../webview/charts/curves';
import { epochTicks, valueScale, valueTicks } from '../../webview/charts/chartScales';
import { progressOf } from '../../webview/charts/progress';
import { toCsv } from '../../webview/plots/csv';
import { RunLog } from '../../webview/renderer/runLog';
import type { FuzzTarget } from './fuzzTarget';
import { mutateBytes, mutateJson, mutateText, pick, writeJson, type Json } from './mutate';

const EVENTS: readonly Json[] = [
  {
    ...{ kind: 'runStarted', name: 'ants', model: 'resnet18', classes: ['ant', 'bee'], train: 80, test: 20 },
    ...{ trainable: 10, parameters: 100, epochs: 4, engine: 'tensorflow', engineReason: 'it is there' },
    runFolder: '/runs/ants',
  },
  { kind: 'note', message: 'all is well' },
  { kind: 'imageSkipped', image: 'a.png', reason: 'it is empty' },
  { kind: 'phaseEnded', epoch: 0, phase: 'train', loss: 1, accuracy: 0.5, samples: 80, seconds: 2, lr: 0.1 },
  { kind: 'phaseEnded', epoch: 0, phase: 'test', loss: 1, accuracy: 0.5, samples: 20, seconds: 1 },
  { kind: 'bestEpoch', epoch: 0, accuracy: 0.5 },
  { kind: 'phaseEnded', epoch: 1, phase: 'train', loss: 0.5, accuracy: 0.7, samples: 80, seconds: 2 },
  { kind: 'runEnded', status: 'completed', bestEpoch: 0, bestAccuracy: 0.5, seconds: 4 },
];
const EVENT_NAMES = [
  'kind',
  'epoch',
  'phase',
  'loss',
  'accuracy',
  'status',
  'classes',
  'message',
  'total',
  'lr',
];

const SETTINGS: Json = {
  ...{ name: 'ants', data: { folder: '/data/ants' }, model: 'resnet18', epochs: 4, freeze: ['conv1'] },
  resolved: {
    classes: ['ant', 'bee'],
    preprocessing: { resize: 256, crop: 224, mean: [0.4, 0.4, 0.4], std: [0.2, 0.2, 0.2] },
    engine: { name: 'tensorflow', version: '2', device: 'CPU' },
    ...{ weights: { seed: 0 }, versions: { thaw: '0' }, started: '2026-01-01T00:00:00.000Z' },
  },
};
const PREDICTION: Json = {
  ...{ image: 'ant/a.png', file: '/data/ants/ant/a.png', label: 'ant', predicted: 'bee' },
  probabilities: [0.4, 0.6],
};
const LIVE: Json = {
  process: { pid: 1, place: 'elsewhere', started: 'x' },
  ...{ phase: 'running', heartbeat: 1e15 },
  latest: {
    ...{ kind: 'batchEnded', epoch: 1, phase: 'train', batch: 3, batches: 10, loss: 1, accuracy: 0.5 },
    imagesPerSecond: 20,
  },
};
const START: Json = {
  ...{ name: 'ants', recipeFile: '/a.thaw.json', recipe: '{}', version: '0', requested: 1 },
  cell: { name: 'a' },
};
const LAYERS: Json = { layers: [{ path: 'conv1', frozen: true, parameters: 9, maxChange: 0 }] };
const NO_BYTES = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const CHECKPOINT: Json = {
  ...{ version: 1, steps: 2, seconds: 3 },
  position: { epoch: 0, batch: 2, lossSum: 1, correct: 2, samples: 4, seconds: 1 },
  weights: { file: 'weights-2.safetensors', bytes: 0, sha256: NO_BYTES },
  optimizer: { file: 'optimizer-2.safetensors', bytes: 0, sha256: NO_BYTES },
};
const NAMES = [
  ...EVENT_NAMES,
  'resolved',
  'preprocessing',
  'probabilities',
  'label',
  'process',
  'pid',
  'layers',
];

function lines(values: readonly Json[], random: Random): string {
  const changed = values.map(value => (random.integer(4) === 0 ? mutateJson(value, random, NAMES) : value));
  if (random.integer(6) === 0) changed.push(...changed, ...changed);
  const text = changed.map(value => `${writeJson(value)}\n`).join('');
  return random.integer(5) === 0 ? mutateText(text, random, ['\n', '{', '}', '"', '1e999']) : text;
}

function document(value: Json, random: Random): string {
  return writeJson(random.integer(3) === 0 ? mutateJson(value, random, NAMES) : value);
}

const runFolder: FuzzTarget = {
  name: 'run-folder',
  input: random => ({
    files: {
      'run/events.jsonl': lines(EVENTS, random),
      'run/recipe.json': document(SETTINGS, random),
      'run/best.predictions.jsonl': lines([PREDICTION, PREDICTION], random),
      'run/live.json': document(LIVE, random),
      'run/start.json': document(START, random),
      'run/layers.json': document(LAYERS, random),
      'run/last/checkpoint.json': document(CHECKPOINT, random),
      'run/last/weights-2.safetensors': '',
      'run/last/optimizer-2.safetensors': '',
    },
    read: async place => {
      const folder = join(place, 'run');
      const live = readLiveState(folder);
      if (live) isWorking(live);
      readStartRequest(folder);
      const record = new RunRecord(folder);
      await record.refresh();
      show(record);
      await readCheckpoint(folder).catch((error: unknown) => {
        if (!(error instanceof UserError)) throw error;
      });
      await readRunSettings(folder);
      await readBestEpoch(folder);
    },
  }),
};

/** What the terminal, the plots and the table make of a run. */
function show(record: RunRecord): void {
  const { folder, name, status, isStopping, time, events, latest } = record;
  const text = new EventText();
  for (const event of events) text.lines(event);
  new RunLog(events);
  runProgress(events, latest?.kind === 'batchEnded' ? latest : undefined);
  const all = latest ? [...events, latest] : events;
  const curves = curvesOf({ folder, name, status, isStopping, time, events: all });
  progressOf(curves);
  toCsv([curves]);
  epochTicks(lastEpoch(curves), 8);
  const values = curves.points.flatMap(({ train, test }) => [train?.loss ?? NaN, test?.loss ?? NaN]);
  for (const log of [false, true])
    valueTicks(valueScale({ values, log, floor: undefined, ceiling: undefined, range: [0, 100] }), 5);
}

const FEATURES: FeatureDescription = { key: 'k', shapes: [[2, 2], [3]], pictures: 4, precision: 'float32' };

const cacheFiles: FuzzTarget = {
  name: 'cache-files',
  refusesNothing: true,
  input: random => {
    const head = Buffer.from(`thaw features 1\n${JSON.stringify(FEATURES)}\n`);
    const features = Buffer.concat([head, Buffer.alloc(4 * (7 * 4 + 4), random.integer(256))]);
    const print = Buffer.alloc(PRINT_BYTES, random.integer(256)).toString('base64');
    const verified: Json = { version: 2, files: [['/a.png', [1, 2, '', print]]] };
    return {
      files: {
        'a.features': mutateBytes(features, random),
        'v.json': writeJson(mutateJson(verified, random, ['files', 'version'])),
      },
      read: async folder => {
        const file = join(folder, 'a.features');
        const opened = await FeatureFile.open(file, FEATURES, new AbortController().signal);
        await opened?.close();
        (await VerifiedFiles.read(join(folder, 'v.json'))).get('/a.png', { size: 1, mtimeMs: 2 });
      },
    };
  },
};

const MESSAGES: readonly Json[] = [
  { request: 'hydrate', id: 1 },
  { request: 'save', params: { format: 'csv', name: 'a', content: 'b' }, id: 2 },
  { request: 'openBestEpoch', params: '/runs/a' },
  { request: 'pictures', params: { cell: { label: 0, predicted: 1 }, from: 0 }, id: 3 },
  { request: 'openPicture', params: { folder: 'a', index: 0 }, id: 4 },
  { request: 'compareRuns', params: ['a', 'b'], id: 5 },
  { request: 'pair', params: { first: 'a', second: 'b' }, id: 7 },
  {
    request: 'pictures',
    params: { runs: { first: 'a', second: 'b' }, which: { label: 0, predicted: 1 }, from: 0 },
    id: 8,
  },
  { request: 'resume', params: 'a', id: 6 },
  { id: 0, reply: 'x' },
  { id: 0, error: 'x' },
];
const MESSAGE_NAMES = [
  'request',
  'params',
  'id',
  'reply',
  'error',
  'format',
  'cell',
  'from',
  'index',
  'folder',
  'runs',
  'which',
];

/** Messages of a page that somebody else has taken over. */
const messages: FuzzTarget = {
  name: 'messages',
  refusesNothing: true,
  input: random => ({
    files: {},
    read: async () => {
      const text = writeJson(mutateJson(pick(random, MESSAGES), random, MESSAGE_NAMES));
      const message = parse(text);
      const refuse = (): never => {
        throw new UserError('no');
      };
      const send = (): void => undefined;
      const own = { send, onError: send };
      const nothing = { hydrate: refuse, openBestEpoch: refuse, showPlots: refuse, openPicture: refuse };
      const explain = { explain: refuse };
      const more = {
        ...{ save: refuse, startFineTune: refuse, newRecipe: refuse },
        ...{ revealFolder: refuse, exportRun: refuse },
      };
      const plots = { ...nothing, ...more };
      await new MessageChannel<PlotsHost, object>({
        ...own,
        handlers: plots,
        checks: plotsHostChecks,
      }).receive(message);
      const best = {
        ...nothing,
        ...more,
        ...explain,
        pictures: refuse,
        openRecipe: refuse,
        correct: refuse,
        undoCorrection: refuse,
        tryPicture: refuse,
      };
      await new MessageChannel<BestEpochHost, object>({
        ...own,
        handlers: best,
        checks: bestEpochHostChecks,
      }).receive(message);
      const renderer = {
        ...nothing,
        ...more,
        ...explain,
        language: refuse,
        stop: refuse,
        resume: refuse,
        compareRuns: refuse,
      };
      await new MessageChannel<RendererHost, object>({
        ...own,
        handlers: renderer,
        checks: rendererHostChecks,
      }).receive(message);
      const report = { copyReport: refuse, saveReport: refuse };
      await new MessageChannel<ComparisonHost, object>({
        ...own,
        handlers: { ...nothing, pictures: refuse, pair: refuse, ...report },
        checks: comparisonHostChecks,
      }).receive(message);
    },
  }),
};

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export const runTargets: readonly FuzzTarget[] = [runFolder, cacheFiles, messages];
