import { add, mul, sub, tidy, type Tensor } from '@tensorflow/tfjs-core';
import type { StateDict, TensorSource } from '../weights/stateDict';
import type { Optimizer } from './optimizers';
import { Slots } from './slots';
import type { Variables } from './variables';

/**
 * An optimizer that keeps an exponential moving average of what it trains, as torch's
 * `AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(decay))` does after each step: the first step's weights, then
 * a + (1 - decay) (w - a). Buffers are not averaged: the averaged model has the trained one's batch norm statistics.
 */
export class AveragingOptimizer implements Optimizer {
  private readonly averages: Slots;

  constructor(
    private readonly optimizer: Optimizer,
    private readonly variables: Variables,
    private readonly decay: number,
  ) {
    this.averages = new Slots('averaged', variables);
  }

  step(gradients: ReadonlyMap<string, Tensor>, lr: number): void {
    // What trains only now was averaged all along: it has not moved yet.
    if (this.averages.keys().length > 0) {
      for (const key of gradients.keys())
        if (!this.averages.find(key)) this.averages.set(key, this.variables.get(key).clone());
    }
    this.optimizer.step(gradients, lr);
    tidy(() => {
      for (const key of gradients.keys()) {
        const weight = this.variables.get(key);
        const average = this.averages.find(key);
        this.averages.set(
          key,
          average ? add(average, mul(sub(weight, average), 1 - this.decay)) : weight.clone(),
        );
      }
    });
  }

  /** Does something with the averages in the network, in place of what is trained. */
  async withAverages<Result>(work: () => Result | Promise<Result>): Promise<Result> {
    const trained = this.variables.snapshot(this.averages.keys());
    for (const key of this.averages.keys()) this.variables.set(key, this.averages.find(key)!.clone());
    try {
      return await work();
    } finally {
      this.variables.restore(trained);
      trained.dispose();
    }
  }

  tensors(): TensorSource {
    return new Map([...this.optimizer.tensors(), ...this.averages.entries()]);
  }

  restore(tensors: StateDict, steps: number): void {
    this.optimizer.restore(tensors, steps);
    this.averages.restore(tensors);
  }

  dispose(): void {
    this.optimizer.dispose();
    this.averages.dispose();
  }
}
