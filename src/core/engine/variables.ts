import { keep, tensor, type Tensor } from '@tensorflow/tfjs-core';
import { namedLayers, parameterShapes, type Container } from '../model/layerTree';
import type { StateDict, TensorValue } from '../weights/stateDict';
import { layoutOf, toEngine, toTorch, type Layout } from './layouts';

interface Variable {
  readonly layout: Layout;
  readonly torchShape: readonly number[];
  value: Tensor;
}

/** The values a network keeps between steps, by PyTorch's keys, in the engine's layouts. */
export class Variables {
  private readonly variables = new Map<string, Variable>();
  private readonly counters = new Map<string, bigint>();
  private readonly order: string[] = [];

  /** Takes every tensor of `root` from `state`, which must hold them in PyTorch's shapes. */
  constructor(root: Container, state: StateDict) {
    for (const [path, layer] of namedLayers(root)) {
      for (const { name, shape } of parameterShapes(layer)) {
        const key = `${path}.${name}`;
        this.order.push(key);
        const given = state.get(key);
        if (name === 'num_batches_tracked') {
          this.counters.set(key, given?.dtype === 'int64' ? given.data[0]! : 0n);
          continue;
        }
        if (given?.dtype !== 'float32') throw new Error(`The state dict holds no float32 tensor ${key}`);
        const layout = layoutOf(layer, shape);
        const value = keep(tensor(toEngine(given.data, shape, layout), [...layout.engineShape]));
        this.variables.set(key, { layout, torchShape: shape, value });
      }
    }
  }

  get(key: string): Tensor {
    return this.variable(key).value;
  }

  /** Replaces a value; the old one is disposed, the new one is owned here. */
  set(key: string, value: Tensor): void {
    const variable = this.variable(key);
    if (value.shape.join() !== variable.value.shape.join()) throw new Error(`${key} changes its shape`);
    variable.value.dispose();
    variable.value = keep(value);
  }

  /** One more batch in a batch norm's statistics. */
  count(key: string): void {
    this.counters.set(key, (this.counters.get(key) ?? 0n) + 1n);
  }

  /** Everything as it is now. Tensors are never changed in place, so that this copies nothing. */
  snapshot(): Snapshot {
    const values = new Map([...this.variables].map(([key, { value }]) => [key, keep(value.clone())]));
    return new Snapshot(this, values, new Map(this.counters));
  }

  restore({ values, counters }: Snapshot): void {
    for (const [key, value] of values) this.set(key, value.clone());
    for (const [key, count] of counters) this.counters.set(key, count);
  }

  /** PyTorch's state dict, key by key, so that no second copy of a large network is needed. */
  async *tensors(snapshot?: Snapshot): AsyncGenerator<readonly [key: string, value: TensorValue]> {
    for (const key of this.order) {
      const variable = this.variables.get(key);
      if (!variable) {
        const count = (snapshot?.counters ?? this.counters).get(key)!;
        yield [key, { dtype: 'int64', shape: [], data: BigInt64Array.of(count) }];
        continue;
      }
      const data = (await (snapshot?.values.get(key) ?? variable.value).data()) as Float32Array;
      yield [key, { dtype: 'float32', shape: variable.torchShape, data: toTorch(data, variable.layout) }];
    }
  }

  dispose(): void {
    for (const { value } of this.variables.values()) value.dispose();
  }

  private variable(key: string): Variable {
    const variable = this.variables.get(key);
    if (!variable) throw new Error(`The network has no variable ${key}`);
    return variable;
  }
}

/** The values of a network at one moment. */
export class Snapshot {
  constructor(
    private readonly variables: Variables,
    readonly values: ReadonlyMap<string, Tensor>,
    readonly counters: ReadonlyMap<string, bigint>,
  ) {}

  tensors(): AsyncGenerator<readonly [key: string, value: TensorValue]> {
    return this.variables.tensors(this);
  }

  dispose(): void {
    for (const value of this.values.values()) value.dispose();
  }
}
