import { add, keep, mul, reshape, rsqrt, sub, tidy, zeros, type Tensor } from '@tensorflow/tfjs-core';
import { isDepthwise, type BatchNorm2d, type Conv2d, type Rectifier } from '../../model/layerTree';
import { convolutionGeometry } from '../../model/windowOutput';
import { spreadGroups } from './groupedFilter';
import type { EngineLayer, Forward, LayerContext } from './engineLayer';
import { sizeOf, withEdges } from './withEdges';

/** A convolution of the frozen part and what follows it. */
export interface FoldedConvolution {
  readonly convolution: Conv2d;
  /** Module paths. */
  readonly path: string;
  readonly batchNorm: { readonly layer: BatchNorm2d; readonly path: string } | undefined;
  readonly activation: Rectifier['type'] | undefined;
  /** Whether only convolutions like this one and max-pools read its output. */
  readonly staysInside: boolean;
}

interface Folded {
  readonly from: readonly Tensor[];
  readonly filter: Tensor;
  readonly bias: Tensor;
}

/**
 * Convolution, batch norm with fixed statistics and activation in one pass: batch norm's scale goes into the filter,
 * its shift into a bias. Nothing here trains, so that there is no way back.
 */
export class FoldedConv2dLayer implements EngineLayer {
  readonly readsInputs = false;
  readonly readsOutput = false;
  private folded: Folded | undefined;

  constructor(
    private readonly definition: FoldedConvolution,
    private readonly context: Pick<LayerContext, 'ops' | 'variables'>,
  ) {}

  forward([x]: readonly Tensor[]): Forward {
    const { convolution, activation, staysInside } = this.definition;
    const { edges, window } = convolutionGeometry(convolution, sizeOf(x!.shape));
    const padded = withEdges(x!, edges);
    const { filter, bias } = this.values();
    const depthwise = isDepthwise(convolution);
    const output = this.context.ops.fusedConv2d(padded, filter, bias, {
      ...window,
      ...{ depthwise, activation, staysInside },
    });
    if (padded !== x) padded.dispose();
    return { output };
  }

  backward(): never {
    throw new Error(`${this.definition.path} is frozen: no gradient goes through it`);
  }

  dispose(): void {
    this.folded?.filter.dispose();
    this.folded?.bias.dispose();
    this.folded = undefined;
  }

  /** Folded again only where a variable was replaced. */
  private values(): Folded {
    const from = this.variables();
    const isCurrent = this.folded?.from.every((tensor, i) => tensor.dataId === from[i]!.dataId);
    if (!isCurrent) {
      this.dispose();
      this.folded = { from, ...this.fold(from) };
    }
    return this.folded!;
  }

  private variables(): readonly Tensor[] {
    const { convolution, path, batchNorm } = this.definition;
    const keys = [`${path}.weight`, ...(convolution.bias ? [`${path}.bias`] : [])];
    if (batchNorm) {
      keys.push(
        ...['weight', 'bias', 'running_mean', 'running_var'].map(name => `${batchNorm.path}.${name}`),
      );
    }
    return keys.map(key => this.context.variables.get(key));
  }

  private fold(from: readonly Tensor[]): { filter: Tensor; bias: Tensor } {
    const { filter, bias } = this.withBatchNorm(from);
    const { convolution } = this.definition;
    if (convolution.groups === 1 || isDepthwise(convolution)) return { filter, bias };
    const spread = keep(spreadGroups(filter, convolution.groups));
    filter.dispose();
    return { filter: spread, bias };
  }

  private withBatchNorm(from: readonly Tensor[]): { filter: Tensor; bias: Tensor } {
    const { convolution, batchNorm } = this.definition;
    const [filter, ...rest] = from as [Tensor, ...Tensor[]];
    const own = convolution.bias ? rest.shift() : undefined;
    if (!batchNorm) {
      // A clone shares the memory.
      return {
        filter: keep(filter.clone()),
        bias: keep(own?.clone() ?? zeros([convolution.outChannels])),
      };
    }
    const [weight, bias, mean, variance] = rest as [Tensor, Tensor, Tensor, Tensor];
    return tidy(() => {
      const scale = mul(weight, rsqrt(add(variance, batchNorm.layer.eps)));
      const shift = sub(bias, mul(own ? sub(mean, own) : mean, scale));
      // A depthwise filter has its channels on the last axis but one.
      const perChannel = isDepthwise(convolution) ? reshape(scale, [convolution.groups, 1]) : scale;
      return { filter: keep(mul(filter, perChannel)), bias: keep(shift) };
    });
  }
}
