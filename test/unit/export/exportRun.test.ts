import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { exportFormatNames } from '../../../src/core/export/exportFormats';
import { exportedName, exportRun } from '../../../src/core/export/exportRun';
import { readOnnx } from '../../../src/core/onnx/onnxFile';
import { finish, type Progress } from '../../../src/core/progress';
import { readPredictions } from '../../../src/core/run/predictions';
import { loadWeights } from '../../../src/core/weights/loadWeights';
import { readSafetensors, writeSafetensors } from '../../../src/core/weights/safetensors';
import type { ExportCheck, ExportedModel, ExportFormat } from '../../../src/protocol/taskMessages';
import { trainedRun } from './trainedRun';

describe('exporting a run', () => {
  let folder: string;
  let run: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'thaw-export-'));
    run = await trainedRun(folder);
  });
  after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

  let places = 0;
  /** A folder of its own for what a test exports. */
  const place = async (): Promise<string> => mkdtemp(join(folder, `${places++}-`));
  const exported = async (
    format: ExportFormat,
    file: string,
    { force = false, from = run, signal = new AbortController().signal } = {},
  ): Promise<ExportedModel> => finish(exportRun({ run: from, format, file, force }, signal));

  const assertSame = ({ pictures, all, largestDifference }: ExportCheck): void => {
    assert.deepEqual([pictures, all], [4, 4]);
    assert.ok(largestDifference < 1e-5, `${largestDifference}`);
  };

  it('gives it the name of the recipe', async () => {
    assert.equal(await exportedName(run, 'pth'), 'two colours.pth');
  });

  for (const [format, names] of [
    ['safetensors', ['model.classify.py', 'model.safetensors']],
    ['pth', ['model.classify.py', 'model.json', 'model.pth']],
    ['onnx', ['model.classify.html', 'model.classify.mjs', 'model.classify.py', 'model.json', 'model.onnx']],
  ] as const) {
    it(`writes ${format} with all that belongs to it, and finds the same probabilities`, async () => {
      const out = await place();
      const { files, check } = await exported(format, join(out, `model.${format}`));
      assert.deepEqual((await readdir(out)).sort(), names);
      assert.deepEqual(
        [...files].sort(),
        names.map(name => join(out, name)),
      );
      assertSame(check);
    });
  }

  for (const [format, names] of [
    ['tfjs', ['classify.html', 'classify.mjs', 'group1-shard1of1.bin', 'model.json']],
    ['savedmodel', ['assets.extra', 'classify.py', 'saved_model.pb']],
  ] as const) {
    it(`writes a folder of ${format} with all that belongs to it, and finds the same probabilities`, async () => {
      const out = await place();
      const folder = join(out, `model.${format}`);
      const { files, check } = await exported(format, folder);
      assert.deepEqual(await readdir(out), [`model.${format}`]);
      assert.deepEqual((await readdir(folder)).sort(), names);
      const programs = names.filter(name => name.startsWith('classify')).map(name => join(folder, name));
      assert.deepEqual([...files].sort(), [folder, ...programs]);
      assertSame(check);
    });
  }

  it('finds the same in a SavedModel where TensorFlow is not the engine', async () => {
    const from = join(folder, 'by-wasm');
    await cp(run, from, { recursive: true });
    const file = join(from, 'recipe.json');
    const settings = JSON.parse(await readFile(file, 'utf8')) as object;
    await writeFile(file, JSON.stringify({ ...settings, engine: 'wasm' }));
    assertSame((await exported('savedmodel', join(await place(), 'model.savedmodel'), { from })).check);
  });

  for (const format of ['safetensors', 'pth'] as const) {
    it(`keeps every bit in ${format}`, async () => {
      const file = join(await place(), `model.${format}`);
      await exported(format, file);
      const { tensors } = await loadWeights(join(run, 'best.safetensors'));
      assert.deepEqual((await loadWeights(file)).tensors, tensors);
    });
  }

  it('keeps classes and preprocessing in the file, or beside one that cannot hold them', async () => {
    const out = await place();
    const preprocessing = {
      ...{ resize: 73, crop: 64, interpolation: 'bilinear' },
      ...{ mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
    };
    for (const format of exportFormatNames) await exported(format, join(out, `model-${format}.${format}`));
    const { metadata } = await readSafetensors(join(out, 'model-safetensors.safetensors'));
    const kept = [metadata, (await readOnnx(join(out, 'model-onnx.onnx'))).metadata];
    for (const texts of kept) {
      assert.deepEqual(JSON.parse(texts['classes']!), ['blue', 'red']);
      assert.deepEqual(JSON.parse(texts['preprocessing']!), preprocessing);
      assert.deepEqual([texts['model'], texts['epoch']], ['squeezenet1_1', '0']);
    }
    const json = async (...path: string[]): Promise<Record<string, unknown>> =>
      JSON.parse(await readFile(join(out, ...path), 'utf8')) as Record<string, unknown>;
    const graphModel = await json('model-tfjs.tfjs', 'model.json');
    for (const details of [
      await json('model-pth.json'),
      await json('model-savedmodel.savedmodel', 'assets.extra', 'details.json'),
      graphModel['userDefinedMetadata'] as Record<string, unknown>,
    ]) {
      assert.deepEqual(
        [details['model'], details['classes'], details['preprocessing'], details['epoch']],
        ['squeezenet1_1', ['blue', 'red'], preprocessing, 0],
      );
    }
  });

  it('overwrites nothing unless it may, not even a companion', async () => {
    const out = await place();
    await writeFile(join(out, 'model.json'), 'mine');
    const file = join(out, 'model.pth');
    await assert.rejects(exported('pth', file), {
      name: 'UserError',
      message: `${join(out, 'model.json')} is there already; choose another name with --out, or replace it with --force.`,
    });
    assert.deepEqual(await readdir(out), ['model.json']);
    await exported('pth', file, { force: true });
    assert.match(await readFile(join(out, 'model.json'), 'utf8'), /squeezenet1_1/);
  });

  for (const [format, file] of [
    ['tfjs', 'model.json'],
    ['savedmodel', 'saved_model.pb'],
  ] as const) {
    it(`replaces a folder of ${format} only when it may, and as a whole`, async () => {
      const out = await place();
      const model = join(out, '1');
      await exported(format, model);
      await writeFile(join(model, 'of-the-old-one'), '');
      await assert.rejects(exported(format, model), /1 is there already; choose another name with --out/);
      assert.ok((await readdir(model)).includes('of-the-old-one'));
      await exported(format, model, { force: true });
      assert.ok((await readdir(model)).includes(file));
      assert.ok(!(await readdir(model)).includes('of-the-old-one'));
      assert.deepEqual(await readdir(out), ['1']);
    });

    it(`leaves a folder alone that is none of ${format}`, async () => {
      const out = await place();
      const mine = join(out, 'mine');
      await mkdir(mine);
      await writeFile(join(mine, 'thesis.tex'), '');
      await assert.rejects(
        exported(format, mine, { force: true }),
        /mine is there and is no folder that was exported; export to another name/,
      );
      assert.deepEqual(await readdir(mine), ['thesis.tex']);
      await assert.rejects(exported(format, join(out, 'model.onnx')), /should end in/);
    });
  }

  it('says in Node with the program for TensorFlow.js what the run said', async () => {
    const out = await place();
    await exported('tfjs', join(out, 'model.tfjs'));
    // Where the program finds the packages that it asks for.
    await symlink(join(process.cwd(), 'node_modules'), join(out, 'node_modules'), 'junction');
    const predictions = await readPredictions(join(run, 'best.predictions.jsonl'));
    const pictures = predictions.map(({ file }) => file);
    const program = join(out, 'model.tfjs', 'classify.mjs');
    const { stdout } = await promisify(execFile)(process.execPath, [program, ...pictures]);
    const lines = stdout.trim().split('\n');
    assert.equal(lines.length, 4);
    for (const [index, { file, predicted, probabilities }] of predictions.entries()) {
      const [, path, name, percent] = /^(.*): (\w+) ([\d.]+) %$/.exec(lines[index]!) ?? [];
      assert.deepEqual([path, name], [file, predicted]);
      // sharp resizes a little otherwise than PyTorch, and than Thaw.
      assert.ok(Math.abs(Number(percent) - 100 * Math.max(...probabilities)) < 0.5, lines[index]);
    }
  });

  it('refuses another ending, and a folder that is not there', async () => {
    const out = await place();
    await assert.rejects(exported('onnx', join(out, 'model.pth')), /should end in \.onnx/);
    await assert.rejects(
      exported('onnx', join(out, 'new', 'model.onnx')),
      /There is no folder .*new; create it first/,
    );
    assert.deepEqual(await readdir(out), []);
  });

  it('leaves nothing when it is cancelled, wherever that is', async () => {
    const out = await place();
    const controller = new AbortController();
    const stopAt = (task: string) => (progress: Progress) => {
      if (progress.task === task) controller.abort();
    };
    const work = exportRun(
      { run, format: 'onnx', file: join(out, 'model.onnx'), force: false },
      controller.signal,
    );
    await assert.rejects(finish(work, stopAt('Comparing')), { name: 'AbortError' });
    assert.deepEqual(await readdir(out), []);
  });

  it('exports nothing that does not say what the run recorded', async () => {
    const out = await place();
    const from = join(folder, 'tampered');
    await cp(run, from, { recursive: true });
    const file = join(from, 'best.safetensors');
    const { tensors, metadata } = await readSafetensors(file);
    tensors.get('classifier.1.bias')!.data[0] = 3;
    await writeSafetensors(file, tensors, metadata);
    for (const format of exportFormatNames) {
      await assert.rejects(
        exported(format, join(out, `model.${format}`), { from }),
        /The exported model does not say what the run recorded: of .*png a probability differs by 0\.\d+/,
      );
    }
    assert.deepEqual(await readdir(out), []);
  });

  it('says that nothing was compared where the pictures are gone', async () => {
    const out = await place();
    await rename(join(folder, 'pictures'), join(folder, 'moved'));
    try {
      const { check } = await exported('pth', join(out, 'model.pth'));
      assert.deepEqual(check, { pictures: 0, all: 4, largestDifference: 0 });
    } finally {
      await rename(join(folder, 'moved'), join(folder, 'pictures'));
    }
  });
});
