import assert from 'node:assert/strict';
import { findModel } from '../../../src/core/model/catalog';
import { replaceHead } from '../../../src/core/model/replaceHead';
import { stateDictShapes } from '../../../src/core/model/stateDictShapes';
import { finish } from '../../../src/core/progress';
import { writeSafetensors } from '../../../src/core/weights/safetensors';
import { startingWeights } from '../../../src/core/weights/startingWeights';
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
    const file = folder.path('old.safetensors');
    await writeSafetensors(file, new Map(old), {});
    const { tensors } = await finish(startingWeights(model, { weights: file, seed: 0 }, { signal }));
    assert.deepEqual([...tensors.keys()], [...expected.keys()]);
    for (const [key, tensor] of expected) assert.deepEqual(tensors.get(key), tensor, key);
  });
});
