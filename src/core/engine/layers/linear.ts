import { add, matMul, sum, type Tensor } from '@tensorflow/tfjs-core';
import type { Linear } from '../../model/layerTree';
import type { Backward, EngineLayer, Forward, LayerContext } from './engineLayer';

/** y = x Wᵀ + b, x [batch, in], W [out, in] as PyTorch keeps it. */
export class LinearLayer implements EngineLayer {
  readonly readsInputs: boolean;
  readonly readsOutput = false;

  constructor(
    private readonly layer: Linear,
    private readonly context: LayerContext,
  ) {
    this.readsInputs = context.trainable;
  }

  forward([x]: readonly Tensor[]): Forward {
    const y = matMul(x!, this.variable('weight'), false, true);
    if (!this.layer.bias) return { output: y };
    const output = add(y, this.variable('bias'));
    y.dispose();
    return { output };
  }

  backward({ dy, inputs, wants, gradient }: Backward): readonly (Tensor | undefined)[] {
    if (this.context.trainable) {
      gradient('weight', matMul(dy, inputs[0]!, true, false));
      if (this.layer.bias) gradient('bias', sum(dy, 0));
    }
    return [wants[0] ? matMul(dy, this.variable('weight')) : undefined];
  }

  private variable(name: 'weight' | 'bias'): Tensor {
    return this.context.variables.get(`${this.context.path}.${name}`);
  }
}
