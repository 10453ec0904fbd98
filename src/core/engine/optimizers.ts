import { add, div, mul, sqrt, square, sub, tidy, type Tensor } from '@tensorflow/tfjs-core';
import type { LearningRateScale } from '../model/parameterGroups';
import type { OptimizerRecipe } from '../recipe/recipe';
import type { StateDict, TensorSource } from '../weights/stateDict';
import { Slots } from './slots';
import type { Variables } from './variables';

/** Changes parameters by their gradients. Formulas, defaults and order of operations are PyTorch's (`torch.optim`). */
export interface Optimizer {
  /** One step: `gradients` by the parameters' keys (they stay the caller's), `lr` the optimizer's learning rate in this epoch. */
  step(gradients: ReadonlyMap<string, Tensor>, lr: number): void;
  /** What it remembers from step to step: a parameter's key followed by PyTorch's name, as in `fc.weight.exp_avg`. */
  tensors(): TensorSource;
  /** Goes on as one that has taken so many steps and remembers `tensors`. */
  restore(tensors: StateDict, steps: number): void;
  dispose(): void;
}

/**
 * The optimizer a recipe names, for the variables of one network. `scaleOf` says what of the learning rate each parameter
 * has; `firstStepOf` before which step it is added, as by torch's `add_param_group`: what it remembers begins there.
 */
export function createOptimizer(
  recipe: OptimizerRecipe,
  variables: Variables,
  scaleOf: LearningRateScale = () => 1,
  firstStepOf: (key: string) => number = () => 0,
): Optimizer {
  return recipe.type === 'sgd'
    ? new Sgd(variables, scaleOf, recipe.momentum, recipe.weightDecay)
    : new Adam(variables, scaleOf, firstStepOf, recipe);
}

/** v = momentum v + (g + weightDecay w); w = w - lr v. */
class Sgd implements Optimizer {
  private readonly velocities: Slots;

  constructor(
    private readonly variables: Variables,
    private readonly scaleOf: LearningRateScale,
    private readonly momentum: number,
    private readonly weightDecay: number,
  ) {
    this.velocities = new Slots('momentum_buffer', variables);
  }

  step(gradients: ReadonlyMap<string, Tensor>, lr: number): void {
    tidy(() => {
      for (const [key, given] of gradients) {
        const weight = this.variables.get(key);
        const gradient = this.weightDecay === 0 ? given : add(given, mul(weight, this.weightDecay));
        let step = gradient;
        if (this.momentum !== 0) {
          step = add(mul(this.velocities.get(key, weight), this.momentum), gradient);
          this.velocities.set(key, step);
        }
        this.variables.set(key, sub(weight, mul(step, lr * this.scaleOf(key))));
      }
    });
  }

  tensors(): TensorSource {
    return new Map(this.velocities.entries());
  }

  restore(tensors: StateDict): void {
    this.velocities.restore(tensors);
  }

  dispose(): void {
    this.velocities.dispose();
  }
}

/**
 * Adam (Kingma and Ba 2015); with `adamw` the weight decay is taken from the weights and not through the gradient
 * (Loshchilov and Hutter 2019).
 */
class Adam implements Optimizer {
  private readonly means: Slots;
  private readonly squares: Slots;
  private steps = 0;

  constructor(
    private readonly variables: Variables,
    private readonly scaleOf: LearningRateScale,
    private readonly firstStepOf: (key: string) => number,
    private readonly recipe: Extract<OptimizerRecipe, { type: 'adam' | 'adamw' }>,
  ) {
    this.means = new Slots('exp_avg', variables);
    this.squares = new Slots('exp_avg_sq', variables);
  }

  step(gradients: ReadonlyMap<string, Tensor>, lr: number): void {
    const { type, eps, weightDecay } = this.recipe;
    const [beta1, beta2] = this.recipe.betas;
    this.steps++;
    tidy(() => {
      for (const [key, given] of gradients) {
        const steps = this.steps - this.firstStepOf(key);
        const correction1 = 1 - beta1 ** steps;
        const correction2 = Math.sqrt(1 - beta2 ** steps);
        const rate = lr * this.scaleOf(key);
        let weight = this.variables.get(key);
        let gradient = given;
        if (weightDecay !== 0 && type === 'adam') gradient = add(given, mul(weight, weightDecay));
        if (weightDecay !== 0 && type === 'adamw') weight = mul(weight, 1 - rate * weightDecay);
        const mean = add(mul(this.means.get(key, weight), beta1), mul(gradient, 1 - beta1));
        const squares = add(mul(this.squares.get(key, weight), beta2), mul(square(gradient), 1 - beta2));
        this.means.set(key, mean);
        this.squares.set(key, squares);
        const denominator = add(div(sqrt(squares), correction2), eps);
        this.variables.set(key, sub(weight, mul(div(mean, denominator), rate / correction1)));
      }
    });
  }

  tensors(): TensorSource {
    return new Map([...this.means.entries(), ...this.squares.entries()]);
  }

  restore(tensors: StateDict, steps: number): void {
    this.steps = steps;
    this.means.restore(tensors);
    this.squares.restore(tensors);
  }

  dispose(): void {
    this.means.dispose();
    this.squares.dispose();
  }
}
