import assert from 'node:assert/strict';
import { findModel } from '../../../src/core/model/catalog';
import type { Model } from '../../../src/core/model/model';
import { replaceHead } from '../../../src/core/model/replaceHead';
import { stateDictShapes } from '../../../src/core/model/stateDictShapes';
import { finish } from '../../../src/core/progress';
import { writeSafetensors } from '../../../src/core/weights/safetensors';
import { startingWeights } from '../../../src/core/weights/startingWeights';
import type { StateDict, TensorValue } from '../../../src/core/weights/stateDict';
import { fixtureModel } from '../../parity/fixtures';
import { hashWeights } from '../../parity/hashNetwork';
import { temporaryFolder } from './temporaryFolder';

describe('The weights training begins with', () => {
  const folder = temporaryFolder();
  const { signal } = new AbortController();

  it('may be of a DenseNet from before dots were forbidden in names, without counters', async () => {
    const model = replaceHead(findModel('densenet121'), 3);
    const expected = hashWeights(stateDictShapes(model.root), 1);
    const old = [...expected]
      .filter(([key]) => !key.endsWith('num_batches_tracked'))
      .map(([key, tensor]) => [key.replace(/(denselayer\d+\.\w+?)([12]\.)/, '$1.$2'), tensor] as const);
    assert.ok(old.some(([key]) => key === 'features.denseblock4.denselayer16.norm.1.running_mean'));
    await assertStart(model, old, expected);
  });

  it("may be of a vision transformer from before its MLPs had torchvision's names of today", async () => {
    const model = fixtureModel('vitSmall');
    const expected = hashWeights(stateDictShapes(model.root), 1);
    const older = { '.mlp.0.': '.mlp.linear_1.', '.mlp.3.': '.mlp.linear_2.' };
    const old = [...expected].map(([key, tensor]) => {
      return [key.replace(/\.mlp\.[03]\./, part => older[part as keyof typeof older]), tensor] as const;
    });
    assert.ok(old.some(([key]) => key === 'encoder.layers.encoder_layer_1.mlp.linear_2.bias'));
    await assertStart(model, old, expected);
  });

  /** Training begins with what is expected, from a file that has other names for it. */
  async function assertStart(
    model: Model,
    old: readonly (readonly [key: string, tensor: TensorValue])[],
    expected: StateDict,
  ): Promise<void> {
    const file = folder.path('old.safetensors');
    await writeSafetensors(file, new Map(old), {});
    const { tensors } = await finish(startingWeights(model, { weights: file, seed: 0 }, { signal }));
    assert.deepEqual([...tensors.keys()], [...expected.keys()]);
    for (const [key, tensor] of expected) assert.deepEqual(tensors.get(key), tensor, key);
  }
});
