import { add, clone, concat, mul, reshape, slice, sum, tidy, tile, type Tensor } from '@tensorflow/tfjs-core';
import type { Parameter } from '../../model/layerTree';
import type { Backward, EngineLayer, Forward, LayerContext } from './engineLayer';
import { sumOfRows } from './sumOfRows';

/** A parameter of a module that `forward` uses itself: it scales channels, is added to tokens or put before them. */
export class ParameterLayer implements EngineLayer {
  readonly readsInputs: boolean;
  readonly readsOutput = false;

  constructor(
    private readonly layer: Parameter,
    private readonly context: LayerContext,
  ) {
    this.readsInputs = context.trainable && layer.use === 'scale';
  }

  forward([x]: readonly Tensor[]): Forward {
    switch (this.layer.use) {
      case 'scale':
        return { output: tidy(() => mul(x!, this.scale())) };
      case 'add':
        return { output: add(x!, this.value()) };
      case 'prepend':
        return { output: tidy(() => concat([tile(this.value(), [x!.shape[0], 1, 1]), x!], 1)) };
    }
  }

  backward({ dy, inputs, wants, gradient }: Backward): readonly (Tensor | undefined)[] {
    if (this.context.trainable) {
      const found = tidy(() => reshape(this.gradient(dy, inputs), [...this.layer.shape]));
      gradient('weight', found);
    }
    if (!wants[0]) return [undefined];
    switch (this.layer.use) {
      case 'scale':
        return [tidy(() => mul(dy, this.scale()))];
      case 'add':
        return [clone(dy)];
      case 'prepend': {
        const [batch, tokens, features] = dy.shape as [number, number, number];
        return [slice(dy, [0, 1, 0], [batch, tokens - 1, features])];
      }
    }
  }

  private gradient(dy: Tensor, [x]: readonly Tensor[]): Tensor {
    const { use } = this.layer;
    if (use === 'scale') return sumOfRows(this.context.ops, mul(dy, x!));
    if (use === 'add') return sum(dy, 0);
    const [batch, , features] = dy.shape as [number, number, number];
    return sum(slice(dy, [0, 0, 0], [batch, 1, features]), 0);
  }

  /** As a number for each value of the last axis. */
  private scale(): Tensor {
    return reshape(this.value(), [-1]);
  }

  private value(): Tensor {
    return this.context.variables.get(this.context.path);
  }
}
