import {
  concat,
  matMul,
  mul,
  reshape,
  slice,
  softmax,
  sub,
  sum,
  tidy,
  transpose,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { Attention } from '../../model/layerTree';
import type { Backward, EngineLayer, Forward } from './engineLayer';

/**
 * Scaled dot-product attention (Vaswani et al. 2017) of queries, keys and values side by side, [batch, tokens, 3 x
 * features], in several heads: [batch, tokens, features].
 */
export class AttentionLayer implements EngineLayer {
  readonly readsInputs = false;
  readonly readsOutput = false;

  constructor(private readonly layer: Attention) {}

  forward([x]: readonly Tensor[], _training: boolean): Forward {
    const [output, ...saved] = tidy<Tensor[]>(() => {
      const [queries, keys, values] = [0, 1, 2].map(part => this.heads(x!, part)) as [Tensor, Tensor, Tensor];
      const weights = softmax(mul(matMul(queries, keys, false, true), this.scale(queries)));
      return [this.joined(matMul(weights, values), x!.shape[0]), queries, keys, values, weights];
    });
    return { output: output!, saved };
  }

  backward({ dy, saved, wants }: Backward): readonly (Tensor | undefined)[] {
    if (!wants[0]) return [undefined];
    const [queries, keys, values, weights] = saved as [Tensor, Tensor, Tensor, Tensor];
    const batch = dy.shape[0];
    return [
      tidy(() => {
        const flowing = this.heads(dy, 0);
        const dValues = matMul(weights, flowing, true, false);
        const dWeights = matMul(flowing, values, false, true);
        const inner = sum(mul(dWeights, weights), -1, true);
        const dScores = mul(mul(weights, sub(dWeights, inner)), this.scale(queries));
        const dQueries = matMul(dScores, keys);
        const dKeys = matMul(dScores, queries, true, false);
        return concat(
          [dQueries, dKeys, dValues].map(each => this.joined(each, batch)),
          2,
        );
      }),
    ];
  }

  /** One of the parts side by side in x, in heads: [batch x heads, tokens, features of a head]. */
  private heads(x: Tensor, part: number): Tensor {
    const { features, heads } = this.layer;
    const [batch, tokens] = x.shape as [number, number, number];
    const own = slice(x, [0, 0, part * features], [batch, tokens, features]);
    const apart = transpose(reshape(own, [batch, tokens, heads, features / heads]), [0, 2, 1, 3]);
    return reshape(apart, [batch * heads, tokens, features / heads]);
  }

  /** The other way: [batch, tokens, features]. */
  private joined(x: Tensor, batch: number): Tensor {
    const { features, heads } = this.layer;
    const tokens = x.shape[1]!;
    const apart = reshape(x, [batch, heads, tokens, features / heads]);
    return reshape(transpose(apart, [0, 2, 1, 3]), [batch, tokens, features]);
  }

  private scale(queries: Tensor): number {
    return 1 / Math.sqrt(queries.shape[2]!);
  }
}
