import { add, mul, reverse, tensor1d, tidy, transpose, type Tensor } from '@tensorflow/tfjs-core';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend';
import type { TensorMetadata, TFEOpAttr } from '@tensorflow/tfjs-node-gpu/dist/tfjs_binding';
import { t } from '../../../protocol/language';
import type { Pair } from '../../model/layerTree';
import type { Window } from '../../model/windowOutput';
import type { Recipe } from '../../recipe/recipe';
import { UserError } from '../../userError';
import type { FusedWindow, Ops } from '../ops';
import { windowOf } from '../windowOf';
import { FUSED_CONV, FUSED_DEPTHWISE_CONV, fusedAttributes, fusesConvolutions } from './fusedConvolutions';

/** TensorFlow's number for the type, which tfjs-node does not know. */
const BFLOAT16 = 14;

const PRODUCTS_WORTH_CASTING = 128;

/** Fewer channels than this are too few for TensorFlow's own gradient of filters to be fast. */
const CHANNELS_WORTH_OWN_KERNEL = 16;

/** What there is on this machine, and is fastest. */
interface Kernels {
  /** Whether oneDNN's convolutions can be called with bias and activation. */
  readonly fuses: boolean;
  /** Whether oneDNN works with AVX2 alone, where the fastest kernels are others than with AVX-512. */
  readonly onAvx2: boolean;
}

/** TensorFlow's own kernels, called through tfjs-node's binding by the names of TensorFlow's op registry. */
export class TensorflowOps implements Ops {
  private readonly float: TFEOpAttr;
  private readonly nhwc: TFEOpAttr;
  /** Values that are in bfloat16, though their tensors say float32: what else would read them fails. */
  private readonly narrow = new WeakSet<object>();

  constructor(
    private readonly backend: NodeJSKernelBackend,
    private readonly precision: Recipe['precision'] = 'float32',
    private readonly kernels = TensorflowOps.kernelsOf(backend),
  ) {
    this.float = this.type('T', backend.binding.TF_FLOAT);
    this.nhwc = this.string('data_format', 'NHWC');
  }

  private static kernelsOf(backend: NodeJSKernelBackend): Kernels {
    const fuses = fusesConvolutions(backend.binding);
    // With AVX-512 oneDNN convolves in bfloat16 as well.
    const onAvx2 = fuses && !new TensorflowOps(backend, 'bfloat16', { fuses, onAvx2: false }).multiplies();
    return { fuses, onAvx2 };
  }

  inPrecision(precision: Recipe['precision']): TensorflowOps {
    if (precision === this.precision) return this;
    const ops = new TensorflowOps(this.backend, precision, this.kernels);
    if (ops.multiplies()) return ops;
    throw new UserError(
      t(
        'precision: this processor cannot multiply in {0}, which takes AVX-512 or AMX; write "float32"',
        precision,
      ),
    );
  }

  /** Whether there is a kernel for convolutions in this precision: oneDNN has them by what the processor can do. */
  private multiplies(): boolean {
    const [batch, size, channels] = [1, 4, 64];
    const zeros = (...shape: readonly number[]): Tensor =>
      this.place(new Float32Array(shape.reduce((a, b) => a * b)), shape);
    const window: FusedWindow = {
      ...{ stride: [1, 1], padding: 'same', depthwise: false, activation: undefined },
      staysInside: false,
    };
    try {
      tidy(() => {
        const filter = zeros(3, 3, channels, channels);
        return void this.fusedConv2d(zeros(batch, size, size, channels), filter, zeros(channels), window);
      });
      return true;
    } catch {
      return false;
    }
  }

  place(values: Float32Array, shape: readonly number[]): Tensor {
    const { binding } = this.backend;
    const id = binding.createTensor([...shape], binding.TF_FLOAT, values);
    return this.backend['createOutputTensor']({ id, shape: [...shape], dtype: binding.TF_FLOAT });
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
    const { binding } = this.backend;
    const bytes = binding.createTensor([...shape], binding.TF_UINT8, pixels);
    const cast = this.cast(bytes, binding.TF_UINT8, binding.TF_FLOAT);
    binding.deleteTensor(bytes);
    return tidy(() => {
      const image = this.backend['createOutputTensor'](cast);
      const scale = tensor1d(std.map(deviation => 1 / (255 * deviation)));
      const shift = tensor1d(mean.map((average, channel) => -average / std[channel]!));
      return add(mul(image, scale), shift);
    });
  }

  conv2d(x: Tensor, filter: Tensor, window: Window): Tensor {
    return this.convolution('Conv2D', window, [x, filter], filter.shape);
  }

  conv2dInputGradient(dy: Tensor, filter: Tensor, inputShape: readonly number[], window: Window): Tensor {
    if (!this.kernels.onAvx2 && window.padding === 'same' && window.stride.every(step => step === 1)) {
      // The gradient of a stride-1 convolution is the convolution with the filter turned round: the same sums by
      // what is TensorFlow's fastest kernel with AVX-512.
      return tidy(() => this.conv2d(dy, transpose(reverse(filter, [0, 1]), [0, 1, 3, 2]), window));
    }
    return this.withSizes(inputShape, sizes =>
      this.convolution('Conv2DBackpropInput', window, [sizes, filter, dy], filter.shape),
    );
  }

  conv2dFilterGradient(x: Tensor, dy: Tensor, filterShape: readonly number[], window: Window): Tensor {
    return this.withSizes(filterShape, sizes => {
      if (this.kernels.onAvx2 && filterShape[2]! >= CHANNELS_WORTH_OWN_KERNEL) {
        // oneDNN leaves padding in numbers to TensorFlow's own kernel, which is faster here, and sums more exactly.
        const attributes = [this.float, ...this.paddedWindow(window, x.shape, filterShape), this.nhwc];
        return this.run('Conv2DBackpropFilter', attributes, [x, sizes, dy]);
      }
      return this.convolution('Conv2DBackpropFilter', window, [x, sizes, dy], filterShape);
    });
  }

  depthwiseConv2d(x: Tensor, filter: Tensor, window: Window): Tensor {
    return this.run('DepthwiseConv2dNative', [this.float, ...this.window(window), this.nhwc], [x, filter]);
  }

  depthwiseConv2dInputGradient(
    dy: Tensor,
    filter: Tensor,
    inputShape: readonly number[],
    window: Window,
  ): Tensor {
    return this.withSizes(inputShape, sizes =>
      this.run(
        'DepthwiseConv2dNativeBackpropInput',
        [this.float, ...this.window(window), this.nhwc],
        [sizes, filter, dy],
      ),
    );
  }

  depthwiseConv2dFilterGradient(
    x: Tensor,
    dy: Tensor,
    filterShape: readonly number[],
    window: Window,
  ): Tensor {
    return this.withSizes(filterShape, sizes =>
      this.run(
        'DepthwiseConv2dNativeBackpropFilter',
        [this.float, ...this.window(window), this.nhwc],
        [x, sizes, dy],
      ),
    );
  }

  fusedConv2d(x: Tensor, filter: Tensor, bias: Tensor, window: FusedWindow): Tensor {
    const { depthwise, activation } = window;
    if (this.kernels.fuses) {
      const fused = ['BiasAdd', ...(activation ? [activation === 'ReLU6' ? 'Relu6' : 'Relu'] : [])];
      const name = depthwise ? FUSED_DEPTHWISE_CONV : FUSED_CONV;
      const attributes = (type: number): TFEOpAttr[] =>
        fusedAttributes(this.backend.binding, name, type, fused);
      const inputs = [x, filter, bias];
      if (!depthwise) {
        return this.convolution(name, window, inputs, filter.shape, attributes, window.staysInside);
      }
      const { TF_FLOAT } = this.backend.binding;
      return this.run(name, [this.float, ...this.window(window), this.nhwc, ...attributes(TF_FLOAT)], inputs);
    }
    const sums = depthwise ? this.depthwiseConv2d(x, filter, window) : this.conv2d(x, filter, window);
    const shifted = this.biasAdd(sums, bias);
    sums.dispose();
    if (!activation) return shifted;
    const output = this.relu(shifted, activation === 'ReLU6' ? 6 : undefined);
    shifted.dispose();
    return output;
  }

  biasAdd(x: Tensor, bias: Tensor): Tensor {
    return this.run('BiasAdd', [this.float, this.nhwc], [x, bias]);
  }

  biasGradient(dy: Tensor): Tensor {
    return this.run('BiasAddGrad', [this.float, this.nhwc], [dy]);
  }

  batchNorm(x: Tensor, weight: Tensor, bias: Tensor, mean: Tensor, variance: Tensor, eps: number): Tensor {
    const [y, ...rest] = this.runAll(
      'FusedBatchNormV3',
      [...this.batchNormAttributes(eps, false), this.number('exponential_avg_factor', 1)],
      [x, weight, bias, mean, variance],
      6,
    );
    for (const tensor of rest) tensor.dispose();
    return y!;
  }

  batchNormTraining(
    x: Tensor,
    weight: Tensor,
    bias: Tensor,
    runningMean: Tensor,
    runningVar: Tensor,
    eps: number,
    momentum: number,
  ) {
    const [y, mean, variance, ...saved] = this.runAll(
      'FusedBatchNormV3',
      [...this.batchNormAttributes(eps, true), this.number('exponential_avg_factor', momentum)],
      [x, weight, bias, runningMean, runningVar],
      6,
    );
    return { y: y!, runningMean: mean!, runningVar: variance!, saved };
  }

  batchNormGradient(dy: Tensor, x: Tensor, weight: Tensor, saved: readonly Tensor[], eps: number) {
    const [dx, dWeight, dBias, ...rest] = this.runAll(
      'FusedBatchNormGradV3',
      this.batchNormAttributes(eps, true),
      [dy, x, weight, ...saved],
      5,
    );
    for (const tensor of rest) tensor.dispose();
    return { dx: dx!, dWeight: dWeight!, dBias: dBias! };
  }

  relu(x: Tensor, limit: 6 | undefined): Tensor {
    return this.run(limit ? 'Relu6' : 'Relu', [this.float], [x]);
  }

  reluGradient(dy: Tensor, y: Tensor, limit: 6 | undefined): Tensor {
    return this.run(limit ? 'Relu6Grad' : 'ReluGrad', [this.float], [dy, y]);
  }

  maxPool(x: Tensor, kernelSize: Pair, stride: Pair): Tensor {
    if (!this.narrow.has(x.dataId)) return this.run('MaxPool', this.poolAttributes(kernelSize, stride), [x]);
    const attributes = this.poolAttributes(kernelSize, stride, this.type('T', BFLOAT16));
    const ids: number[] = this.backend['getInputTensorIds']([x]);
    return this.inside(this.backend.binding.executeOp('MaxPool', attributes, ids, 1)[0]!);
  }

  maxPoolGradient(dy: Tensor, x: Tensor, y: Tensor, kernelSize: Pair, stride: Pair): Tensor {
    return this.run('MaxPoolGrad', this.poolAttributes(kernelSize, stride), [x, y, dy]);
  }

  /**
   * In bfloat16 what goes in and comes out is still float32, but for what stays inside: the kernel sums in float32, and
   * all else stays exact.
   */
  private convolution(
    name: string,
    window: Window,
    inputs: Tensor[],
    filterShape: readonly number[],
    more: (type: number) => TFEOpAttr[] = () => [],
    staysInside = false,
  ): Tensor {
    const { binding } = this.backend;
    const attributes = (type: number): TFEOpAttr[] => [
      this.type('T', type),
      ...this.window(window),
      this.nhwc,
      ...more(type),
    ];
    const [x, ...others] = inputs as [Tensor, ...Tensor[]];
    const isNarrow = this.narrow.has(x.dataId);
    if (this.precision === 'float32' || !isWorthCasting(filterShape)) {
      if (!isNarrow) return this.run(name, attributes(binding.TF_FLOAT), inputs);
      const wide = this.widened(this.backend['getInputTensorIds']([x])[0]);
      const result = this.run(name, attributes(binding.TF_FLOAT), [wide, ...others]);
      wide.dispose();
      return result;
    }
    const ids: readonly number[] = this.backend['getInputTensorIds'](inputs);
    const operands = ids.map((id, i) =>
      inputs[i]!.dtype !== 'float32' || (i === 0 && isNarrow)
        ? id
        : this.cast(id, binding.TF_FLOAT, BFLOAT16).id,
    );
    let result: TensorMetadata | undefined;
    try {
      [result] = binding.executeOp(name, attributes(BFLOAT16), operands, 1);
    } finally {
      operands.filter((id, i) => id !== ids[i]).forEach(id => binding.deleteTensor(id));
    }
    if (staysInside) return this.inside(result!);
    const widened = this.widened(result!.id);
    binding.deleteTensor(result!.id);
    return widened;
  }

  /** A value in bfloat16 as a tensor. */
  private inside({ id, shape }: TensorMetadata): Tensor {
    const { TF_FLOAT } = this.backend.binding;
    const tensor: Tensor = this.backend['createOutputTensor']({ id, shape, dtype: TF_FLOAT });
    this.narrow.add(tensor.dataId);
    return tensor;
  }

  private widened(id: number): Tensor {
    return this.backend['createOutputTensor'](this.cast(id, BFLOAT16, this.backend.binding.TF_FLOAT));
  }

  private cast(id: number, from: number, to: number): TensorMetadata {
    const attributes = [this.type('SrcT', from), this.type('DstT', to), this.boolean('Truncate', false)];
    return this.backend.binding.executeOp('Cast', attributes, [id], 1)[0]!;
  }

  private run(name: string, attributes: TFEOpAttr[], inputs: Tensor[]): Tensor {
    return this.backend.executeSingleOutput(name, attributes, inputs);
  }

  private runAll(name: string, attributes: TFEOpAttr[], inputs: Tensor[], outputs: number): Tensor[] {
    return this.backend.executeMultipleOutputs(name, attributes, inputs, outputs);
  }

  private withSizes(shape: readonly number[], use: (sizes: Tensor) => Tensor): Tensor {
    const sizes = tensor1d([...shape], 'int32');
    const result = use(sizes);
    sizes.dispose();
    return result;
  }

  private window({ stride, padding }: Window): TFEOpAttr[] {
    return [this.integers('strides', [1, ...stride, 1]), this.string('padding', padding.toUpperCase())];
  }

  /** The same window, for an image and a filter of those shapes, with its padding in numbers. */
  private paddedWindow(
    { stride, padding }: Window,
    inputShape: readonly number[],
    filterShape: readonly number[],
  ): TFEOpAttr[] {
    const strides: [number, number] = [...stride];
    const { padInfo } = windowOf(inputShape, filterShape, { strides, pad: padding }, false);
    const { top, bottom, left, right } = padInfo;
    return [
      this.integers('strides', [1, ...stride, 1]),
      this.string('padding', 'EXPLICIT'),
      this.integers('explicit_paddings', [0, 0, top, bottom, left, right, 0, 0]),
    ];
  }

  private poolAttributes(kernelSize: Pair, stride: Pair, type = this.float): TFEOpAttr[] {
    return [
      type,
      this.integers('ksize', [1, ...kernelSize, 1]),
      this.integers('strides', [1, ...stride, 1]),
      this.string('padding', 'VALID'),
      this.nhwc,
    ];
  }

  private batchNormAttributes(eps: number, training: boolean): TFEOpAttr[] {
    return [
      this.float,
      this.type('U', this.backend.binding.TF_FLOAT),
      this.number('epsilon', eps),
      this.nhwc,
      this.boolean('is_training', training),
    ];
  }

  private type(name: string, value: number): TFEOpAttr {
    return { name, type: this.backend.binding.TF_ATTR_TYPE, value };
  }

  private string(name: string, value: string): TFEOpAttr {
    return { name, type: this.backend.binding.TF_ATTR_STRING, value };
  }

  private integers(name: string, value: number[]): TFEOpAttr {
    return { name, type: this.backend.binding.TF_ATTR_INT, value };
  }

  private number(name: string, value: number): TFEOpAttr {
    return { name, type: this.backend.binding.TF_ATTR_FLOAT, value };
  }

  private boolean(name: string, value: boolean): TFEOpAttr {
    return { name, type: this.backend.binding.TF_ATTR_BOOL, value };
  }
}

/**
 * Whether multiplying in bfloat16 saves more time than the conversions take, as measured on CPUs with AVX-512: products
 * for each value that is read or written.
 */
function isWorthCasting([height, width, inputs, outputs]: readonly number[]): boolean {
  return (height! * width! * inputs! * outputs!) / (inputs! + outputs!) >= PRODUCTS_WORTH_CASTING;
}
