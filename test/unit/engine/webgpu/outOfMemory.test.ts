import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fill } from '@tensorflow/tfjs-core';
import { build } from 'esbuild';
import { openEngine } from '../../../../src/core/engine/chooseEngine';
import { isOutOfMemory } from '../../../../src/core/outOfMemory';
import { useSoftwareGpu } from './softwareGpu';

describe("A GPU's memory", () => {
  before(() => useSoftwareGpu());

  it('is said to be too small at once for what is larger than any of its buffers', async () => {
    await openEngine('webgpu');
    assert.throws(
      () => fill([300, 1024, 1024], 0),
      (error: Error) => {
        assert.ok(isOutOfMemory(error));
        assert.match(error.message, /^1200 MB in one piece are more than the GPU takes \(1024 MB\)/);
        return true;
      },
    );
  });

  it('is said to be used up when the driver says so, and what is given back is used again', async () => {
    if (process.platform !== 'linux') return;
    // As plain JavaScript: what compiles TypeScript on the way reserves much memory of its own.
    const outfile = join(__dirname, '../../../../dist/fillMemory.js');
    const source = {
      entryPoints: [join(__dirname, 'fillMemory.ts')],
      external: ['@tensorflow/tfjs-node-gpu/*'],
    };
    await build({ ...source, outfile, bundle: true, platform: 'node', logLevel: 'error' });
    const { stdout } = await promisify(execFile)(process.execPath, [outfile]);
    const { count, message, values } = JSON.parse(stdout) as {
      count: number;
      message: string;
      values: number[];
    };
    assert.equal(count, 4);
    assert.match(
      message,
      /^OutOfMemoryError: The memory of the GPU is used up \(.*OUT_OF_DEVICE_MEMORY\): set a/,
    );
    assert.deepEqual(values, [2, 2, 2, 2]);
  });
});
