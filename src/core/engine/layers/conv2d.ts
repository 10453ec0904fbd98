import { slice, type Tensor } from '@tensorflow/tfjs-core';
import type { Conv2d } from '../../model/layerTree';
import { convolutionGeometry } from '../../model/windowOutput';
import type { Backward, EngineLayer, Forward, LayerContext } from './engineLayer';
import { sizeOf, withEdges } from './withEdges';

/** A convolution with torch's padding; `groups` is 1 or every channel its own (depthwise). */
export class Conv2dLayer implements EngineLayer {
  readonly readsInputs: boolean;
  readonly readsOutput = false;
  private readonly weight: string;
  private readonly bias: string | undefined;
  private readonly depthwise: boolean;

  constructor(
    private readonly layer: Conv2d,
    private readonly context: LayerContext,
  ) {
    this.depthwise = layer.groups > 1;
    if (this.depthwise && (layer.groups !== layer.inChannels || layer.outChannels !== layer.inChannels)) {
      throw new Error(`${context.path}: grouped convolutions other than depthwise are not built yet`);
    }
    this.readsInputs = context.trainable;
    this.weight = `${context.path}.weight`;
    this.bias = layer.bias ? `${context.path}.bias` : undefined;
  }

  forward([x]: readonly Tensor[]): Forward {
    const { ops, variables } = this.context;
    const { edges, window } = convolutionGeometry(this.layer, sizeOf(x!.shape));
    const padded = withEdges(x!, edges);
    const filter = variables.get(this.weight);
    const y = this.depthwise
      ? ops.depthwiseConv2d(padded, filter, window)
      : ops.conv2d(padded, filter, window);
    if (padded !== x) padded.dispose();
    if (!this.bias) return { output: y };
    const output = ops.biasAdd(y, variables.get(this.bias));
    y.dispose();
    return { output };
  }

  backward({ dy, inputs, inputShapes, wants, gradient }: Backward): readonly (Tensor | undefined)[] {
    const { ops, variables, trainable } = this.context;
    const shape = inputShapes[0]!;
    const { edges, window } = convolutionGeometry(this.layer, sizeOf(shape));
    const filter = variables.get(this.weight);
    if (trainable) {
      const padded = withEdges(inputs[0]!, edges);
      gradient(
        'weight',
        this.depthwise
          ? ops.depthwiseConv2dFilterGradient(padded, dy, filter.shape, window)
          : ops.conv2dFilterGradient(padded, dy, filter.shape, window),
      );
      if (padded !== inputs[0]) padded.dispose();
      if (this.bias) gradient('bias', ops.biasGradient(dy));
    }
    if (!wants[0]) return [undefined];
    const [top, bottom, left, right] = edges;
    const paddedShape = [shape[0]!, shape[1]! + top + bottom, shape[2]! + left + right, shape[3]!];
    const dPadded = this.depthwise
      ? ops.depthwiseConv2dInputGradient(dy, filter, paddedShape, window)
      : ops.conv2dInputGradient(dy, filter, paddedShape, window);
    if (edges.every(edge => edge === 0)) return [dPadded];
    const dx = slice(dPadded, [0, top, left, 0], [...shape]);
    dPadded.dispose();
    return [dx];
  }
}
