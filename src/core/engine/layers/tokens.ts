import { clone, concat, reshape, slice, zeros, type Tensor } from '@tensorflow/tfjs-core';
import type { Backward, EngineLayer, Forward } from './engineLayer';

/** The places of an image as tokens: as an engine lays images out, the same values in the same order. */
export class TokensLayer implements EngineLayer {
  readonly readsInputs = false;
  readonly readsOutput = false;

  forward([x]: readonly Tensor[]): Forward {
    const [batch, height, width, channels] = x!.shape as [number, number, number, number];
    return { output: reshape(x!, [batch, height * width, channels]) };
  }

  backward({ dy, inputShapes, wants }: Backward): readonly (Tensor | undefined)[] {
    return [wants[0] ? reshape(dy, [...inputShapes[0]!]) : undefined];
  }
}

/** What only has a meaning in PyTorch's order of axes. */
export class SameLayer implements EngineLayer {
  readonly readsInputs = false;
  readonly readsOutput = false;

  forward([x]: readonly Tensor[]): Forward {
    return { output: clone(x!) };
  }

  backward({ dy, wants }: Backward): readonly (Tensor | undefined)[] {
    return [wants[0] ? clone(dy) : undefined];
  }
}

/** Of tokens [batch, tokens, features] the first, [batch, features]. */
export class FirstTokenLayer implements EngineLayer {
  readonly readsInputs = false;
  readonly readsOutput = false;

  forward([x]: readonly Tensor[]): Forward {
    const [batch, , features] = x!.shape as [number, number, number];
    const first = slice(x!, [0, 0, 0], [batch, 1, features]);
    const output = reshape(first, [batch, features]);
    first.dispose();
    return { output };
  }

  backward({ dy, inputShapes, wants }: Backward): readonly (Tensor | undefined)[] {
    if (!wants[0]) return [undefined];
    const [batch, tokens, features] = inputShapes[0] as [number, number, number];
    const first = reshape(dy, [batch, 1, features]);
    const others = zeros([batch, tokens - 1, features]);
    const dx = concat([first, others], 1);
    for (const part of [first, others]) part.dispose();
    return [dx];
  }
}
