import { t } from '../../protocol/language';
import { printableName as shown } from '../../protocol/printable';
import { elementTypes } from './elementType';
import { PickleError } from './pickleReader';
import {
  Constructor,
  DataType,
  Opaque,
  Storage,
  StorageType,
  StoredTensor,
  Tuple,
  type PickleValue,
} from './pickleValue';
import { elementCount } from './stateDict';

const MAX_DIMENSIONS = 64;

/**
 * Every global a pickle may name, by its full name: what torch.save writes for tensors and plain values. Each stands
 * for a function of ours; no Python is run, and nothing else can be reached.
 */
export const torchGlobals: ReadonlyMap<string, PickleValue> = new Map<string, PickleValue>([
  ['collections.OrderedDict', new Constructor(makeDict)],
  ['collections.Counter', new Constructor(makeDict)],
  ['torch._utils._rebuild_tensor', new Constructor(rebuildTensor)],
  ['torch._utils._rebuild_tensor_v2', new Constructor(rebuildTensor)],
  ['torch._utils._rebuild_tensor_v3', new Constructor(rebuildTypedTensor)],
  ['torch._utils._rebuild_parameter', new Constructor(firstTensor)],
  ['torch._utils._rebuild_parameter_with_state', new Constructor(firstTensor)],
  ['torch.Size', new Constructor(args => args[0] ?? new Tuple([]))],
  ...['torch.device', '_codecs.encode', 'builtins.set', 'builtins.bytearray', 'builtins.complex'].map(opaque),
  ...['__builtin__.set', '__builtin__.bytearray', '__builtin__.complex'].map(opaque),
  ['torch.FloatStorage', new StorageType(elementTypes.float32)],
  ['torch.DoubleStorage', new StorageType(elementTypes.float64)],
  ['torch.HalfStorage', new StorageType(elementTypes.float16)],
  ['torch.BFloat16Storage', new StorageType(elementTypes.bfloat16)],
  ['torch.LongStorage', new StorageType(elementTypes.int64)],
  ['torch.IntStorage', new StorageType(elementTypes.int32)],
  ['torch.ShortStorage', new StorageType(elementTypes.int16)],
  ['torch.CharStorage', new StorageType(elementTypes.int8)],
  ['torch.ByteStorage', new StorageType(elementTypes.uint8)],
  ['torch.BoolStorage', new StorageType(elementTypes.bool)],
  ['torch.UntypedStorage', new StorageType(undefined)],
  ['torch.storage.UntypedStorage', new StorageType(undefined)],
  ['torch.storage._UntypedStorage', new StorageType(undefined)],
  ['torch.storage.TypedStorage', new StorageType(undefined)],
  ...Object.values(elementTypes).map(
    element => [`torch.${element.name}`, new DataType(element)] as [string, PickleValue],
  ),
]);

function opaque(name: string): [string, PickleValue] {
  return [name, new Constructor(() => new Opaque())];
}

/** `OrderedDict()`, or with a list of pairs as Python 2 wrote it, or with a dict as Counter does. */
function makeDict([items]: readonly PickleValue[], spend: (work: number) => void): PickleValue {
  if (items === undefined) return new Map();
  if (items instanceof Map) {
    spend(items.size);
    return new Map(items);
  }
  if (!Array.isArray(items)) throw new PickleError(t('its pickle makes a dict of something else'));
  spend(items.length);
  const dict = new Map<PickleValue, PickleValue>();
  for (const item of items) {
    const pair = item instanceof Tuple ? item.items : item;
    if (!Array.isArray(pair) || pair.length !== 2)
      throw new PickleError(t('its pickle makes a dict of no pairs'));
    dict.set(pair[0] as PickleValue, pair[1] as PickleValue);
  }
  return dict;
}

function firstTensor([tensor]: readonly PickleValue[]): PickleValue {
  if (!(tensor instanceof StoredTensor))
    throw new PickleError(t('its pickle makes a parameter of no tensor'));
  return tensor;
}

/** (storage, offset, size, stride, requires_grad, hooks, ...) */
function rebuildTensor([storage, offset, size, stride]: readonly PickleValue[]): PickleValue {
  const element = storage instanceof Storage ? storage.element : undefined;
  return view(storage, element, offset, size, stride);
}

/** (storage, offset, size, stride, requires_grad, hooks, dtype, ...): of an untyped storage. */
function rebuildTypedTensor(args: readonly PickleValue[]): PickleValue {
  const [storage, offset, size, stride, , , dtype] = args;
  return view(storage, dtype instanceof DataType ? dtype.element : undefined, offset, size, stride);
}

function view(
  storage: PickleValue | undefined,
  element: StoredTensor['element'] | undefined,
  offset: PickleValue | undefined,
  size: PickleValue | undefined,
  stride: PickleValue | undefined,
): StoredTensor {
  if (!(storage instanceof Storage) || !element)
    throw new PickleError(t('its pickle has a tensor without storage'));
  const shape = wholeNumbers(size);
  const strides = wholeNumbers(stride);
  const count = shape && elementCount(shape);
  if (!shape || !strides || shape.length !== strides.length || count === undefined) {
    throw new PickleError(t('its pickle has a tensor of an impossible shape'));
  }
  const [start] = wholeNumbers(new Tuple([offset ?? null])) ?? [];
  const available = storage.element ? storage.length : Math.floor(storage.length / element.bytes);
  const last = shape.reduce((sum, length, axis) => sum + (length - 1) * strides[axis]!, start ?? NaN);
  if (start === undefined || (count > 0 && !(last < available))) {
    throw new PickleError(t('its pickle has a tensor that lies outside storage {0}', shown(storage.key)));
  }
  return new StoredTensor(storage.key, element, storage.offset + start, shape, strides);
}

function wholeNumbers(value: PickleValue | undefined): readonly number[] | undefined {
  if (!(value instanceof Tuple) || value.items.length > MAX_DIMENSIONS) return undefined;
  const numbers = value.items.filter(
    item => typeof item === 'number' && Number.isSafeInteger(item) && item >= 0,
  );
  return numbers.length === value.items.length ? (numbers as number[]) : undefined;
}
