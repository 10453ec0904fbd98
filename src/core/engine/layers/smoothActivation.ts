import {
  add,
  clipByValue,
  erf,
  exp,
  mul,
  sigmoid,
  square,
  step,
  sub,
  tidy,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { SmoothActivation } from '../../model/layerTree';
import type { Backward, EngineLayer, Forward } from './engineLayer';

/** What an activation makes of its input, and how steeply. */
interface Curve {
  value(x: Tensor): Tensor;
  slope(x: Tensor): Tensor;
}

const curves: Readonly<Record<SmoothActivation['type'], Curve>> = {
  Sigmoid: {
    value: x => sigmoid(x),
    slope: x => {
      const y = sigmoid(x);
      return mul(y, sub(1, y));
    },
  },
  SiLU: {
    value: x => mul(x, sigmoid(x)),
    slope: x => {
      const y = sigmoid(x);
      return mul(y, add(1, mul(x, sub(1, y))));
    },
  },
  GELU: {
    value: x => mul(x, normalShare(x)),
    slope: x => add(normalShare(x), mul(x, mul(exp(mul(square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI)))),
  },
  Hardsigmoid: {
    value: hardsigmoid,
    slope: x => mul(mul(step(add(x, 3)), step(sub(3, x))), 1 / 6),
  },
  Hardswish: {
    value: x => mul(x, hardsigmoid(x)),
    // x / 3 + 1 / 2 between -3 and 3, 0 below and 1 above.
    slope: x => {
      const line = mul(x, 1 / 3);
      return mul(step(add(x, 3)), sub(add(line, 0.5), mul(step(sub(x, 3)), sub(line, 0.5))));
    },
  },
};

function hardsigmoid(x: Tensor): Tensor {
  return mul(clipByValue(add(x, 3), 0, 6), 1 / 6);
}

/** How much of a standard normal distribution lies below x. */
function normalShare(x: Tensor): Tensor {
  return mul(add(erf(mul(x, Math.SQRT1_2)), 1), 0.5);
}

/** An activation whose slope is not to be told from its output; composed of kernels that every engine has. */
export class SmoothActivationLayer implements EngineLayer {
  readonly readsInputs = true;
  readonly readsOutput = false;
  private readonly curve: Curve;

  constructor({ type }: SmoothActivation) {
    this.curve = curves[type];
  }

  forward([x]: readonly Tensor[]): Forward {
    return { output: tidy(() => this.curve.value(x!)) };
  }

  backward({ dy, inputs, wants }: Backward): readonly (Tensor | undefined)[] {
    return [wants[0] ? tidy(() => mul(dy, this.curve.slope(inputs[0]!))) : undefined];
  }
}
