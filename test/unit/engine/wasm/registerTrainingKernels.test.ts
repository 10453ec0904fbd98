import assert from 'node:assert/strict';
import '@tensorflow/tfjs-backend-cpu';
import { matMul, setBackend, tensor, tidy, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { openEngine } from '../../../../src/core/engine/chooseEngine';
import type { Ops, Window } from '../../../../src/core/engine/ops';
import { TfjsOps } from '../../../../src/core/engine/tfjsOps';
import type { Pair } from '../../../../src/core/model/layerTree';
import { hashValues } from '../../../parity/hashNetwork';

const [BATCH, CHANNELS, OUT] = [2, 3, 5];

/** Windows that are not square either. */
function* windows(): Generator<{ window: Window; kernel: Pair; size: Pair; output: Pair }> {
  const kernels: readonly Pair[] = [
    [1, 1],
    [3, 3],
    [2, 5],
  ];
  for (const kernel of kernels) {
    for (const stride of [
      [1, 1],
      [2, 2],
      [1, 3],
    ] as const) {
      for (const padding of ['valid', 'same'] as const) {
        for (const size of [
          [8, 11],
          [9, 6],
        ] as const) {
          const output = ([0, 1] as const).map(axis =>
            padding === 'same'
              ? Math.ceil(size[axis] / stride[axis])
              : Math.floor((size[axis] - kernel[axis]) / stride[axis]) + 1,
          ) as unknown as Pair;
          yield { window: { stride, padding }, kernel, size, output };
        }
      }
    }
  }
}

describe('The training kernels of the built-in engine give what tfjs itself does on plain JavaScript', () => {
  /** Runs on both and compares, relative to the largest value. */
  async function same(
    shapes: readonly (readonly number[])[],
    compute: (ops: Ops, ...inputs: Tensor[]) => Tensor,
  ): Promise<void> {
    const run = async (ops: Ops): Promise<Float32Array> => {
      const result = tidy(() => {
        const inputs = shapes.map((shape, i) =>
          tensor(
            hashValues(
              `input ${i}`,
              shape.reduce((a, b) => a * b, 1),
            ),
            [...shape],
          ),
        );
        return compute(ops, ...inputs);
      });
      const values = (await result.data()) as Float32Array;
      result.dispose();
      return values;
    };
    await setBackend('cpu');
    const expected = await run(new TfjsOps('cpu'));
    const found = await run((await openEngine('wasm')).ops);
    assert.equal(found.length, expected.length);
    const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    assert.ok(largest > 0);
    found.forEach((value, i) => {
      assert.ok(Math.abs(value - expected[i]!) < 1e-5 * largest, `${i}: ${value}, not ${expected[i]}`);
    });
  }

  for (const { window, kernel, size, output } of windows()) {
    const { stride, padding } = window;
    const x = [BATCH, ...size, CHANNELS];
    const at = `a ${kernel.join(' x ')} window, stride ${stride.join(' x ')}, ${padding}, over ${size.join(' x ')}`;

    it(`convolution: ${at}`, async () => {
      const [dy, filter] = [
        [BATCH, ...output, OUT],
        [...kernel, CHANNELS, OUT],
      ];
      await same([dy, filter], (ops, dy, filter) => ops.conv2dInputGradient(dy, filter, x, window));
      await same([x, dy], (ops, x, dy) => ops.conv2dFilterGradient(x, dy, filter, window));
    });

    // tfjs has no depthwise convolution with strides that differ.
    if (stride[0] !== stride[1]) continue;
    it(`depthwise convolution: ${at}`, async () => {
      const [dy, filter] = [
        [BATCH, ...output, CHANNELS],
        [...kernel, CHANNELS, 1],
      ];
      await same([dy, filter], (ops, dy, filter) => ops.depthwiseConv2dInputGradient(dy, filter, x, window));
      await same([x, dy], (ops, x, dy) => ops.depthwiseConv2dFilterGradient(x, dy, filter, window));
    });

    if (padding !== 'valid') continue;
    it(`max pooling: ${at}`, async () => {
      const dy = [BATCH, ...output, CHANNELS];
      await same([x, dy], (ops, x, dy) =>
        ops.maxPoolGradient(dy, x, ops.maxPool(x, kernel, stride), kernel, stride),
      );
    });
  }

  for (const [transposeA, transposeB] of [
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ] as const) {
    for (const rows of [3, 30]) {
      it(`product of ${rows} rows, transposed: ${transposeA}, ${transposeB}`, async () => {
        const [a, b] = [transposeA ? [7, rows] : [rows, 7], transposeB ? [11, 7] : [7, 11]];
        await same([a, b], (_, a, b) => matMul(a as Tensor2D, b as Tensor2D, transposeA, transposeB));
      });
    }
  }
});
