/** A tensor in PyTorch's layout, row-major. Half precision is widened to float32 as it is read; integers become int64. */
export type TensorValue =
  | { readonly dtype: 'float32'; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: 'int64'; readonly shape: readonly number[]; readonly data: BigInt64Array };

/** Tensors by key, in order: PyTorch's `state_dict()`. */
export type StateDict = ReadonlyMap<string, TensorValue>;
