import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { trainedRun } from '../export/trainedRun';
import { thaw } from './runThaw';

interface Line {
  readonly image: string;
  readonly class: string;
  readonly predicted: string;
  readonly probability: number;
  readonly place: string;
  readonly heat: readonly (readonly number[])[];
  readonly file: string;
}

describe('thaw explain', () => {
  let folder: string;
  let run: string;
  let out: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'thaw-cli-explain-'));
    run = await trainedRun(folder);
    out = join(folder, 'heat');
  });
  after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

  const explain = (...args: readonly string[]) => thaw(['explain', run, ...args]);
  const picture = (name: string): string => join(folder, 'pictures', name, '00.png');

  for (const engine of ['tensorflow', 'wasm'] as const) {
    it(`writes each picture as the model sees it, with what speaks for its class, on ${engine}`, async () => {
      const recipe = JSON.parse(await readFile(join(run, 'recipe.json'), 'utf8')) as object;
      await writeFile(join(run, 'recipe.json'), JSON.stringify({ ...recipe, engine }));
      const { code, stdout, stderr } = await explain(
        picture('red'),
        picture('blue'),
        '--out',
        out,
        '--force',
      );
      assert.equal(code, 0, stderr);
      const lines = stdout.trimEnd().split('\n');
      assert.equal(lines.length, 2);
      for (const line of lines) {
        assert.match(line, /00\.png: (blue|red) \d+\.\d %\. .* (blue|red).* .*heat.00(-2)?\.png$/);
      }
      assert.deepEqual((await readdir(out)).sort(), ['00-2.png', '00.png']);
      const { format, width, height } = await sharp(join(out, '00.png')).metadata();
      assert.deepEqual([format, width, height], ['png', 64, 64]);
    });
  }

  it('gives the values of the map as JSON, of the class that is asked for', async () => {
    const of = async (name: string): Promise<Line> => {
      const { stdout } = await explain(picture('red'), '--out', join(out, name), '--class', name, '--json');
      return JSON.parse(stdout) as Line;
    };
    const [red, blue] = [await of('red'), await of('blue')];
    assert.deepEqual([red.class, blue.class, red.predicted], ['red', 'blue', blue.predicted]);
    assert.ok(Math.abs(red.probability + blue.probability - 1) < 1e-4);
    for (const { heat, place } of [red, blue]) {
      assert.deepEqual([heat.length, heat[0]!.length], [3, 3]);
      assert.equal(Math.max(...heat.flat()), place === 'nowhere' ? 0 : 1);
      assert.ok(heat.flat().every(value => value >= 0));
    }
    assert.notDeepEqual(red.heat, blue.heat);
  });

  it('replaces nothing unless told, and computes nothing before it says so', async () => {
    const before = await readFile(join(out, '00.png'));
    const { code, stderr } = await explain(picture('red'), '--out', out);
    assert.equal(code, 1);
    assert.match(stderr, /^error: .*00\.png is there already; .* --force\.\n$/);
    assert.deepEqual(await readFile(join(out, '00.png')), before);
  });

  it('says what a class is called, and where the result has to go', async () => {
    const unknown = await explain(picture('red'), '--out', join(out, 'x'), '--class', 'bleu');
    assert.match(
      unknown.stderr,
      /^error: The run has no class bleu; it knows blue, red\. Did you mean blue\?\n$/,
    );
    const nowhere = await explain(picture('red'));
    assert.match(nowhere.stderr, /^error: Name a run folder, .* --out FOLDER\n$/);
  });

  it('leaves out what cannot be read', async () => {
    const { code, stderr } = await explain(picture('red'), join(folder, 'none.png'), '--out', join(out, 'y'));
    assert.equal(code, 1);
    assert.match(stderr, /none\.png was left out: there is no such file\n(.*\n)*error: 1 of 2 images/);
    assert.deepEqual(await readdir(join(out, 'y')), ['00.png']);
  });
});
