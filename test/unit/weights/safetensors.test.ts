import assert from 'node:assert/strict';
import { readdir, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../../src/core/userError';
import { readSafetensors, writeSafetensors } from '../../../src/core/weights/safetensors';
import { parseSafetensorsHeader } from '../../../src/core/weights/safetensorsHeader';
import { tensorOf, type StateDict } from '../../../src/core/weights/stateDict';
import { temporaryFolder } from './temporaryFolder';

const FIXTURES = join(__dirname, '../../fixtures/checkpoints');

describe('readSafetensors', () => {
  it('gives what the safetensors package wrote, with its metadata', async () => {
    const expected = JSON.parse(await readFile(join(FIXTURES, 'expected.json'), 'utf8')) as Record<
      string,
      Record<string, { dtype: string; shape: number[]; data: number[] }>
    >;
    const { tensors, metadata } = await readSafetensors(join(FIXTURES, 'types.safetensors'));
    assert.deepEqual(metadata, { format: 'pt', 'made by': 'safetensors' });
    const plain = [...tensors].map(([key, { dtype, shape, data }]) => [
      key,
      { dtype, shape: [...shape], data: Array.from<number | bigint, number>(data, Number) },
    ]);
    assert.deepEqual(Object.fromEntries(plain), expected['types.safetensors']);
  });
});

describe('parseSafetensorsHeader', () => {
  it('takes offsets as far into a file as a large network needs', () => {
    const [begin, end] = [3 * 2 ** 30, 3 * 2 ** 30 + 2 ** 29];
    const header = {
      a: { dtype: 'U8', shape: [begin], data_offsets: [0, begin] },
      b: { dtype: 'F32', shape: [2 ** 27], data_offsets: [begin, end] },
    };
    const { entries } = parseSafetensorsHeader(Buffer.from(JSON.stringify(header)), end);
    assert.deepEqual(
      entries.map(entry => [entry.key, entry.begin, entry.end]),
      [
        ['a', 0, begin],
        ['b', begin, end],
      ],
    );
  });
});

describe('writeSafetensors', () => {
  const folder = temporaryFolder();
  const tensors: StateDict = new Map([
    ['1', tensorOf([1, 2], Float32Array.of(0.5, NaN))],
    ['bn.num_batches_tracked', tensorOf([], BigInt64Array.of(-(2n ** 62n)))],
    ['__proto__', tensorOf([3], Float32Array.of(1, -0, Infinity))],
    ['0"\n', tensorOf([0, 4], new Float32Array(0))],
  ]);

  it('writes what readSafetensors reads, bit for bit', async () => {
    await writeSafetensors(folder.path('all.safetensors'), tensors, { classes: '["a","b"]' });
    const read = await readSafetensors(folder.path('all.safetensors'));
    assert.deepEqual(read.metadata, { format: 'pt', classes: '["a","b"]' });
    assert.deepEqual(new Map(read.tensors), tensors);
    assert.deepEqual(await readdir(folder.path()), ['all.safetensors']);
  });

  it('aligns all data to 8 bytes, int64 first, the keys in their order', async () => {
    await writeSafetensors(folder.path('all.safetensors'), tensors);
    const bytes = await readFile(folder.path('all.safetensors'));
    const length = Number(bytes.readBigUInt64LE());
    const header = bytes.toString('utf8', 8, 8 + length);
    assert.equal(length % 8, 0);
    assert.equal(bytes.readBigInt64LE(8 + length), -(2n ** 62n));
    assert.equal(bytes.length, 8 + length + 8 + 8 + 12);
    assert.ok(
      header.indexOf('"1"') < header.indexOf('bn.') && header.indexOf('bn.') < header.indexOf('__proto__'),
    );
  });

  it('writes the part of a buffer that a tensor is', async () => {
    const data = Float32Array.of(1, 2, 3, 4).subarray(1, 3);
    await writeSafetensors(folder.path('part.safetensors'), new Map([['a', tensorOf([2], data)]]));
    const { tensors: read } = await readSafetensors(folder.path('part.safetensors'));
    assert.deepEqual(read.get('a')!.data, Float32Array.of(2, 3));
  });

  it('refuses the key that the format keeps for itself', async () => {
    const wrong = new Map([['__metadata__', tensorOf([1], Float32Array.of(1))]]);
    await assert.rejects(writeSafetensors(folder.path('no.safetensors'), wrong), UserError);
  });
});

describe('A safetensors file that breaks a promise is a UserError naming file and tensor', () => {
  const folder = temporaryFolder();
  const build = (header: unknown, dataBytes = 0): Buffer => {
    const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(json.length));
    return Buffer.concat([length, json, Buffer.alloc(dataBytes)]);
  };
  const f32 = (shape: unknown, ...offsets: number[]): unknown => ({
    dtype: 'F32',
    shape,
    data_offsets: offsets,
  });
  const length = (value: bigint): Buffer => {
    const bytes = Buffer.alloc(16, '{');
    bytes.writeBigUInt64LE(value);
    return bytes;
  };
  const cases: [string, Buffer, RegExp][] = [
    ['fewer than 8 bytes', Buffer.from('abc'), /ends too early/],
    ['a header past the end', build({ a: f32([1], 0, 4) }, 4).subarray(0, 20), /ends too early/],
    ['a header of 100 000 001 bytes', length(100_000_001n), /would have 100000001 bytes/],
    ['a header of 2^64 - 1 bytes', length(2n ** 64n - 1n), /would have 18446744073709551615 bytes/],
    ['data cut off', build({ a: f32([2], 0, 8) }, 7), /within tensor a: it is truncated/],
    ['bytes after the data', build({ a: f32([1], 0, 4) }, 5), /1 bytes after its last tensor/],
    ['no JSON', build('{"a": '), /not valid JSON/],
    ['a byte-order mark', build('\ufeff{}'), /not valid JSON/],
    [
      'broken UTF-8',
      Buffer.concat([length(4n).subarray(0, 8), Buffer.from('{"\xff"', 'latin1')]),
      /not valid JSON/,
    ],
    ['a list', build('[]'), /not a JSON object/],
    ['nesting without end', build('['.repeat(100_000)), /not valid JSON/],
    [
      'a tensor twice',
      build(
        '{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"\\u0061":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}',
      ),
      /key "a" twice/,
    ],
    [
      'a field twice',
      build('{"a":{"dtype":"F32","dtype":"F32","shape":[0],"data_offsets":[0,0]}}'),
      /key "dtype" twice/,
    ],
    ['overlapping tensors', build({ a: f32([2], 0, 8), b: f32([2], 4, 12) }, 12), /tensor b overlaps/],
    ['a tensor within another', build({ a: f32([2], 0, 8), b: f32([1], 0, 4) }, 8), /tensor a overlaps/],
    ['a hole', build({ a: f32([1], 0, 4), b: f32([1], 8, 12) }, 12), /hole before tensor b/],
    ['a hole at the start', build({ a: f32([1], 4, 8) }, 8), /hole before tensor a/],
    [
      'an unknown dtype',
      build({ a: { dtype: 'F8_E4M3', shape: [1], data_offsets: [0, 1] } }, 1),
      /tensor a has the dtype "F8_E4M3"/,
    ],
    [
      'a dtype named as a method',
      build({ a: { dtype: 'toString', shape: [1], data_offsets: [0, 1] } }, 1),
      /tensor a has the dtype/,
    ],
    ['a negative shape', build({ a: f32([-1, -1], 0, 4) }, 4), /tensor a has an impossible shape/],
    ['a broken shape', build({ a: f32([0.5, 2], 0, 4) }, 4), /tensor a has an impossible shape/],
    ['a shape of texts', build({ a: f32(['1'], 0, 4) }, 4), /tensor a has an impossible shape/],
    [
      'a shape that overflows',
      build({ a: f32([2 ** 32, 2 ** 32, 0], 0, 0) }),
      /tensor a has an impossible shape/,
    ],
    [
      '65 dimensions',
      build({ a: f32(Array<number>(65).fill(1), 0, 4) }, 4),
      /tensor a has an impossible shape/,
    ],
    [
      'too few bytes for the shape',
      build({ a: f32([2], 0, 4) }, 4),
      /tensor a of shape \[2\] has 4 bytes where 8 are needed/,
    ],
    ['negative offsets', build({ a: f32([1], -4, 0) }), /tensor a has impossible data_offsets/],
    ['offsets the wrong way round', build({ a: f32([1], 4, 0) }, 4), /tensor a of shape \[1\] has -4 bytes/],
    ['one offset', build({ a: f32([1], 0) }), /tensor a has impossible data_offsets/],
    ['a tensor that is a number', build({ a: 1 }), /tensor a is not described/],
    ['metadata of numbers', build({ __metadata__: { epoch: 1 } }), /__metadata__ epoch is not a string/],
    ['metadata that is a text', build({ __metadata__: 'pt' }), /__metadata__ is not an object/],
  ];
  for (const [title, bytes, message] of cases) {
    it(title, async () => {
      const file = await folder.write('bad.safetensors', bytes);
      await assert.rejects(readSafetensors(file), (error: unknown) => {
        assert.ok(error instanceof UserError, String(error));
        assert.ok(error.message.includes(file));
        assert.match(error.message, message);
        return true;
      });
    });
  }

  it('a sparse file that claims gigabytes it does not have', async () => {
    const file = await folder.write('bad.safetensors', build({ a: f32([2 ** 40], 0, 2 ** 42) }));
    await truncate(file, 2 ** 16);
    await assert.rejects(readSafetensors(file), /within tensor a/);
  });

  it('but one without tensors, padded with spaces, is sound', async () => {
    const file = await folder.write('none.safetensors', build('{}      '));
    assert.equal((await readSafetensors(file)).tensors.size, 0);
  });
});
