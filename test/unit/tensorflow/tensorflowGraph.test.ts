import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEngine } from '../../../src/core/engine/chooseEngine';
import { GraphModelNetwork } from '../../../src/core/engine/graphModelNetwork';
import type { ServedGraph } from '../../../src/core/tensorflow/graphDef';
import { graphModelOf, readGraphModel, writeGraphModel } from '../../../src/core/tensorflow/graphModel';
import { mapValues } from '../../../src/core/tensorflow/graphProto';
import { readSavedModel, writeSavedModel } from '../../../src/core/tensorflow/savedModel';
import { tensorflowGraph } from '../../../src/core/tensorflow/tensorflowGraph';
import { describeEngines } from '../engine/contract/engines';
import { assertProbabilities, eachFamily, familiesFor, hashSource } from '../export/hashSource';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'thaw-tensorflow-'));
});
after(() => rm(folder, { recursive: true, force: true }));

function operators({ graph }: ServedGraph): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { op } of graph.node) counts[op] = (counts[op] ?? 0) + 1;
  return counts;
}

describeEngines("A graph model of TensorFlow.js computes torchvision's probabilities", engine => {
  for (const name of familiesFor(engine)) {
    it(name, async () => {
      await openEngine(engine.name);
      const written = join(folder, `${engine.name}-${name}`);
      await writeGraphModel(written, tensorflowGraph(hashSource(name)), {});
      await assertProbabilities(name, new GraphModelNetwork(await readGraphModel(written)), engine.logits);
      await rm(written, { recursive: true });
    });
  }
});

describe("A SavedModel computes torchvision's probabilities, in TensorFlow itself", () => {
  for (const name of eachFamily) {
    it(name, async () => {
      await openEngine('tensorflow');
      const { SavedModelNetwork } = await import('../../../src/core/engine/tensorflow/savedModelNetwork');
      const written = join(folder, `saved-${name}`);
      await writeSavedModel(written, tensorflowGraph(hashSource(name)), {});
      const network = new SavedModelNetwork(written, await readSavedModel(written));
      await assertProbabilities(name, network, 1e-4);
      await rm(written, { recursive: true });
    });
  }
});

describe('a graph of TensorFlow', () => {
  it('holds an operation for each module, and none for what only training does', () => {
    const { Const: constants, ...others } = operators(tensorflowGraph(hashSource('efficientnet_lite0')));
    assert.ok(constants! > 49);
    assert.deepEqual(others, {
      ...{ Placeholder: 1, Sub: 1, RealDiv: 1, Conv2D: 33, DepthwiseConv2dNative: 16 },
      ...{ FusedBatchNormV3: 49, Relu6: 33, AddV2: 9, Mean: 1, Reshape: 1, MatMul: 1, BiasAdd: 1 },
      ...{ Identity: 1, Softmax: 1 },
    });
  });

  it('names each of its nodes once, as TensorFlow allows', () => {
    for (const name of ['squeezenet1_1', 'efficientnet_lite0']) {
      const names = tensorflowGraph(hashSource(name)).graph.node.map(node => node.name);
      assert.equal(new Set(names).size, names.length);
      for (const each of names) assert.match(each, /^[A-Za-z0-9.][A-Za-z0-9_.\\/>-]*$/);
    }
  });

  it('reads back from both kinds of folder as it was written', async () => {
    const served = tensorflowGraph(hashSource('mobilenet_v2'));
    const saved = join(folder, 'saved');
    await writeSavedModel(saved, served, { 'classes.json': '[]' });
    assert.deepEqual(await readSavedModel(saved), withFloats(served));
    assert.deepEqual((await readdir(saved)).sort(), ['assets.extra', 'saved_model.pb']);
    assert.equal(await readFile(join(saved, 'assets.extra', 'classes.json'), 'utf8'), '[]');
    const model = join(folder, 'graph');
    await writeGraphModel(model, served, { classes: ['a'] });
    assert.deepEqual(await readGraphModel(model), graphModelOf(served, { classes: ['a'] }));
    assert.deepEqual((await readdir(model)).sort(), [
      ...['group1-shard1of3.bin', 'group1-shard2of3.bin', 'group1-shard3of3.bin', 'model.json'],
    ]);
  });
});

/** A file keeps numbers of attributes in 32 bits. */
function withFloats({ graph, ...served }: ServedGraph): ServedGraph {
  const node = graph.node.map(({ attr, ...rest }) => ({
    ...rest,
    attr: mapValues(attr, value => ('f' in value ? { f: Math.fround(value.f) } : value)),
  }));
  return { ...served, graph: { node } };
}
