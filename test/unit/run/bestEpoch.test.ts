import { strict as assert } from 'node:assert';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mistakes, readBestEpoch } from '../../../src/core/run/bestEpoch';
import { writeLayerChanges } from '../../../src/core/run/layerChanges';

const recipe = {
  name: 'insects',
  model: 'resnet18',
  data: { folder: '/data' },
  freeze: ['conv1'],
  epochs: 3,
  resolved: {
    classes: ['ants', 'bees'],
    preprocessing: { resize: 256, crop: 224, mean: [0, 0, 0], std: [1, 1, 1] },
  },
};

const predictions = [
  { image: 'a.jpg', file: '/data/a.jpg', label: 'ants', predicted: 'ants', probabilities: [0.5, 0.5] },
  { image: 'b.jpg', file: '/data/b.jpg', label: 'bees', predicted: 'ants', probabilities: [0.75, 0.25] },
  { image: 'c.jpg', file: '/data/c.jpg', label: 'ants', predicted: 'bees', probabilities: [0.125, 0.875] },
  { image: 'd.jpg', file: '/data/d.jpg', label: 'bees', predicted: 'bees', probabilities: [0.5, 0.5] },
];

const events = [
  { kind: 'bestEpoch', epoch: 0, accuracy: 0.25 },
  { kind: 'bestEpoch', epoch: 1, accuracy: 0.5 },
];

const lines = (values: readonly unknown[]): string =>
  values.map(value => `${JSON.stringify(value)}\n`).join('');

describe('the best epoch of a run folder', () => {
  let root = '';
  let count = 0;
  before(async () => (root = await mkdtemp(join(tmpdir(), 'thaw-test-'))));
  after(() => rm(root, { recursive: true, force: true }));

  const sound: Readonly<Record<string, string | undefined>> = {
    'recipe.json': JSON.stringify(recipe),
    'events.jsonl': lines(events),
    'best.predictions.jsonl': lines(predictions),
  };

  /** A run folder with other files than a sound one has; undefined: without that file. */
  async function runFolder(files: Readonly<Record<string, string | undefined>> = {}): Promise<string> {
    const folder = join(root, String(count++));
    await mkdir(folder);
    for (const [name, text] of Object.entries({ ...sound, ...files })) {
      if (text !== undefined) await writeFile(join(folder, name), text);
    }
    return folder;
  }

  it('has its accuracy, its loss and its pictures', async () => {
    const { epoch, loss, metrics, pictures, layers } = await readBestEpoch(await runFolder());
    assert.equal(epoch, 1);
    assert.equal(loss, -Math.log(0.5 * 0.25 * 0.125 * 0.5) / 4);
    assert.equal(metrics.accuracy, 0.5);
    assert.deepEqual(metrics.matrix, [
      [1, 1],
      [1, 1],
    ]);
    assert.deepEqual(pictures[1], {
      ...{ image: 'b.jpg', file: '/data/b.jpg', label: 1, predicted: 0, probabilities: [0.75, 0.25] },
    });
    assert.equal(layers, undefined);
  });

  it('tells the most confident mistakes first', async () => {
    const { pictures } = await readBestEpoch(await runFolder());
    assert.deepEqual(mistakes(pictures), [2, 1]);
  });

  it('is the epoch whose predictions are there, when the events are ahead of them', async () => {
    const ahead = lines([...events, { kind: 'bestEpoch', epoch: 2, accuracy: 0.75 }]);
    assert.equal((await readBestEpoch(await runFolder({ 'events.jsonl': ahead }))).epoch, 1);
  });

  it('is told apart from epochs of the same accuracy by its loss', async () => {
    const loss = -Math.log(0.5 * 0.25 * 0.125 * 0.5) / 4;
    const tested = (epoch: number, of: number): object[] => [
      { kind: 'phaseEnded', phase: 'test', epoch, loss: of, accuracy: 0.5, samples: 4, seconds: 1 },
      { kind: 'bestEpoch', epoch, accuracy: 0.5 },
    ];
    const alike = lines([...tested(0, loss + 0.3), ...tested(1, loss + 0.001), ...tested(2, loss - 0.2)]);
    assert.equal((await readBestEpoch(await runFolder({ 'events.jsonl': alike }))).epoch, 1);
  });

  it('can be looked at without the events', async () => {
    const { epoch, metrics } = await readBestEpoch(await runFolder({ 'events.jsonl': undefined }));
    assert.deepEqual([epoch, metrics.samples], [undefined, 4]);
  });

  it('knows how far the layers moved, where the run wrote it', async () => {
    const folder = await runFolder();
    const layers = [
      { path: 'conv1', frozen: true, parameters: 9408, maxChange: 0 },
      { path: 'fc', frozen: false, parameters: 1026, maxChange: 0.0421 },
    ];
    await writeLayerChanges(folder, layers);
    assert.deepEqual((await readBestEpoch(folder)).layers, layers);
  });

  const wrongs: readonly (readonly [string, Readonly<Record<string, string | undefined>>, RegExp])[] = [
    ['no recipe', { 'recipe.json': undefined }, /is not a run folder: it has no recipe\.json/],
    ['half a recipe', { 'recipe.json': '{"name":' }, /recipe\.json is damaged/],
    ['no predictions', { 'best.predictions.jsonl': undefined }, /^This run has no best epoch yet/],
    ['empty predictions', { 'best.predictions.jsonl': '' }, /is empty/],
    [
      'half a line',
      { 'best.predictions.jsonl': `${lines(predictions)}{"image":"e` },
      /is damaged in line 5\./,
    ],
    [
      'a class the run does not know',
      { 'best.predictions.jsonl': lines([{ ...predictions[0], label: 'moths' }]) },
      /does not fit the run's classes in line 1\./,
    ],
    [
      'a probability too few',
      { 'best.predictions.jsonl': lines([predictions[0], { ...predictions[1], probabilities: [1] }]) },
      /does not fit the run's classes in line 2\./,
    ],
    [
      'probabilities that are no numbers',
      { 'best.predictions.jsonl': lines([{ ...predictions[0], probabilities: ['1', null] }]) },
      /is damaged in line 1\./,
    ],
    ['half a list of layers', { 'layers.json': '{"layers":[{"path":"conv1"' }, /layers\.json is damaged/],
    ['odd layers', { 'layers.json': '{"layers":[{"path":"conv1"}]}' }, /layers\.json is damaged/],
  ];
  for (const [what, files, message] of wrongs) {
    it(`is refused in a sentence where there is ${what}`, async () => {
      await assert.rejects(readBestEpoch(await runFolder(files)), { name: 'UserError', message });
    });
  }
});
