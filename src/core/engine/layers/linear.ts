import { add, matMul, reshape, sum, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { parameterShapes, type InProjection, type Linear } from '../../model/layerTree';
import type { Backward, EngineLayer, Forward, LayerContext } from './engineLayer';
import { sumOfRows } from './sumOfRows';

/** y = x Wᵀ + b, x [batch, ..., in], W [out, in] as PyTorch keeps it. */
export class LinearLayer implements EngineLayer {
  readonly readsInputs: boolean;
  readonly readsOutput = false;
  private readonly weight: string;
  private readonly bias: string | undefined;

  constructor(
    layer: Linear | InProjection,
    private readonly context: LayerContext,
  ) {
    this.readsInputs = context.trainable;
    const [weight, bias] = parameterShapes(layer).map(({ key }) => context.path + key);
    this.weight = weight!;
    this.bias = bias;
  }

  forward([x]: readonly Tensor[]): Forward {
    const { variables } = this.context;
    const output = tidy(() => {
      const y = matMul(rowsOf(x!), variables.get(this.weight), false, true);
      return reshape(this.bias === undefined ? y : add(y, variables.get(this.bias)), [
        ...x!.shape.slice(0, -1),
        y.shape[1]!,
      ]);
    });
    return { output };
  }

  backward({ dy, inputs, inputShapes, wants, gradient }: Backward): readonly (Tensor | undefined)[] {
    const { ops, variables, trainable } = this.context;
    if (trainable) {
      gradient(
        'weight',
        tidy(() => matMul(rowsOf(dy), rowsOf(inputs[0]!), true, false)),
      );
      if (this.bias !== undefined) {
        gradient('bias', dy.rank === 2 ? sum(dy, 0) : tidy(() => sumOfRows(ops, dy)));
      }
    }
    if (!wants[0]) return [undefined];
    return [tidy(() => reshape(matMul(rowsOf(dy), variables.get(this.weight)), [...inputShapes[0]!]))];
  }
}

/** All but the last axis as one. */
function rowsOf(x: Tensor): Tensor {
  return reshape(x, [-1, x.shape.at(-1)!]);
}
