import { add, mul, rsqrt, tidy, type Tensor } from '@tensorflow/tfjs-core';
import type { BatchNorm2d } from '../../model/layerTree';
import type { Backward, EngineLayer, Forward, LayerContext } from './engineLayer';

/**
 * Batch normalization (Ioffe and Szegedy 2015) with PyTorch's rules: in training the batch's statistics, biased for
 * the output and unbiased for the running variance; else the running statistics, untouched.
 */
export class BatchNorm2dLayer implements EngineLayer {
  readonly readsInputs = true;
  readonly readsOutput = false;

  constructor(
    private readonly layer: BatchNorm2d,
    private readonly context: LayerContext,
  ) {}

  forward([x]: readonly Tensor[], training: boolean): Forward {
    const { ops, variables } = this.context;
    const [weight, bias, mean, variance] = (['weight', 'bias', 'running_mean', 'running_var'] as const).map(
      name => this.variable(name),
    );
    if (!training) {
      return { output: ops.batchNorm(x!, weight!, bias!, mean!, variance!, this.layer.eps) };
    }
    const { eps, momentum } = this.layer;
    const pass = ops.batchNormTraining(x!, weight!, bias!, mean!, variance!, eps, momentum);
    variables.set(`${this.context.path}.running_mean`, pass.runningMean);
    variables.set(`${this.context.path}.running_var`, pass.runningVar);
    variables.count(`${this.context.path}.num_batches_tracked`);
    return { output: pass.y, saved: pass.saved };
  }

  backward({ dy, inputs, saved, wants, gradient }: Backward): readonly (Tensor | undefined)[] {
    if (saved.length === 0) return [wants[0] ? this.frozenGradient(dy) : undefined];
    const pass = this.context.ops.batchNormGradient(
      dy,
      inputs[0]!,
      this.variable('weight'),
      saved,
      this.layer.eps,
    );
    if (this.context.trainable) {
      gradient('weight', pass.dWeight);
      gradient('bias', pass.dBias);
    } else {
      pass.dWeight.dispose();
      pass.dBias.dispose();
    }
    if (wants[0]) return [pass.dx];
    pass.dx.dispose();
    return [undefined];
  }

  /** With fixed statistics batch norm is a scale and a shift per channel, whose parameters do not train here. */
  private frozenGradient(dy: Tensor): Tensor {
    return tidy(() => {
      const deviation = rsqrt(add(this.variable('running_var'), this.layer.eps));
      return mul(dy, mul(this.variable('weight'), deviation));
    });
  }

  private variable(name: 'weight' | 'bias' | 'running_mean' | 'running_var'): Tensor {
    return this.context.variables.get(`${this.context.path}.${name}`);
  }
}
