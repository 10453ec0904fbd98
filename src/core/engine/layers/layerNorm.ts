import { add, mean, mul, rsqrt, square, sub, tidy, type Tensor } from '@tensorflow/tfjs-core';
import type { LayerNorm } from '../../model/layerTree';
import type { Backward, EngineLayer, Forward, LayerContext } from './engineLayer';
import { sumOfRows } from './sumOfRows';

/**
 * Layer normalization (Ba et al. 2016) over the last axis, which has the channels of an image [batch, height, width,
 * channels] and the features of tokens [batch, tokens, features] alike.
 */
export class LayerNormLayer implements EngineLayer {
  readonly readsInputs = true;
  readonly readsOutput = false;

  constructor(
    private readonly layer: LayerNorm,
    private readonly context: LayerContext,
  ) {}

  forward([x]: readonly Tensor[]): Forward {
    const [output, average, deviation] = tidy<Tensor[]>(() => {
      const average = mean(x!, -1, true);
      const variance = mean(square(sub(x!, average)), -1, true);
      const deviation = rsqrt(add(variance, this.layer.eps));
      const normalized = mul(sub(x!, average), deviation);
      return [add(mul(normalized, this.variable('weight')), this.variable('bias')), average, deviation];
    });
    return { output: output!, saved: [average!, deviation!] };
  }

  backward({ dy, inputs, saved, wants, gradient }: Backward): readonly (Tensor | undefined)[] {
    const [average, deviation] = saved;
    const normalized = tidy(() => mul(sub(inputs[0]!, average!), deviation!));
    if (this.context.trainable) {
      const { ops } = this.context;
      gradient(
        'weight',
        tidy(() => sumOfRows(ops, mul(dy, normalized))),
      );
      gradient(
        'bias',
        tidy(() => sumOfRows(ops, dy)),
      );
    }
    const dx = wants[0] && tidy(() => this.inputGradient(dy, normalized, deviation!));
    normalized.dispose();
    return [dx || undefined];
  }

  private inputGradient(dy: Tensor, normalized: Tensor, deviation: Tensor): Tensor {
    const flowing = mul(dy, this.variable('weight'));
    // What of it only moves the mean or the variance comes back as nothing.
    const alongValues = mul(normalized, mean(mul(flowing, normalized), -1, true));
    return mul(sub(sub(flowing, mean(flowing, -1, true)), alongValues), deviation);
  }

  private variable(name: 'weight' | 'bias'): Tensor {
    return this.context.variables.get(`${this.context.path}.${name}`);
  }
}
