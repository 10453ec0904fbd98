import type { Tensor } from '@tensorflow/tfjs-core';
import type { Rectifier } from '../../model/layerTree';
import type { Backward, EngineLayer, Forward, LayerContext } from './engineLayer';

/** ReLU and ReLU6; the backward pass needs only the output. */
export class RectifierLayer implements EngineLayer {
  readonly readsInputs = false;
  readonly readsOutput = true;
  private readonly limit: 6 | undefined;

  constructor(
    layer: Rectifier,
    private readonly context: LayerContext,
  ) {
    this.limit = layer.type === 'ReLU6' ? 6 : undefined;
  }

  forward([x]: readonly Tensor[]): Forward {
    return { output: this.context.ops.relu(x!, this.limit) };
  }

  backward({ dy, output, wants }: Backward): readonly (Tensor | undefined)[] {
    return [wants[0] ? this.context.ops.reluGradient(dy, output!, this.limit) : undefined];
  }
}
