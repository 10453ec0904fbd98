import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { backend, fill } from '@tensorflow/tfjs-core';
import { openEngine } from '../../../../src/core/engine/chooseEngine';
import { useSoftwareGpu } from './softwareGpu';

/**
 * A program: fills what memory it may have, 3 GB more than it began with, by buffers of 800 MB on a GPU; then gives them
 * back and goes on. Prints what it met, as JSON.
 */
async function main(): Promise<void> {
  await useSoftwareGpu();
  const { ops } = await openEngine('webgpu');
  const began = 1024 * Number(/VmSize:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))![1]);
  execFileSync('prlimit', ['--pid', `${process.pid}`, `--as=${began + 3e9}`]);
  const { bufferManager: buffers } = backend() as WebGPUBackend;
  const held: GPUBuffer[] = [];
  let message: string | undefined;
  while (message === undefined && held.length < 10) {
    held.push(buffers.acquireBuffer(800 * 2 ** 20, GPUBufferUsage.STORAGE));
    await ops.settle().catch((error: Error) => (message = `${error.constructor.name}: ${error.message}`));
  }
  const count = held.length;
  for (const buffer of held) buffers.releaseBuffer(buffer);
  await ops.settle();
  // Of another size: what was given back has to make room.
  held.push(buffers.acquireBuffer(900 * 2 ** 20, GPUBufferUsage.STORAGE));
  await ops.settle();
  const values = fill([4], 2);
  const answer = { count, message, values: [...(await values.data())] };
  process.stdout.write(JSON.stringify(answer));
  process.exit();
}

void main();
