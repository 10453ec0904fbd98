import assert from 'node:assert/strict';
import { mkdir, mkdtemp, open, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { TrainingEvent } from '../../../src/protocol/trainingEvent';
import { tinyPictures } from '../training/tinyPictures';
import { eventsIn, quickRecipe as quick, startThaw, thaw } from './runThaw';

const checkpoints = join(__dirname, '../../fixtures/checkpoints');

describe('thaw train', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'thaw-train-'));
    await tinyPictures(join(folder, 'two'), ['blue', 'red'], 20);
    await tinyPictures(join(folder, 'one'), ['blue'], 3);
    await tinyPictures(join(folder, 'few'), ['blue', 'red'], 4);
    await mkdir(join(folder, 'few', 'empty'));
    const picture = await open(join(folder, 'few', 'red', '00.png'), 'r+');
    await picture.truncate(2000);
    await picture.close();
    await writeFile(join(folder, 'few', 'blue', 'note.jpg'), 'no picture');
    await mkdir(join(folder, 'nothing'));
    await mkdir(join(folder, 'phases', 'tests', 'red'), { recursive: true });
    await tinyPictures(join(folder, 'phases', 'Train'), ['blue', 'red'], 1);
    await writeFile(join(folder, 'hostile.pth'), hostilePickle());
    await writeFile(
      join(folder, 'short.pth'),
      (await readFile(join(checkpoints, 'checkpoint.pth'))).subarray(0, 3000),
    );
  });
  after(() => rm(folder, { recursive: true, force: true }));

  let recipes = 0;
  async function recipe(content: object | string): Promise<string> {
    const file = join(folder, `recipe-${recipes++}.thaw.json`);
    await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
    return file;
  }
  const one = <Kind extends TrainingEvent['kind']>(all: readonly TrainingEvent[], kind: Kind) =>
    all.find((event): event is Extract<TrainingEvent, { kind: Kind }> => event.kind === kind)!;

  it('prints the log of the tutorial and where the run is', async () => {
    const out = join(folder, 'log');
    const { code, stdout } = await thaw(['train', await recipe(quick), '--out', out]);
    assert.equal(code, 0);
    assert.match(
      stdout,
      /\nEpoch 1\/1\n-{10}\ntrain Loss: \d\.\d{4} Acc: [01]\.\d{4}\ntest Loss: \d\.\d{4} Acc: [01]\.\d{4}\n/,
    );
    assert.match(stdout, /\nBest test Acc: [01]\.\d{6} \(epoch [01]\)\n/);
    const run = relative('', out);
    assert.ok(
      stdout.endsWith(`Run folder: ${out}\nNext: thaw report ${run}, or thaw predict ${run} IMAGE...\n`),
    );
  });

  it('trains on the built-in engine where TensorFlow is not installed, and says so', async () => {
    const out = join(folder, 'built-in');
    const args = ['train', await recipe(quick), '--json', '--out', out];
    const { code, stdout, stderr } = await thaw(args, {
      ...{ THAW_CACHE: join(folder, 'no-engine'), VK_ICD_FILENAMES: join(folder, 'no-gpu.json') },
    });
    assert.deepEqual([code, stderr], [0, '']);
    const { engine, engineReason } = one(eventsIn(stdout), 'runStarted');
    assert.match(engine, /^wasm \d/);
    assert.match(
      engineReason,
      /^the built-in engine; TensorFlow is not installed; no GPU has a driver for .*; it uses the CPU$/,
    );
    const settings = JSON.parse(await readFile(join(out, 'recipe.json'), 'utf8')) as {
      resolved: { engine: { reason: string } };
    };
    assert.equal(settings.resolved.engine.reason, engineReason);
  });

  it('says with --json what happens, an event a line, and changes what --set says', async () => {
    const file = await recipe(quick);
    const out = join(folder, 'json');
    const args = ['train', file, '--json', '--out', out, '--engine', 'tensorflow'];
    const { code, stdout } = await thaw([...args, '--set', 'epochs=1', '--set', 'freeze=["features"]']);
    assert.equal(code, 0);
    const all = eventsIn(stdout);
    const start = one(all, 'runStarted');
    assert.deepEqual(
      [start.classes, start.train, start.test, start.runFolder],
      [['blue', 'red'], 32, 8, out],
    );
    assert.deepEqual([start.trainable, start.parameters], [1026, 723522]);
    const phases = all.flatMap(event => (event.kind === 'phaseEnded' ? [event] : []));
    assert.deepEqual(
      phases.map(({ epoch, phase, samples }) => [epoch, phase, samples]),
      [
        [0, 'train', 32],
        [0, 'test', 8],
      ],
    );
    const end = one(all, 'runEnded');
    assert.deepEqual([end.status, end.bestEpoch], ['completed', 0]);
    assert.equal(end.bestAccuracy, phases[1]!.accuracy);
    assert.equal(one(all, 'bestEpoch').accuracy, phases[1]!.accuracy);
    const kept = eventsIn(await readFile(join(out, 'events.jsonl'), 'utf8'));
    assert.deepEqual(
      kept,
      all.filter(event => event.kind !== 'progress' && event.kind !== 'batchEnded'),
    );
  });

  it('stops at Ctrl-C with exit code 130, a cancelled run and its best epoch so far', async () => {
    const out = join(folder, 'stopped');
    const args = ['train', await recipe(quick), '--json', '--out', out, '--set', 'epochs=1000'];
    const { child, ended } = startThaw(args);
    let said = '';
    child.stdout!.on('data', text => {
      const before = said.includes('"bestEpoch"');
      said += String(text);
      if (!before && said.includes('"bestEpoch"')) child.kill('SIGINT');
    });
    const { code, stdout } = await ended;
    assert.equal(code, 130);
    const end = one(eventsIn(stdout), 'runEnded');
    assert.equal(end.status, 'cancelled');
    assert.ok(end.bestEpoch >= 0);
    const files = await readdir(out);
    for (const file of ['best.predictions.jsonl', 'best.safetensors', 'recipe.json'])
      assert.ok(files.includes(file));
    const evaluated = await thaw(['evaluate', out, '--json']);
    const { accuracy } = JSON.parse(evaluated.stdout) as { accuracy: number };
    assert.equal(accuracy, end.bestAccuracy);
  });

  it("trains a run's own recipe.json again", async () => {
    const [out, again] = [join(folder, 'first'), join(folder, 'again')];
    await thaw(['train', await recipe(quick), '--out', out]);
    const { code } = await thaw(['train', join(out, 'recipe.json'), '--out', again]);
    assert.equal(code, 0);
    const weights = await Promise.all([out, again].map(run => readFile(join(run, 'best.safetensors'))));
    assert.deepEqual(weights[0], weights[1]);
  });

  it('leaves out pictures that cannot be read and empty folders, and says which', async () => {
    const { code, stdout } = await thaw(['train', await recipe({ ...quick, data: { folder: 'few' } })]);
    assert.equal(code, 0);
    assert.match(stdout, /Skipped red\/00\.png: .*cut short/);
    assert.match(stdout, /Skipped blue\/note\.jpg: /);
    assert.match(stdout, /Folders without images are left out: empty/);
  });

  it('classifies pictures with the run, and names those that it cannot read', async () => {
    const out = join(folder, 'predicting');
    await thaw(['train', await recipe(quick), '--out', out]);
    const pictures = ['two/red/03.png', 'few/red/00.png', 'gone.png'].map(name => join(folder, name));
    const { code, stdout, stderr } = await thaw(['predict', out, ...pictures, '--json']);
    assert.equal(code, 1);
    const found = JSON.parse(stdout) as {
      image: string;
      predicted: string;
      probabilities: Record<string, number>;
    };
    assert.equal(found.image, pictures[0]);
    const [blue, red] = [found.probabilities['blue']!, found.probabilities['red']!];
    assert.ok(Math.abs(blue + red - 1) < 1e-6);
    assert.equal(found.predicted, red > blue ? 'red' : 'blue');
    assert.match(stderr, /few\/red\/00\.png was left out: .*cut short/);
    assert.match(stderr, /gone\.png was left out: there is no such file/);
  });

  describe('answers a mistake with one line that says what is wrong, and exit code 1', () => {
    const mistakes: readonly (readonly [what: string, content: object | string, line: RegExp])[] = [
      [
        'a folder that is not there',
        { ...quick, data: { folder: 'away' } },
        /data\.folder: there is no folder .*away/,
      ],
      ['an empty folder', { ...quick, data: { folder: 'nothing' } }, /nothing holds no images/],
      [
        'pictures without class folders',
        { ...quick, data: { folder: 'two/red' } },
        /holds 20 images but no class folders/,
      ],
      ['a train folder alone', { ...quick, data: { folder: 'phases' } }, /has Train\/ but no test/],
      ['one class only', { ...quick, data: { folder: 'one' } }, /only one class, blue/],
      ['an unknown layer', { ...quick, freeze: ['feature'] }, /"feature".*did you mean "features"/],
      ['one output class', { ...quick, classes: 1 }, /classes must be .*at least 2/],
      ['a batch size of 0', { ...quick, batchSize: 0 }, /batchSize must be .*at least 1/],
      [
        'a learning rate that is text',
        { ...quick, optimizer: { lr: 'abc' } },
        /optimizer\.lr must be a number.*"abc"/,
      ],
      ['a trailing comma', '{ "data": { "folder": "two" }, "model": "resnet18", }', /line 1.*comma/],
      ['an unknown field', { ...quick, epoch: 3 }, /epoch.*"?epochs"?/],
      ['an unknown model', { ...quick, model: 'vgg17' }, /"vgg17".*did you mean "vgg1/],
      ['a truncated .pth', { ...quick, weights: 'short.pth' }, /short\.pth/],
      ['a hostile pickle', { ...quick, weights: 'hostile.pth' }, /hostile\.pth.*(posix|os).*system/],
      [
        'weights of another model',
        { ...quick, weights: join(checkpoints, 'types.safetensors') },
        /missing.*unexpected/,
      ],
    ];
    for (const [what, content, line] of mistakes) {
      it(what, async () => {
        const out = join(folder, 'never');
        const { code, stderr, stdout } = await thaw(['train', await recipe(content), '--out', out, '--json']);
        assert.equal(code, 1);
        const errors = stderr.split('\n').filter(text => text.startsWith('error:'));
        assert.equal(errors.length, 1, stderr);
        assert.match(errors[0]!, line);
        assert.doesNotMatch(stderr, /^\s+at /m);
        assert.ok(!stdout.includes('runStarted'));
        await assert.rejects(readdir(out), { code: 'ENOENT' });
      });
    }

    it('a recipe that is not there', async () => {
      const { code, stderr } = await thaw(['train', join(folder, 'none.thaw.json')]);
      assert.deepEqual([code, stderr], [1, `error: There is no recipe ${join(folder, 'none.thaw.json')}\n`]);
    });

    it('a run folder that is in use', async () => {
      const { code, stderr } = await thaw(['train', await recipe(quick), '--out', join(folder, 'two')]);
      assert.equal(code, 1);
      assert.match(stderr, /error: The run folder .*two is not empty/);
    });
  });
});

/** What `pickle.dumps` makes of an object whose loading would run `echo` in a shell; protocol 2. */
function hostilePickle(): Buffer {
  return Buffer.from('\x80\x02cposix\nsystem\nX\x04\x00\x00\x00echo\x85R.', 'latin1');
}
