import { keep, zerosLike, type Tensor } from '@tensorflow/tfjs-core';
import type { StateDict, UnreadTensor } from '../weights/stateDict';
import type { Variables } from './variables';

/** What is remembered of each parameter under one of PyTorch's names; each tensor is replaced as a whole. */
export class Slots {
  private readonly tensors = new Map<string, Tensor>();

  constructor(
    private readonly name: string,
    private readonly variables: Variables,
  ) {}

  keys(): readonly string[] {
    return [...this.tensors.keys()];
  }

  entries(): readonly [string, UnreadTensor][] {
    return [...this.tensors].map(([key, value]) => [
      `${key}.${this.name}`,
      this.variables.inTorchLayout(key, value),
    ]);
  }

  /** Takes those of its name. */
  restore(tensors: StateDict): void {
    for (const [full, value] of tensors) {
      if (!full.endsWith(`.${this.name}`)) continue;
      const key = full.slice(0, -this.name.length - 1);
      this.set(key, this.variables.place(key, value));
    }
  }

  find(key: string): Tensor | undefined {
    return this.tensors.get(key);
  }

  /** Zeros where nothing is remembered yet. */
  get(key: string, like: Tensor): Tensor {
    const found = this.tensors.get(key);
    if (found) return found;
    const zeros = keep(zerosLike(like));
    this.tensors.set(key, zeros);
    return zeros;
  }

  set(key: string, value: Tensor): void {
    this.tensors.get(key)?.dispose();
    this.tensors.set(key, keep(value));
  }

  dispose(): void {
    for (const tensor of this.tensors.values()) tensor.dispose();
  }
}
