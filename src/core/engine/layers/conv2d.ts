import { slice, type Tensor } from '@tensorflow/tfjs-core';
import { isDepthwise, type Conv2d } from '../../model/layerTree';
import { convolutionGeometry } from '../../model/windowOutput';
import { gatherGroups, spreadGroups } from './groupedFilter';
import type { Backward, EngineLayer, Forward, LayerContext } from './engineLayer';
import { sizeOf, withEdges } from './withEdges';

/** A convolution with torch's padding; depthwise, in groups, or of all channels. */
export class Conv2dLayer implements EngineLayer {
  readonly readsInputs: boolean;
  readonly readsOutput = false;
  private readonly weight: string;
  private readonly bias: string | undefined;
  private readonly depthwise: boolean;
  /** Into which its channels are divided, unless it is depthwise. */
  private readonly groups: number;

  constructor(
    private readonly layer: Conv2d,
    private readonly context: LayerContext,
  ) {
    this.depthwise = isDepthwise(layer);
    this.groups = this.depthwise ? 1 : layer.groups;
    this.readsInputs = context.trainable;
    this.weight = `${context.path}.weight`;
    this.bias = layer.bias ? `${context.path}.bias` : undefined;
  }

  forward([x]: readonly Tensor[]): Forward {
    const { ops, variables } = this.context;
    const { edges, window } = convolutionGeometry(this.layer, sizeOf(x!.shape));
    const padded = withEdges(x!, edges);
    const filter = this.filter();
    const y = this.depthwise
      ? ops.depthwiseConv2d(padded, filter, window)
      : ops.conv2d(padded, filter, window);
    filter.dispose();
    if (padded !== x) padded.dispose();
    if (!this.bias) return { output: y };
    const output = ops.biasAdd(y, variables.get(this.bias));
    y.dispose();
    return { output };
  }

  backward({ dy, inputs, inputShapes, wants, gradient }: Backward): readonly (Tensor | undefined)[] {
    const { ops, trainable } = this.context;
    const shape = inputShapes[0]!;
    const { edges, window } = convolutionGeometry(this.layer, sizeOf(shape));
    const filter = this.filter();
    if (trainable) {
      const padded = withEdges(inputs[0]!, edges);
      const dFilter = this.depthwise
        ? ops.depthwiseConv2dFilterGradient(padded, dy, filter.shape, window)
        : ops.conv2dFilterGradient(padded, dy, filter.shape, window);
      gradient('weight', this.ofGroups(dFilter));
      if (padded !== inputs[0]) padded.dispose();
      if (this.bias) gradient('bias', ops.biasGradient(dy));
    }
    if (!wants[0]) {
      filter.dispose();
      return [undefined];
    }
    const [top, bottom, left, right] = edges;
    const paddedShape = [shape[0]!, shape[1]! + top + bottom, shape[2]! + left + right, shape[3]!];
    const dPadded = this.depthwise
      ? ops.depthwiseConv2dInputGradient(dy, filter, paddedShape, window)
      : ops.conv2dInputGradient(dy, filter, paddedShape, window);
    filter.dispose();
    if (edges.every(edge => edge === 0)) return [dPadded];
    const dx = slice(dPadded, [0, top, left, 0], [...shape]);
    dPadded.dispose();
    return [dx];
  }

  /** A tensor of its own, of all channels. */
  private filter(): Tensor {
    const filter = this.context.variables.get(this.weight);
    return this.groups > 1 ? spreadGroups(filter, this.groups) : filter.clone();
  }

  /** The gradient of the filter as it is kept, in place of that of all channels. */
  private ofGroups(dFilter: Tensor): Tensor {
    if (this.groups === 1) return dFilter;
    const { shape } = this.context.variables.get(this.weight);
    const gathered = gatherGroups(dFilter, shape, this.groups);
    dFilter.dispose();
    return gathered;
  }
}
