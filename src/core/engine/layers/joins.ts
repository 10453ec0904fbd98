import {
  add,
  clone,
  concat,
  mul,
  reshape,
  slice,
  sum,
  tidy,
  transpose,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { valuesIn } from '../../model/shapes';
import type { Backward, EngineLayer, Forward } from './engineLayer';

/** The sum of its inputs. */
export class AddLayer implements EngineLayer {
  readonly readsInputs = false;
  readonly readsOutput = false;

  forward(inputs: readonly Tensor[]): Forward {
    let output = clone(inputs[0]!);
    for (const input of inputs.slice(1)) {
      const sum = add(output, input);
      output.dispose();
      output = sum;
    }
    return { output };
  }

  backward({ dy, wants }: Backward): readonly (Tensor | undefined)[] {
    return wants.map(wanted => (wanted ? clone(dy) : undefined));
  }
}

/** Its inputs side by side along the channels. */
export class ConcatLayer implements EngineLayer {
  readonly readsInputs = false;
  readonly readsOutput = false;

  forward(inputs: readonly Tensor[]): Forward {
    return { output: concat([...inputs], inputs[0]!.rank - 1) };
  }

  backward({ dy, inputShapes, wants }: Backward): readonly (Tensor | undefined)[] {
    let start = 0;
    return inputShapes.map((shape, index) => {
      const begin = shape.map((_, axis) => (axis === shape.length - 1 ? start : 0));
      start += shape.at(-1)!;
      return wants[index] ? slice(dy, begin, [...shape]) : undefined;
    });
  }
}

/** The product of an image [batch, height, width, channels] and a number for each of its channels, [batch, 1, 1, channels]. */
export class MultiplyLayer implements EngineLayer {
  readonly readsInputs = true;
  readonly readsOutput = false;

  forward([x, scale]: readonly Tensor[]): Forward {
    return { output: mul(x!, scale!) };
  }

  backward({ dy, inputs, wants }: Backward): readonly (Tensor | undefined)[] {
    const [x, scale] = inputs;
    return [
      wants[0] ? mul(dy, scale!) : undefined,
      // Axis by axis, since one long sum in float32 would lose digits.
      wants[1] ? tidy(() => sum(sum(mul(dy, x!), 2, true), 1, true)) : undefined,
    ];
  }
}

/** `torch.flatten(x, 1)`: channels first, whatever the engine's own layout. */
export class FlattenLayer implements EngineLayer {
  readonly readsInputs = false;
  readonly readsOutput = false;

  forward([x]: readonly Tensor[]): Forward {
    const [batch, ...rest] = x!.shape;
    const length = valuesIn(rest);
    if (isOnePixel(x!.shape)) return { output: reshape(x!, [batch, length]) };
    const channelsFirst = transpose(x!, [0, 3, 1, 2]);
    const output = reshape(channelsFirst, [batch, length]);
    channelsFirst.dispose();
    return { output };
  }

  backward({ dy, inputShapes, wants }: Backward): readonly (Tensor | undefined)[] {
    if (!wants[0]) return [undefined];
    const shape = inputShapes[0]!;
    if (isOnePixel(shape)) return [reshape(dy, [...shape])];
    const [batch, height, width, channels] = shape as readonly [number, number, number, number];
    const channelsFirst = reshape(dy, [batch, channels, height, width]);
    const dx = transpose(channelsFirst, [0, 2, 3, 1]);
    channelsFirst.dispose();
    return [dx];
  }
}

function isOnePixel(shape: readonly number[]): boolean {
  return shape.length === 2 || (shape[1] === 1 && shape[2] === 1);
}
