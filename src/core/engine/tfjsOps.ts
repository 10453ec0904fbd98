import {
  add,
  batchNorm,
  conv2d,
  conv2dTranspose,
  depthwiseConv2d,
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
  Conv2DBackpropFilter,
  div,
  engine,
  fused,
  maxPool,
  MaxPoolGrad,
  mul,
  relu,
  relu6,
  rsqrt,
  square,
  step,
  sub,
  sum,
  tensor,
  tidy,
  type NamedAttrMap,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { t } from '../../protocol/language';
import type { Pair } from '../model/layerTree';
import type { Window } from '../model/windowOutput';
import type { Recipe } from '../recipe/recipe';
import { UserError } from '../userError';
import type { BatchNormStatistics, FusedWindow, Ops } from './ops';

/**
 * The operations by the kernels that tfjs names, on whichever of its backends is the current one: what a backend has a
 * faster way for, it overrides.
 */
export class TfjsOps implements Ops {
  /** `name`: of the engine, for what is said to people. */
  constructor(protected readonly name: string) {}

  inPrecision(precision: Recipe['precision']): Ops {
    if (precision === 'float32') return this;
    throw new UserError(
      t(
        'precision: the {0} engine computes in float32 alone; write "float32", or install the TensorFlow engine with: thaw runtime install',
        this.name,
      ),
    );
  }

  place(values: Float32Array, shape: readonly number[]): Tensor {
    return tensor(values, [...shape]);
  }

  settle(): Promise<void> {
    return Promise.resolve();
  }

  normalizePixels(
    pixels: Uint8Array,
    shape: readonly number[],
    mean: readonly number[],
    std: readonly number[],
  ): Tensor {
    const tables = mean.map((average, channel) =>
      Float32Array.from({ length: 256 }, (_, byte) => (byte / 255 - average) / std[channel]!),
    );
    const values = new Float32Array(pixels.length);
    for (let i = 0; i < pixels.length; i++) values[i] = tables[i % tables.length]![pixels[i]!]!;
    return this.place(values, shape);
  }

  conv2d(x: Tensor, filter: Tensor, { stride, padding }: Window): Tensor {
    return conv2d(x as Tensor4D, filter as Tensor4D, [...stride], padding);
  }

  conv2dInputGradient(dy: Tensor, filter: Tensor, inputShape: readonly number[], window: Window): Tensor {
    const shape = inputShape as [number, number, number, number];
    return conv2dTranspose(dy as Tensor4D, filter as Tensor4D, shape, [...window.stride], window.padding);
  }

  conv2dFilterGradient(x: Tensor, dy: Tensor, filterShape: readonly number[], window: Window): Tensor {
    return this.run(Conv2DBackpropFilter, { x, dy }, { ...windowAttributes(window), filterShape });
  }

  depthwiseConv2d(x: Tensor, filter: Tensor, { stride, padding }: Window): Tensor {
    return depthwiseConv2d(x as Tensor4D, filter as Tensor4D, [...stride], padding);
  }

  depthwiseConv2dInputGradient(
    dy: Tensor,
    filter: Tensor,
    inputShape: readonly number[],
    window: Window,
  ): Tensor {
    const attributes = { ...windowAttributes(window), inputShape };
    return this.run(DepthwiseConv2dNativeBackpropInput, { dy, filter }, attributes);
  }

  depthwiseConv2dFilterGradient(
    x: Tensor,
    dy: Tensor,
    filterShape: readonly number[],
    window: Window,
  ): Tensor {
    const attributes = { ...windowAttributes(window), filterShape };
    return this.run(DepthwiseConv2dNativeBackpropFilter, { x, dy }, attributes);
  }

  fusedConv2d(x: Tensor, filter: Tensor, bias: Tensor, window: FusedWindow): Tensor {
    const convolve = window.depthwise ? fused.depthwiseConv2d : fused.conv2d;
    const activation = window.activation === 'ReLU6' ? 'relu6' : window.activation ? 'relu' : 'linear';
    return convolve({
      ...{ x: x as Tensor4D, filter: filter as Tensor4D, bias, activation },
      ...{ strides: [...window.stride], pad: window.padding },
    });
  }

  biasAdd(x: Tensor, bias: Tensor): Tensor {
    return add(x, bias);
  }

  biasGradient(dy: Tensor): Tensor {
    return tidy(() => this.sumOfPixels(dy));
  }

  batchNorm(x: Tensor, weight: Tensor, bias: Tensor, mean: Tensor, variance: Tensor, eps: number): Tensor {
    const [scale, shift] = [weight as Tensor1D, bias as Tensor1D];
    return batchNorm(x as Tensor4D, mean as Tensor1D, variance as Tensor1D, shift, scale, eps);
  }

  batchNormTraining(
    x: Tensor,
    weight: Tensor,
    bias: Tensor,
    runningMean: Tensor,
    runningVar: Tensor,
    eps: number,
    momentum: number,
  ): BatchNormStatistics & { readonly y: Tensor } {
    const count = x.size / x.shape.at(-1)!;
    const moved = (running: Tensor, batch: Tensor): Tensor =>
      add(mul(running, 1 - momentum), mul(batch, momentum));
    const [y, average, variance, movedMean, movedVar] = tidy<Tensor[]>(() => {
      const average = div(this.sumOfPixels(x), count);
      const variance = div(this.sumOfPixels(square(sub(x, average))), count);
      return [
        this.batchNorm(x, weight, bias, average, variance, eps),
        ...[average, variance, moved(runningMean, average)],
        // Of a batch with a single value per channel PyTorch has no unbiased variance either.
        moved(runningVar, mul(variance, count / Math.max(count - 1, 1))),
      ];
    }) as [Tensor, Tensor, Tensor, Tensor, Tensor];
    return { y, runningMean: movedMean, runningVar: movedVar, saved: [average, variance] };
  }

  batchNormGradient(dy: Tensor, x: Tensor, weight: Tensor, saved: readonly Tensor[], eps: number) {
    const [average, variance] = saved as [Tensor, Tensor];
    const count = x.size / x.shape.at(-1)!;
    const [dx, dWeight, dBias] = tidy<[Tensor, Tensor, Tensor]>(() => {
      const deviation = rsqrt(add(variance, eps));
      const normalized = mul(sub(x, average), deviation);
      const dBias = this.sumOfPixels(dy);
      const dWeight = this.sumOfPixels(mul(dy, normalized));
      // What of dy only moves the batch's mean or its variance comes back as nothing.
      const rest = sub(sub(dy, div(dBias, count)), mul(normalized, div(dWeight, count)));
      return [mul(rest, mul(weight, deviation)), dWeight, dBias];
    });
    return { dx, dWeight, dBias };
  }

  relu(x: Tensor, limit: 6 | undefined): Tensor {
    return limit ? relu6(x) : relu(x);
  }

  reluGradient(dy: Tensor, y: Tensor, limit: 6 | undefined): Tensor {
    return tidy(() => {
      const open = mul(dy, step(y));
      return limit ? mul(open, step(sub(limit, y))) : open;
    });
  }

  maxPool(x: Tensor, kernelSize: Pair, stride: Pair): Tensor {
    return maxPool(x as Tensor4D, [...kernelSize], [...stride], 'valid');
  }

  maxPoolGradient(dy: Tensor, x: Tensor, y: Tensor, kernelSize: Pair, stride: Pair): Tensor {
    const attributes = { filterSize: [...kernelSize], strides: [...stride], pad: 'valid' };
    return this.run(MaxPoolGrad, { dy, input: x, output: y }, attributes);
  }

  /** Of all pixels of all images, [channels]: axis by axis, since one long sum in float32 would lose digits. */
  protected sumOfPixels(x: Tensor): Tensor {
    return sum(sum(sum(x, 2), 1), 0);
  }

  protected run(kernel: string, inputs: Readonly<Record<string, Tensor>>, attributes: object): Tensor {
    return engine().runKernel(kernel, inputs, attributes as NamedAttrMap);
  }
}

function windowAttributes({ stride, padding }: Window): object {
  return { strides: [...stride], pad: padding, dataFormat: 'NHWC', dilations: [1, 1] };
}
