import assert from 'node:assert/strict';
import type { Conv2d } from '../../../src/core/model/layerTree';
import { layoutOf, toEngine, toTorch } from '../../../src/core/engine/layouts';

describe('layouts', () => {
  const conv: Conv2d = {
    ...{ type: 'Conv2d', inChannels: 2, outChannels: 3, kernelSize: [1, 2], stride: [1, 1], padding: [0, 0] },
    ...{ groups: 1, bias: true },
  };
  const counting = (length: number) => Float32Array.from({ length }, (_, i) => i);

  it('brings [out, in, height, width] to [height, width, in, out]', () => {
    const shape = [3, 2, 1, 2];
    const layout = layoutOf(conv, shape);
    assert.deepEqual(layout.engineShape, [1, 2, 2, 3]);
    assert.deepEqual(
      Array.from(toEngine(counting(12), shape, layout)),
      [0, 4, 8, 2, 6, 10, 1, 5, 9, 3, 7, 11],
    );
  });

  it('brings depthwise [channels, 1, height, width] to [height, width, channels, 1]', () => {
    const shape = [2, 1, 1, 2];
    const layout = layoutOf({ ...conv, groups: 2, outChannels: 2 }, shape);
    assert.deepEqual(layout.engineShape, [1, 2, 2, 1]);
    assert.deepEqual(Array.from(toEngine(counting(4), shape, layout)), [0, 2, 1, 3]);
  });

  for (const groups of [1, 2]) {
    it(`gives back what it was given, with ${groups} group(s)`, () => {
      const shape = groups === 1 ? [4, 2, 3, 5] : [4, 1, 3, 5];
      const layout = layoutOf({ ...conv, groups }, shape);
      const values = counting(shape.reduce((a, b) => a * b, 1));
      assert.deepEqual(toTorch(toEngine(values, shape, layout), layout), values);
    });
  }

  it('leaves linear weights and biases alone, without copying them', () => {
    const values = counting(6);
    const linear = { type: 'Linear', inFeatures: 3, outFeatures: 2, bias: true } as const;
    assert.equal(toEngine(values, [2, 3], layoutOf(linear, [2, 3])), values);
    assert.equal(toEngine(values, [6], layoutOf(conv, [6])), values);
  });
});
