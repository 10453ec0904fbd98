/** A tensor in PyTorch's layout, row-major. Half precision is widened to float32 as it is read; integers become int64. */
export type TensorValue =
  | { readonly dtype: 'float32'; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: 'int64'; readonly shape: readonly number[]; readonly data: BigInt64Array };

/** Tensors by key, in order: PyTorch's `state_dict()`. */
export type StateDict = ReadonlyMap<string, TensorValue>;

/** A tensor whose values are somewhere else until they are asked for. */
export interface UnreadTensor {
  readonly dtype: TensorValue['dtype'];
  readonly shape: readonly number[];
  read(): Promise<TensorValue['data']>;
}

/** A state dict that is read tensor by tensor. */
export type TensorSource = ReadonlyMap<string, UnreadTensor>;

/** All tensors of a source in memory. */
export async function readTensors(source: TensorSource): Promise<Map<string, TensorValue>> {
  const tensors = new Map<string, TensorValue>();
  for (const [key, { shape, read }] of source) tensors.set(key, tensorOf(shape, await read()));
  return tensors;
}

/** The dtype follows from the array; `data` is kept, not copied. */
export function tensorOf(shape: readonly number[], data: TensorValue['data']): TensorValue {
  return data instanceof Float32Array ? { dtype: 'float32', shape, data } : { dtype: 'int64', shape, data };
}

/** Elements of a tensor of this shape; undefined where a dimension is no whole number or the product is past 2^53. */
export function elementCount(shape: readonly number[]): number | undefined {
  let count = 1;
  for (const size of shape) {
    if (!Number.isSafeInteger(size) || size < 0) return undefined;
    count *= size;
    if (!Number.isSafeInteger(count)) return undefined;
  }
  return count;
}
