import type { ElementType } from './elementType';

/** What a pickle can hold here: Python's plain values, tensors, and stand-ins for what is of no use to us. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | PickleValue[]
  | Tuple
  | Map<PickleValue, PickleValue>
  | StorageType
  | DataType
  | Constructor
  | StoredTensor
  | Storage
  | Opaque;

export class Tuple {
  constructor(readonly items: readonly PickleValue[]) {}
}

/** A class such as torch.FloatStorage; torch.UntypedStorage has no element type. */
export class StorageType {
  constructor(readonly element: ElementType | undefined) {}
}

/** A torch.dtype. */
export class DataType {
  constructor(readonly element: ElementType) {}
}

/** A global of the allow-list that is called: our own function stands for it. `spend` counts work against the limit. */
export class Constructor {
  constructor(readonly call: (args: readonly PickleValue[], spend: (work: number) => void) => PickleValue) {}
}

/** A run of numbers in the file, named by a persistent id. Counts are in elements; of bytes where it is untyped. */
export class Storage {
  constructor(
    readonly key: string,
    readonly element: ElementType | undefined,
    readonly offset: number,
    readonly length: number,
  ) {}
}

/** A view of a storage that was checked to lie within it. `offset` and `stride` count elements. */
export class StoredTensor {
  constructor(
    readonly key: string,
    readonly element: ElementType,
    readonly offset: number,
    readonly shape: readonly number[],
    readonly stride: readonly number[],
  ) {}
}

/** A value whose content does not matter: bytes, sets, devices. */
export class Opaque {}
