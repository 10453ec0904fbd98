import { join } from 'node:path';
import type { Random } from '../../src/core/random';
import { loadWeights } from '../../src/core/weights/loadWeights';
import { integer, legacyStart, tensor, text, uint32 } from '../unit/weights/pickle';
import { zipArchive, type ZipEntry } from '../unit/weights/zipArchive';
import { fixture, type FuzzInput, type FuzzTarget } from './fuzzTarget';
import { mutateBytes, mutateJson, mutateText, pick, writeJson, type Json } from './mutate';

const MAX_BYTES_OF_RESULT = 2 ** 26;

function weights(name: string, bytes: Uint8Array): FuzzInput {
  return {
    files: { [name]: bytes },
    read: async folder => {
      const { tensors } = await loadWeights(join(folder, name));
      const size = [...tensors.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
      if (size > MAX_BYTES_OF_RESULT) throw new Error(`${size} bytes of a file of ${bytes.length}`);
    },
  };
}

const DTYPES = ['F32', 'F16', 'BF16', 'F64', 'I64', 'I32', 'I16', 'I8', 'U8', 'BOOL', 'U32', 'F8_E4M3', ''];
const HEADER_NAMES = ['dtype', 'shape', 'data_offsets', '__metadata__', 'fc.weight', '0', ...DTYPES];

function header(random: Random): Json {
  let end = 0;
  const entries: [string, Json][] = [['__metadata__', { format: 'pt' }]];
  for (let i = random.integer(4); i >= 0; i--) {
    const shape = Array.from({ length: random.integer(3) }, () => random.integer(4));
    const bytes = 4 * shape.reduce((a, b) => a * b, 1);
    entries.push([`layer${i}.weight`, { dtype: 'F32', shape, data_offsets: [end, end + bytes] }]);
    end += bytes;
  }
  return Object.fromEntries(entries);
}

function dataBytes(sound: Json): number {
  const entries = Object.values(sound as Record<string, { readonly data_offsets?: readonly number[] }>);
  return Math.max(0, ...entries.map(({ data_offsets: offsets }) => offsets?.[1] ?? 0));
}

/** The header as JSON, its length, and the data: each may be wrong, or fit the others though it is strange. */
const safetensors: FuzzTarget = {
  name: 'safetensors',
  input(random) {
    const sound = header(random);
    const json = random.integer(3) === 0 ? sound : mutateJson(sound, random, HEADER_NAMES);
    let written = writeJson(json);
    if (random.integer(5) === 0)
      written = mutateText(written, random, [...HEADER_NAMES, '{', '}', '":', ',']);
    const bytes = Buffer.from(written);
    const length = Buffer.alloc(8);
    const claimed = pick(random, [
      bytes.length,
      bytes.length,
      bytes.length,
      bytes.length + 1,
      0,
      2 ** 24,
      -1,
    ]);
    length.writeBigInt64LE(BigInt(claimed));
    const data = Buffer.alloc(random.integer(3) === 0 ? pick(random, [0, 4, 16, 64, 128]) : dataBytes(sound));
    const file = Buffer.concat([length, bytes, data]);
    return weights('model.safetensors', random.integer(6) === 0 ? mutateBytes(file, random) : file);
  },
};

/** Operations of pickle, harmless, hostile and torch's own, to be strung together. */
const OPERATIONS = [
  ...[
    'N',
    '\x88',
    '\x89',
    ']',
    '}',
    ')',
    '(',
    't',
    'l',
    'd',
    'e',
    'u',
    's',
    'a',
    '0',
    '1',
    '2',
    '\x85',
    '\x86',
  ],
  ...['\x87', 'R', '\x81', 'b', 'Q', '\x94', 'q\x00', 'h\x00', 'r\x00\x00\x00\x01', 'j\xff\xff\xff\xff', '.'],
  ...[
    '\x8f',
    '\x90',
    '\x91',
    '\x95\x00\x00\x00\x00\x00\x00\x00\x00',
    '\x80\x04',
    '\x80\xff',
    'P1\n',
    'o',
    '\x92',
  ],
  ...[
    '\x82\x01',
    '\x84\x01\x00\x00\x00',
    'I01\n',
    'I9\n',
    `I${'9'.repeat(200)}\n`,
    'L5L\n',
    'F1e999\n',
    'Fx\n',
  ],
  ...[
    '\x8a\x00',
    '\x8a\x01\xff',
    `\x8b${uint32(2 ** 31)}`,
    'G\x7f\xf0\x00\x00\x00\x00\x00\x00',
    "S'a'\n",
    'Va\n',
  ],
  ...[
    `X${uint32(2 ** 32 - 1)}`,
    `B${uint32(3)}abc`,
    `\x8d${'\xff'.repeat(8)}`,
    `\x8e${'\x00'.repeat(8)}`,
    'C\x02ab',
  ],
  ...[
    'cos\nsystem\n',
    'cbuiltins\neval\n',
    'c__main__\nModel\n',
    'ctorch\nFloatStorage\n',
    'ctorch\nfloat32\n',
  ],
  ...[
    'ccollections\nOrderedDict\n',
    'ccollections\nCounter\n',
    'ctorch\nSize\n',
    'ctorch\ndevice\n',
    'ios\nsystem\n',
  ],
  ...[
    'ctorch._utils\n_rebuild_tensor_v2\n',
    'ctorch._utils\n_rebuild_tensor_v3\n',
    'ctorch\nUntypedStorage\n',
  ],
  ...[
    'ctorch._utils\n_rebuild_parameter\n',
    text('__proto__'),
    text('storage'),
    text('0'),
    integer(4),
    integer(-1),
  ],
  ...[integer(2 ** 31 - 1), 'K\x04', 'M\xff\xff', tensor({ size: ['K\x02'], stride: ['K\x01'] })],
];

type Shape = readonly [size: readonly string[], stride: readonly string[]];

/** Of a storage of four numbers. */
const SHAPES: readonly Shape[] = [
  [
    ['K\x02', 'K\x02'],
    ['K\x02', 'K\x01'],
  ],
  [['K\x04'], ['K\x01']],
  [['K\x00'], ['K\x01']],
  [[], []],
];
const WRONG_SHAPES: readonly Shape[] = [
  [
    [integer(2 ** 30), 'K\x04'],
    ['K\x00', 'K\x00'],
  ],
  [['K\x05'], ['K\x01']],
  [['K\x04'], [integer(-1)]],
  [['K\x04'], []],
];

/** A state dict of a few tensors as operations, with some of them changed. */
function pickleOf(random: Random, keys: readonly string[]): string {
  const pieces = ['\x80\x02', '}', '('];
  for (let i = random.integer(3); i >= 0; i--) {
    const key = pick(random, keys);
    const [size, stride] = pick(random, random.integer(6) === 0 ? WRONG_SHAPES : SHAPES);
    const offset = random.integer(6) === 0 ? pick(random, [1, -1, 2 ** 31 - 1]) : 0;
    pieces.push(text(`w${i}`), tensor({ key, elements: 4, offset, size, stride }));
  }
  pieces.push('u', '.');
  for (let i = random.integer(4); i > 0; i--) {
    const at = random.integer(pieces.length);
    switch (random.integer(4)) {
      case 0:
        pieces.splice(at, 1);
        break;
      case 1:
        pieces.splice(
          at,
          0,
          ...Array.from({ length: pick(random, [1, 1, 300]) }, () => pick(random, OPERATIONS)),
        );
        break;
      case 2:
        pieces.splice(at, 0, pick(random, OPERATIONS).repeat(pick(random, [2, 1000, 20_000])));
        break;
      default:
        pieces[at] = pick(random, OPERATIONS);
    }
  }
  return pieces.join('');
}

const ENTRY_NAMES = [
  ...['a/data.pkl', 'a/data/0', 'a/data/1', 'a/byteorder', 'a/version', 'a/constants.pkl', 'data.pkl', 'a/'],
  ...[
    '../a/data.pkl',
    '/a/data.pkl',
    'a\\data.pkl',
    'b/data.pkl',
    'a/data/../data/0',
    'a/__proto__',
    '\0',
    'a/data/2',
  ],
];

const torchZip: FuzzTarget = {
  name: 'torch-zip',
  input(random) {
    const data = Buffer.alloc(16, 1);
    const entries: ZipEntry[] = [
      { name: 'a/data.pkl', data: Buffer.from(pickleOf(random, ['0', '1']), 'latin1') },
      { name: 'a/byteorder', data: Buffer.from(pick(random, ['little', 'little', 'big', ''])) },
      { name: 'a/data/0', data },
      { name: 'a/data/1', data },
    ];
    for (let i = random.integer(3); i > 0; i--) {
      const at = random.integer(entries.length);
      const entry = entries[at]!;
      const changed: readonly ZipEntry[] = [
        { ...entry, name: pick(random, ENTRY_NAMES) },
        { ...entry, deflate: true },
        { ...entry, claimedSize: pick(random, [0, 1, 15, 17, 2 ** 31, 2 ** 32 - 1]) },
        { ...entry, claimedCrc: pick(random, [0, 1]) },
        { ...entry, ...(at > 0 ? { sharesDataOf: random.integer(at) } : {}) },
        { ...entry, data: zipArchive(entries.slice(0, 2)) },
      ];
      entries[at] = pick(random, changed);
      if (random.integer(4) === 0) entries.push(entry);
    }
    const file = zipArchive(entries);
    return weights('model.pth', random.integer(4) === 0 ? mutateBytes(file, random) : file);
  },
};

const torchLegacy: FuzzTarget = {
  name: 'torch-legacy',
  input(random) {
    const keys = pick(random, [[text('0')], [text('0')], [text('0'), text('0')], [integer(0)], []]);
    const count = Buffer.alloc(8);
    count.writeBigInt64LE(BigInt(pick(random, [4, 4, 4, 5, -1, 2 ** 53 - 1])));
    const storages = keys.flatMap(() => [count, Buffer.alloc(16, 1)]);
    const pickles = `${legacyStart}${pickleOf(random, ['0'])}\x80\x02](${keys.join('')}e.`;
    const file = Buffer.concat([Buffer.from(pickles, 'latin1'), ...storages]);
    return weights('model.pth', random.integer(4) === 0 ? mutateBytes(file, random) : file);
  },
};

/** What PyTorch itself wrote, with changed bytes. */
const written = ['types.pth', 'views.pth', 'checkpoint-legacy.pth', 'types.safetensors', 'protocol4.pth'];
const files = new Map<string, Buffer>();

const torchWritten: FuzzTarget = {
  name: 'torch-written',
  async prepare() {
    for (const name of written) files.set(name, withoutChecksums(await fixture('checkpoints', name)));
  },
  input(random) {
    const name = pick(random, written);
    return weights(name, mutateBytes(files.get(name)!, random));
  },
};

/** Checksums would keep the damage from what is behind them; torch writes 0 when it is told to write none. */
function withoutChecksums(bytes: Buffer): Buffer {
  for (let at = bytes.indexOf('PK\x01\x02'); at >= 0; at = bytes.indexOf('PK\x01\x02', at + 1))
    bytes.writeUInt32LE(0, at + 16);
  return bytes;
}

export const weightsTargets: readonly FuzzTarget[] = [safetensors, torchZip, torchLegacy, torchWritten];
