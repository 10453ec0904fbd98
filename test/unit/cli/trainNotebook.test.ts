import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { writeThawDocument, type ThawCell } from '../../../src/core/notebook/thawDocument';
import type { RunOutput } from '../../../src/protocol/notebookOutput';
import type { TrainingEvent } from '../../../src/protocol/trainingEvent';
import { tinyPictures } from '../training/tinyPictures';
import { eventsIn, quickRecipe, thaw } from './runThaw';

const quick = { name: 'first', ...quickRecipe };
const further = {
  name: 'further',
  extends: 'first',
  weights: { run: 'first' },
  freeze: ['features'],
  epochs: 1,
};
const sweep = { name: 'rates', extends: 'further', sweep: { 'optimizer.lr': [0.1, 0.01] } };

describe('thaw train with a notebook', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'thaw-notebook-'));
    await tinyPictures(join(folder, 'two'), ['blue', 'red'], 20);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const recipe = (content: object, output?: RunOutput): ThawCell => ({
    kind: 'recipe',
    text: JSON.stringify(content, undefined, 2),
    ...(output && { output }),
  });
  const note: ThawCell = { kind: 'markdown', text: '# Notes' };
  let notebooks = 0;
  async function notebook(...cells: readonly ThawCell[]): Promise<string> {
    const file = join(folder, `notebook-${notebooks++}.thaw`);
    await writeFile(file, writeThawDocument({ cells }));
    return file;
  }
  /** What of the events does not hang on the time or the place: how many batches are told of does. */
  const lasting = (stdout: string): unknown[] =>
    eventsIn(stdout)
      .filter(({ kind }) => kind !== 'progress' && kind !== 'batchEnded')
      .map(event => ({ ...event, runFolder: '', seconds: 0, imagesPerSecond: 0 }));
  const of = <Kind extends TrainingEvent['kind']>(stdout: string, kind: Kind) =>
    eventsIn(stdout).filter((event): event is Extract<TrainingEvent, { kind: Kind }> => event.kind === kind);
  const weightsOf = async (run: string): Promise<string> => {
    const { resolved } = JSON.parse(await readFile(join(run, 'recipe.json'), 'utf8')) as {
      resolved: { weights: { file: string } };
    };
    return resolved.weights.file;
  };

  it('gives the numbers that the same recipe gives as a file', async () => {
    const file = join(folder, 'first.thaw.json');
    await writeFile(file, JSON.stringify(quick));
    const outs = ['file', 'cell'].map(name => join(folder, name));
    const one = await thaw(['train', file, '--json', '--out', outs[0]!]);
    const cells = [note, recipe({ ...quick, name: 'other' }), recipe(quick)];
    const two = await thaw([
      'train',
      await notebook(...cells),
      '--cell',
      'first',
      '--json',
      '--out',
      outs[1]!,
    ]);
    assert.deepEqual([one.code, two.code], [0, 0], one.stderr + two.stderr);
    assert.equal(of(one.stdout, 'phaseEnded').length, 4);
    assert.deepEqual(lasting(two.stdout), lasting(one.stdout));
    const best = await Promise.all(outs.map(out => readFile(join(out, 'best.safetensors'))));
    assert.deepEqual(best[1], best[0]);
  });

  it('trains all cells in their order, each variant of a sweep, on the weights of those before', async () => {
    const file = await notebook(recipe(quick), note, recipe(further), recipe(sweep));
    const before = await readFile(file);
    const { code, stdout, stderr } = await thaw(['train', file, '--json', '--set', 'seed=3']);
    assert.equal(code, 0, stderr);
    const started = of(stdout, 'runStarted');
    assert.deepEqual(
      started.map(({ name, epochs, trainable }) => [name, epochs, trainable]),
      [
        ['first', 2, 723522],
        ['further', 1, 1026],
        ['rates (optimizer.lr = 0.1)', 1, 1026],
        ['rates (optimizer.lr = 0.01)', 1, 1026],
      ],
    );
    const [first, ...others] = started.map(({ runFolder }) => runFolder);
    for (const run of others) assert.equal(await weightsOf(run), join(first!, 'best.safetensors'));
    const rates = await Promise.all(
      started.map(async ({ runFolder }) => {
        const kept = JSON.parse(await readFile(join(runFolder, 'recipe.json'), 'utf8')) as {
          optimizer: { lr: number };
          seed: number;
        };
        return [kept.optimizer.lr, kept.seed];
      }),
    );
    assert.deepEqual(rates, [
      [0.003, 3],
      [0.003, 3],
      [0.1, 3],
      [0.01, 3],
    ]);
    assert.deepEqual(await readFile(file), before);
  });

  it('takes the weights of the run that the notebook knows, and heads each run of several', async () => {
    const runs = join(folder, '.thaw', 'runs');
    const known = join(runs, 'known');
    await thaw(['train', await notebook(recipe(quick)), '--out', known]);
    const summary = {
      status: 'completed',
      model: '',
      epochs: 2,
      bestEpoch: 1,
      bestAccuracy: 1,
      seconds: 1,
    } as const;
    const output: RunOutput = {
      version: 1,
      runs: [{ folder: '.thaw/runs/known', name: 'first', summary }],
    };
    const file = await notebook(recipe(quick, output), recipe(further), recipe(sweep));
    const { code, stdout, stderr } = await thaw(['train', file, '--cell', 'rates']);
    assert.equal(code, 0, stderr);
    assert.match(
      stdout,
      /\nrates \(optimizer\.lr = 0\.1\)\n={26}\n[^]*\nrates \(optimizer\.lr = 0\.01\)\n={27}\n/,
    );
    const folders = Array.from(stdout.matchAll(/^Run folder: (.*)$/gm), ([, path]) => path!);
    assert.equal(folders.length, 2);
    for (const run of folders) assert.equal(await weightsOf(run), join(known, 'best.safetensors'));
  });

  describe('answers a mistake with one line, before anything is trained', () => {
    const mistakes: readonly (readonly [
      what: string,
      cells: readonly ThawCell[],
      args: readonly string[],
      line: string,
    ])[] = [
      [
        'an unknown cell',
        [recipe(quick)],
        ['--cell', 'frist'],
        'The notebook has no cell "frist": did you mean first?',
      ],
      [
        'a wrong recipe in a later cell',
        [recipe(quick), recipe({ ...further, epochs: 0 })],
        [],
        'The cell "further" is not right: epochs must be a whole number of at least 1, not 0',
      ],
      [
        'a cell whose base was never trained',
        [recipe(quick), recipe(further)],
        ['--cell', 'further'],
        'The cell "further" is not right: "first" has no finished run yet; run that cell first',
      ],
      [
        'one run folder for several runs',
        [recipe(quick), recipe(further)],
        ['--out', 'x'],
        '--out names one folder for 2 runs: leave it out, or name one cell.',
      ],
      ['no recipes', [note], [], 'The notebook has no recipe to train.'],
      [
        'a field that cannot be set',
        [recipe(quick)],
        ['--set', 'epoch=3'],
        'The recipe is not right: --set epoch is not a field of a recipe; did you mean epochs?',
      ],
    ];
    for (const [what, cells, args, line] of mistakes) {
      it(what, async () => {
        const runs = await readdir(join(folder, '.thaw', 'runs'));
        const { code, stdout, stderr } = await thaw(['train', await notebook(...cells), ...args]);
        assert.deepEqual([code, stdout, stderr], [1, '', `error: ${line}\n`]);
        assert.deepEqual(await readdir(join(folder, '.thaw', 'runs')), runs);
      });
    }

    it('a notebook that is cut short', async () => {
      const file = await notebook(recipe(quick));
      await writeFile(file, (await readFile(file)).subarray(0, 40));
      const { code, stderr } = await thaw(['train', file]);
      assert.deepEqual(
        [code, stderr],
        [1, 'error: The notebook cannot be read: line 5, column 4: a closing } is missing\n'],
      );
    });

    it('a cell of what is no notebook', async () => {
      const file = join(folder, 'plain.thaw.json');
      await writeFile(file, JSON.stringify(quick));
      const { code, stderr } = await thaw(['train', file, '--cell', 'first']);
      assert.deepEqual(
        [code, stderr],
        [1, `error: --cell is for notebooks (*.thaw): ${basename(file)} is one recipe\n`],
      );
    });

    it('what belongs in a notebook, in a recipe file', async () => {
      const file = join(folder, 'extending.thaw.json');
      await writeFile(file, JSON.stringify({ ...quick, extends: 'a', sweep: {}, weights: { run: 'a' } }));
      const { code, stderr } = await thaw(['train', file]);
      const hint = 'it belongs in a notebook (*.thaw), whose cells build on the cells above';
      assert.equal(code, 1);
      for (const field of ['extends', 'sweep']) {
        assert.ok(stderr.includes(`${field} is not a field of a recipe; ${hint}`), stderr);
      }
      assert.ok(stderr.includes(`not {"run":"a"}; ${hint}`), stderr);
    });
  });
});
