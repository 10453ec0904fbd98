import { t } from '../../protocol/language';
import { printableName as shown } from '../../protocol/printable';
import { elementTypes, type ElementType } from './elementType';
import { elementCount } from './stateDict';

/** A tensor as the header of a safetensors file describes it; `begin` and `end` count bytes from the end of the header. */
export interface TensorEntry {
  readonly key: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  readonly entries: readonly TensorEntry[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** Room for the names, shapes and places of MAX_TENSORS. The format allows 100 MB, which as JSON could fill the memory. */
export const MAX_HEADER_BYTES = 2 ** 24;
const MAX_TENSORS = 100_000;
const MAX_DIMENSIONS = 64;

/** What is wrong with a header, as the rest of a sentence. */
export class HeaderError extends Error {}

const TYPES: ReadonlyMap<string, ElementType> = new Map<string, ElementType>([
  ['F32', elementTypes.float32],
  ['F16', elementTypes.float16],
  ['BF16', elementTypes.bfloat16],
  ['F64', elementTypes.float64],
  ['I64', elementTypes.int64],
  ['I32', elementTypes.int32],
  ['I16', elementTypes.int16],
  ['I8', elementTypes.int8],
  ['U32', elementTypes.uint32],
  ['U16', elementTypes.uint16],
  ['U8', elementTypes.uint8],
  ['BOOL', elementTypes.bool],
]);

/**
 * Reads the JSON header of a safetensors file whose tensors take `dataBytes`. Checks all the format promises: no key
 * twice, known dtypes, sizes that fit the shapes, data without holes, overlap or rest. Throws HeaderError.
 */
export function parseSafetensorsHeader(header: Uint8Array, dataBytes: number): SafetensorsHeader {
  const json = parseObject(header);
  const keys = Object.keys(json);
  if (keys.length > MAX_TENSORS)
    throw new HeaderError(t('its header names more than {0} tensors', MAX_TENSORS));
  const metadata = readMetadata(Object.hasOwn(json, '__metadata__') ? json['__metadata__'] : {});
  const entries = keys.filter(key => key !== '__metadata__').map(key => readEntry(key, json[key]));
  checkLayout(entries, dataBytes);
  return { entries, metadata };
}

function parseObject(header: Uint8Array): Record<string, unknown> {
  let text: string;
  let json: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(header);
    json = JSON.parse(text);
  } catch {
    throw new HeaderError(t('its header is not valid JSON'));
  }
  if (!isObject(json)) throw new HeaderError(t('its header is not a JSON object'));
  const twice = findRepeatedKey(text);
  if (twice !== undefined)
    throw new HeaderError(t('its header has the key {0} twice', shown(JSON.stringify(twice))));
  return json;
}

function readMetadata(value: unknown): Readonly<Record<string, string>> {
  if (!isObject(value)) throw new HeaderError(t('its __metadata__ is not an object of strings'));
  const pairs = Object.entries(value).map(([key, text]) => {
    if (typeof text !== 'string')
      throw new HeaderError(t('its __metadata__ {0} is not a string', shown(key)));
    return [key, text] as const;
  });
  return Object.fromEntries(pairs);
}

function readEntry(key: string, value: unknown): TensorEntry {
  if (!isObject(value)) throw new HeaderError(t('tensor {0} is not described by an object', shown(key)));
  const { dtype, shape, data_offsets: offsets } = value;
  const type = typeof dtype === 'string' ? TYPES.get(dtype) : undefined;
  if (!type) {
    const known = [...TYPES.keys()].join(', ');
    throw new HeaderError(
      t(
        'tensor {0} has the dtype {1}, which is not one of {2}',
        shown(key),
        shown(String(JSON.stringify(dtype))),
        known,
      ),
    );
  }
  const count = isNumbers(shape) && shape.length <= MAX_DIMENSIONS ? elementCount(shape) : undefined;
  if (!isNumbers(shape) || count === undefined)
    throw new HeaderError(t('tensor {0} has an impossible shape', shown(key)));
  if (!isNumbers(offsets) || offsets.length !== 2 || !offsets.every(isOffset)) {
    throw new HeaderError(t('tensor {0} has impossible data_offsets', shown(key)));
  }
  const [begin, end] = offsets as [number, number];
  if (end - begin !== count * type.bytes) {
    throw new HeaderError(
      t(
        'tensor {0} of shape [{1}] has {2} bytes where {3} are needed',
        shown(key),
        shape.join(', '),
        end - begin,
        count * type.bytes,
      ),
    );
  }
  return { key, type, shape, begin, end };
}

function checkLayout(entries: readonly TensorEntry[], dataBytes: number): void {
  let expected = 0;
  for (const { key, begin, end } of entries.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin < expected) throw new HeaderError(t('tensor {0} overlaps another', shown(key)));
    if (begin > expected) throw new HeaderError(t('there is a hole before tensor {0}', key));
    if (end > dataBytes)
      throw new HeaderError(t('it ends too early, within tensor {0}: it is truncated', shown(key)));
    expected = end;
  }
  if (expected !== dataBytes) {
    throw new HeaderError(t('{0} bytes after its last tensor belong to none', dataBytes - expected));
  }
}

/** JSON.parse keeps the last of two equal keys silently. `json` is known to be valid. */
function findRepeatedKey(json: string): string | undefined {
  const open: Set<string>[] = [];
  for (let at = 0; at < json.length; at++) {
    const character = json[at];
    if (character === '{' || character === '[') open.push(new Set());
    else if (character === '}' || character === ']') open.pop();
    else if (character === '"') {
      const start = at;
      for (at++; json[at] !== '"'; at++) if (json[at] === '\\') at++;
      if (!isFollowedByColon(json, at + 1)) continue;
      const key = JSON.parse(json.slice(start, at + 1)) as string;
      if (open.at(-1)!.has(key)) return key;
      open.at(-1)!.add(key);
    }
  }
  return undefined;
}

function isFollowedByColon(json: string, at: number): boolean {
  while (json[at] === ' ' || json[at] === '\n' || json[at] === '\r' || json[at] === '\t') at++;
  return json[at] === ':';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isOffset(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every(item => typeof item === 'number');
}
