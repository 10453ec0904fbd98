import { clone, mul, tensor, type Tensor } from '@tensorflow/tfjs-core';
import { valuesIn } from '../../model/shapes';
import type { Backward, EngineLayer, Forward, LayerContext } from './engineLayer';

/**
 * Dropout (Srivastava et al. 2014), or stochastic depth (Huang et al. 2016) where `perSample`: in training, values or
 * whole samples become 0 with probability p and the others are divided by 1 - p.
 */
export class DropoutLayer implements EngineLayer {
  readonly readsInputs = false;
  readonly readsOutput = false;

  constructor(
    private readonly p: number,
    private readonly perSample: boolean,
    private readonly context: LayerContext,
  ) {}

  forward([x]: readonly Tensor[], training: boolean): Forward {
    if (!training || this.p === 0) return { output: clone(x!) };
    const shape = this.perSample ? x!.shape.map((size, axis) => (axis === 0 ? size : 1)) : x!.shape;
    const kept = this.p === 1 ? 0 : 1 / (1 - this.p);
    const values = new Float32Array(valuesIn(shape));
    const random = this.context.random(values.length / shape[0]!);
    for (let i = 0; i < values.length; i++) values[i] = random.uniform() < this.p ? 0 : kept;
    const mask = tensor(values, shape);
    return { output: mul(x!, mask), saved: [mask] };
  }

  backward({ dy, saved, wants }: Backward): readonly (Tensor | undefined)[] {
    if (!wants[0]) return [undefined];
    return [saved[0] ? mul(dy, saved[0]) : clone(dy)];
  }
}
