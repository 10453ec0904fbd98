import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { backend } from '@tensorflow/tfjs-core';
import { tensorCount } from '../../../../src/core/engine/network';
import type { TrainingEvent } from '../../../../src/protocol/trainingEvent';
import { parseRecipe } from '../../../../src/core/recipe/parseRecipe';
import { readCheckpoint } from '../../../../src/core/run/checkpoint';
import { readEvents } from '../../../../src/core/run/eventLog';
import { fineTune } from '../../../../src/core/training/fineTune';
import { resumeRun } from '../../../../src/core/training/resumeRun';
import { tinyPictures } from '../../training/tinyPictures';
import { temporaryFolder } from '../../weights/temporaryFolder';
import { useSoftwareGpu } from './softwareGpu';

describe('A run whose GPU is lost', () => {
  const folder = temporaryFolder();
  before(async () => {
    await useSoftwareGpu();
    await tinyPictures(folder.path('two'), ['blue', 'red'], 8);
  });
  const { signal } = new AbortController();

  async function train(name: string, watch: (event: TrainingEvent) => void): Promise<string> {
    const recipe = {
      ...{ data: { folder: 'two' }, model: 'squeezenet1_1', weights: 'none', freeze: ['features'] },
      ...{ imageSize: 32, batchSize: 6, epochs: 3, optimizer: { type: 'adam', lr: 0.002 }, engine: 'webgpu' },
    };
    const out = folder.path(name);
    const options = { workspace: folder.path(name, '..'), out, version: '0', signal };
    const parsed = parseRecipe(JSON.stringify(recipe), { folder: folder.path() });
    for await (const event of fineTune(parsed, options)) watch(event);
    return out;
  }
  const best = (run: string): Promise<Buffer> => readFile(join(run, 'best.safetensors'));

  it('ends with a sentence, keeps its last epoch, and comes to the same once it is resumed', async () => {
    const whole = await train('whole', () => undefined);
    await assert.rejects(
      train('lost', event => {
        if (event.kind === 'phaseEnded' && event.epoch === 1 && event.phase === 'train') {
          (backend() as WebGPUBackend).device.destroy();
        }
      }),
      { name: 'UserError', message: /^The GPU stopped computing .* Resume the run with: thaw resume/ },
    );
    const lost = folder.path('lost');
    const ended = (await readEvents(join(lost, 'events.jsonl'))).at(-1)!;
    assert.ok(ended.kind === 'runEnded' && ended.status === 'failed');
    assert.match(ended.message!, /^The GPU stopped computing/);
    assert.equal((await readCheckpoint(lost))!.position.epoch, 1);

    const kinds: string[] = [];
    for await (const { kind } of resumeRun(lost, { signal })) kinds.push(kind);
    assert.equal(tensorCount(), 0);
    assert.ok(kinds.includes('runResumed'));
    assert.deepEqual(await best(lost), await best(whole));
  });

  it('says in its settings which adapter it used', async () => {
    const { resolved } = JSON.parse(await readFile(folder.path('whole', 'recipe.json'), 'utf8')) as {
      resolved: { engine: { name: string; device: string; reason: string } };
    };
    const { name, device, reason } = resolved.engine;
    assert.deepEqual([name, device], ['webgpu', 'cpu']);
    assert.equal(
      reason,
      'the recipe asks for it; it uses SwiftShader driver 5.0.0, which computes on the CPU',
    );
  });
});
