import assert from 'node:assert/strict';
import '@tensorflow/tfjs-backend-cpu';
import { matMul, setBackend, tensor, tidy, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { openEngine } from '../../../../src/core/engine/chooseEngine';
import type { Window } from '../../../../src/core/model/windowOutput';
import type { Ops } from '../../../../src/core/engine/ops';
import { TfjsOps } from '../../../../src/core/engine/tfjsOps';
import type { Pair } from '../../../../src/core/model/layerTree';
import { hashValues } from '../../../parity/hashNetwork';
import { describeEngines, type ContractEngine } from './engines';

const BATCH = 2;

interface Case {
  readonly window: Window;
  readonly kernel: Pair;
  readonly size: Pair;
  readonly output: Pair;
  /** In and out. */
  readonly channels: Pair;
}

/** Windows that are not square either; channels that a GPU reads in fours, and such that it does not. */
function* windows(): Generator<Case> {
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
        for (const [size, channels] of [
          [
            [8, 11],
            [3, 5],
          ],
          [
            [9, 6],
            [4, 8],
          ],
        ] as const) {
          const output = ([0, 1] as const).map(axis =>
            padding === 'same'
              ? Math.ceil(size[axis] / stride[axis])
              : Math.floor((size[axis] - kernel[axis]) / stride[axis]) + 1,
          ) as unknown as Pair;
          yield { window: { stride, padding }, kernel, size, output, channels };
        }
      }
    }
  }
}

// TensorFlow's own are not what is tested here, and on the CPU they take no strides that differ.
describeEngines('The kernels give what tfjs itself does on plain JavaScript', defineKernels, ['tensorflow']);

function defineKernels(engine: ContractEngine): void {
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
    const found = await run((await openEngine(engine.name)).ops);
    assert.equal(found.length, expected.length);
    const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    assert.ok(largest > 0);
    found.forEach((value, i) => {
      assert.ok(Math.abs(value - expected[i]!) < 1e-5 * largest, `${i}: ${value}, not ${expected[i]}`);
    });
  }

  for (const { window, kernel, size, output, channels } of windows()) {
    const [inputs, outputs] = channels;
    const { stride, padding } = window;
    const x = [BATCH, ...size, inputs];
    const at = `a ${kernel.join(' x ')} window, stride ${stride.join(' x ')}, ${padding}, over ${size.join(' x ')}`;

    it(`convolution: ${at}`, async () => {
      const [dy, filter] = [
        [BATCH, ...output, outputs],
        [...kernel, inputs, outputs],
      ];
      await same([x, filter], (ops, x, filter) => ops.conv2d(x, filter, window));
      await same([dy, filter], (ops, dy, filter) => ops.conv2dInputGradient(dy, filter, x, window));
      await same([x, dy], (ops, x, dy) => ops.conv2dFilterGradient(x, dy, filter, window));
    });

    // tfjs has no depthwise convolution with strides that differ.
    if (stride[0] !== stride[1]) continue;
    it(`depthwise convolution: ${at}`, async () => {
      const [dy, filter] = [
        [BATCH, ...output, inputs],
        [...kernel, inputs, 1],
      ];
      await same([x, filter], (ops, x, filter) => ops.depthwiseConv2d(x, filter, window));
      await same([dy, filter], (ops, dy, filter) => ops.depthwiseConv2dInputGradient(dy, filter, x, window));
      await same([x, dy], (ops, x, dy) => ops.depthwiseConv2dFilterGradient(x, dy, filter, window));
    });

    if (padding !== 'valid') continue;
    it(`max pooling: ${at}`, async () => {
      const dy = [BATCH, ...output, inputs];
      await same([x, dy], (ops, x, dy) =>
        ops.maxPoolGradient(dy, x, ops.maxPool(x, kernel, stride), kernel, stride),
      );
      // As after a ReLU, where several values of a window are its maximum: the first of them gets it all.
      await same([x, dy], (ops, x, dy) => {
        const rectified = ops.relu(x, undefined);
        return ops.maxPoolGradient(dy, rectified, ops.maxPool(rectified, kernel, stride), kernel, stride);
      });
    });
  }

  for (const [transposeA, transposeB] of [
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ] as const) {
    for (const [rows, terms] of [
      [3, 7],
      [30, 8],
      [40, 7],
      [40, 2100],
    ] as const) {
      it(`product of ${rows} rows of ${terms}, transposed: ${transposeA}, ${transposeB}`, async () => {
        const a = transposeA ? [terms, rows] : [rows, terms];
        const b = transposeB ? [12, terms] : [terms, 12];
        await same([a, b], (_, a, b) => matMul(a as Tensor2D, b as Tensor2D, transposeA, transposeB));
      });
    }
  }
}
