import { abs, keep, max, sub, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { t } from '../../protocol/language';
import { namedLayers, parameterShapes, type Container } from '../model/layerTree';
import { UserError } from '../userError';
import type { StateDict, TensorSource, TensorValue, UnreadTensor } from '../weights/stateDict';
import type { Ops } from './ops';
import { layoutOf, toEngine, toTorch, type Layout } from './layouts';
import { readValues } from './readValues';

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
  constructor(
    root: Container,
    state: StateDict,
    private readonly ops: Ops,
  ) {
    for (const [path, layer] of namedLayers(root)) {
      for (const { name, key: suffix, shape } of parameterShapes(layer)) {
        const key = path + suffix;
        this.order.push(key);
        const given = state.get(key);
        if (name === 'num_batches_tracked') {
          this.counters.set(key, given?.dtype === 'int64' ? given.data[0]! : 0n);
          continue;
        }
        if (given?.dtype !== 'float32')
          throw new UserError(
            t("weights: {0} must hold float32 numbers, as the model's other parameters do.", key),
          );
        const layout = layoutOf(layer, shape);
        const value = keep(ops.place(toEngine(given.data, shape, layout), layout.engineShape));
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
    this.counters.set(key, this.countOf(key) + 1n);
  }

  countOf(key: string): bigint {
    return this.counters.get(key) ?? 0n;
  }

  /** All, or some of them, as they are now. Tensors are never changed in place, so that this copies nothing. */
  snapshot(keys: readonly string[] = this.order): Snapshot {
    const floats = keys.filter(key => !this.counters.has(key));
    const values = new Map(floats.map(key => [key, keep(this.get(key).clone())]));
    const counts = keys.filter(key => this.counters.has(key));
    return new Snapshot(this, values, new Map(counts.map(key => [key, this.countOf(key)])));
  }

  restore({ values, counters }: Snapshot): void {
    for (const [key, value] of values) this.set(key, value.clone());
    for (const [key, count] of counters) this.counters.set(key, count);
  }

  /** Takes values in PyTorch's shapes; what `state` lacks stays as it is. A UserError names one that does not fit. */
  load(state: StateDict): void {
    for (const [key, given] of state) {
      if (this.counters.has(key) && given.dtype === 'int64') this.counters.set(key, given.data[0] ?? 0n);
      else this.set(key, this.place(key, given));
    }
  }

  /** PyTorch's state dict; each tensor leaves the engine when it is read, so that no second copy of a large network is needed. */
  tensors(snapshot?: Snapshot): TensorSource {
    return new Map(this.order.map(key => [key, this.tensor(key, snapshot)]));
  }

  /** Those of `tensors()` that are no longer what they were. */
  changedSince(start: Snapshot): TensorSource {
    const changed = this.order.filter(key => {
      const variable = this.variables.get(key);
      return variable
        ? variable.value.dataId !== start.values.get(key)?.dataId
        : this.countOf(key) !== start.countOf(key);
    });
    return new Map(changed.map(key => [key, this.tensor(key, undefined)]));
  }

  /** A tensor of the shape of a variable, in PyTorch's layout; it leaves the engine when it is read. */
  inTorchLayout(key: string, value: Tensor): UnreadTensor {
    const { torchShape: shape, layout } = this.variable(key);
    const read = async (): Promise<Float32Array> => toTorch((await value.data()) as Float32Array, layout);
    return { dtype: 'float32', shape, read };
  }

  /** The other way: a tensor for the engine, of values in the shape and layout that PyTorch has for a variable. */
  place(key: string, { dtype, shape, data }: TensorValue): Tensor {
    const variable = this.variables.get(key);
    if (dtype !== 'float32' || variable?.torchShape.join() !== shape.join())
      throw new UserError(t('The values of {0} do not fit the model.', key));
    return this.ops.place(toEngine(data, shape, variable.layout), variable.layout.engineShape);
  }

  dispose(): void {
    for (const { value } of this.variables.values()) value.dispose();
  }

  private tensor(key: string, snapshot: Snapshot | undefined): UnreadTensor {
    const variable = this.variables.get(key);
    if (!variable) {
      const count = (snapshot ?? this).countOf(key);
      return { dtype: 'int64', shape: [], read: () => Promise.resolve(BigInt64Array.of(count)) };
    }
    const { torchShape: shape } = variable;
    // What a variable is when it is read, not when it is asked for.
    const read = () => this.inTorchLayout(key, snapshot?.values.get(key) ?? variable.value).read();
    return { dtype: 'float32', shape, read };
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

  tensors(): TensorSource {
    return this.variables.tensors(this);
  }

  countOf(key: string): bigint {
    return this.counters.get(key) ?? 0n;
  }

  /** The largest absolute difference of any value under `keys` between another snapshot and this one. */
  async maxChange(other: Snapshot, keys: readonly string[]): Promise<number> {
    let largest = 0;
    for (const key of keys) {
      const [before, after] = [other.values.get(key), this.values.get(key)];
      if (!before || !after) {
        largest = Math.max(largest, Math.abs(Number(this.countOf(key) - other.countOf(key))));
        continue;
      }
      const difference = await readValues(tidy(() => max(abs(sub(after, before)))));
      largest = Math.max(largest, difference[0]!);
    }
    return largest;
  }

  dispose(): void {
    for (const value of this.values.values()) value.dispose();
  }
}
