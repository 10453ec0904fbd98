import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { trainedRun } from '../export/trainedRun';
import { thaw } from './runThaw';

describe('thaw export', () => {
  let folder: string;
  let run: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'thaw-cli-export-'));
    run = await trainedRun(folder);
  });
  after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

  it('takes the format from the name of the file, and says what it wrote and checked', async () => {
    const { code, stdout } = await thaw(['export', run, '--out', join(folder, 'colours.pth')]);
    assert.equal(code, 0);
    assert.match(
      stdout,
      /colours\.pth\nWrote .*colours\.json\nWrote .*colours\.classify\.py\nChecked: on all 4 test pictures no probability differs from the run's by more than [\d.e-]+\.\n$/,
    );
    assert.ok((await readdir(folder)).includes('colours.pth'));
  });

  for (const [words, said] of [
    [['--format', 'onxn'], /^error: There is no format onxn: did you mean onnx\?\n$/],
    [
      ['--out', 'colours.h5'],
      /^error: --out is colours\.h5, which ends in none of \.onnx, \.safetensors, \.pth, \.tfjs, \.savedmodel; name/,
    ],
    [['--format', 'pth', '--out', 'colours.onnx'], /^error: .*colours\.onnx should end in \.pth, or choose/],
  ] as const) {
    it(`refuses ${words.join(' ')}`, async () => {
      const { code, stdout, stderr } = await thaw(['export', run, ...words]);
      assert.deepEqual([code, stdout], [1, '']);
      assert.match(stderr, said);
    });
  }

  it('refuses a folder that is no run', async () => {
    const { code, stderr } = await thaw(['export', folder]);
    assert.equal(code, 1);
    assert.match(stderr, /^error: .* is not a run folder/);
  });
});
