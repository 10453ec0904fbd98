import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEngine } from '../../../src/core/engine/chooseEngine';
import { OnnxNetwork } from '../../../src/core/engine/onnxNetwork';
import { readOnnx, writeOnnx } from '../../../src/core/onnx/onnxFile';
import { onnxGraph } from '../../../src/core/onnx/onnxGraph';
import type { OnnxModel } from '../../../src/core/onnx/onnxModel';
import { describeEngines } from '../engine/contract/engines';
import { assertProbabilities, familiesFor, hashSource } from '../export/hashSource';

function hashModel(name: string): OnnxModel {
  return {
    ...{ opset: 13, producer: 'thaw', metadata: { model: name } },
    graph: onnxGraph(hashSource(name)),
  };
}

function operators({ graph }: OnnxModel): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { operator } of graph.nodes) counts[operator] = (counts[operator] ?? 0) + 1;
  return counts;
}

describeEngines("An ONNX graph computes torchvision's probabilities", engine => {
  for (const name of familiesFor(engine)) {
    it(name, async () => {
      const { ops } = await openEngine(engine.name);
      await assertProbabilities(name, new OnnxNetwork(hashModel(name), ops), engine.logits);
    });
  }
});

describe('an ONNX file', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'thaw-onnx-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('reads back as it was written', async () => {
    const model = hashModel('mobilenet_v2');
    const file = join(folder, 'model.onnx');
    await writeOnnx(file, model);
    assert.deepEqual(await readOnnx(file), withFloats(model));
  });

  it('names its input, its outputs and its weights for people', () => {
    const { graph } = hashModel('squeezenet1_1');
    assert.deepEqual(
      graph.inputs.map(({ name, shape }) => [name, shape]),
      [['image', ['batch', 3, 200, 200]]],
    );
    assert.deepEqual(
      graph.outputs.map(({ name, shape }) => [name, shape]),
      [
        ['logits', ['batch', 10]],
        ['probabilities', ['batch', 10]],
      ],
    );
    const names = graph.initializers.map(({ name }) => name);
    assert.ok(names.includes('features.3.squeeze.weight'));
    const nodes = graph.nodes.map(({ name }) => name);
    assert.equal(new Set(nodes).size, nodes.length);
  });

  it('holds an operation for each module, and none for what only training does', () => {
    assert.deepEqual(operators(hashModel('efficientnet_lite0')), {
      ...{ Sub: 1, Div: 1, Conv: 49, BatchNormalization: 49, Clip: 33, Add: 9 },
      ...{ GlobalAveragePool: 1, Flatten: 1, Gemm: 1, Identity: 1, Softmax: 1 },
    });
  });
});

/** A file keeps numbers of attributes in 32 bits. */
function withFloats(model: OnnxModel): OnnxModel {
  const nodes = model.graph.nodes.map(node => {
    const attributes = Object.entries(node.attributes).map(([name, value]) => {
      return [name, 'float' in value ? { float: Math.fround(value.float) } : value] as const;
    });
    return { ...node, attributes: Object.fromEntries(attributes) };
  });
  return { ...model, graph: { ...model.graph, nodes } };
}
