import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../../src/core/userError';
import { loadWeights } from '../../../src/core/weights/loadWeights';
import type { StateDict } from '../../../src/core/weights/stateDict';
import { dict, integer, legacyStart, pickle, tensor, text } from './pickle';
import { temporaryFolder } from './temporaryFolder';
import { zipArchive, type ZipEntry } from './zipArchive';

const FIXTURES = join(__dirname, '../../fixtures/checkpoints');

type Expected = Record<string, { dtype: string; shape: number[]; data: number[] }>;

function plain(tensors: StateDict): Expected {
  return Object.fromEntries(
    [...tensors].map(([key, { dtype, shape, data }]) => [
      key,
      { dtype, shape: [...shape], data: Array.from<number | bigint, number>(data, Number) },
    ]),
  );
}

describe('A file that torch.save wrote', () => {
  describe('gives torch its own keys, order, shapes and values', () => {
    let expected: Record<string, Expected>;
    before(async () => {
      expected = JSON.parse(await readFile(join(FIXTURES, 'expected.json'), 'utf8')) as Record<
        string,
        Expected
      >;
    });
    const cases: [string, string][] = [
      ['every kind of number', 'types.pth'],
      ['transposed, sliced, tied, expanded and channels-last tensors and a Parameter', 'views.pth'],
      ['the state_dict() of a module, with its _metadata', 'module.pt'],
      ['a training checkpoint of a DataParallel model with its optimizer', 'checkpoint.pth'],
      ['every kind of number, old form', 'types-legacy.pth'],
      ['tensors that are views, old form', 'views-legacy.pth'],
      ['the state_dict() of a module, old form', 'module-legacy.pt'],
      ['a training checkpoint, old form', 'checkpoint-legacy.pth'],
      ['pickle protocol 4, under "model"', 'protocol4.pth'],
      ['numbers of a kind that has no storage class', 'untyped.pth'],
    ];
    for (const [title, file] of cases) {
      it(`${title} (${file})`, async () => {
        const { tensors } = await loadWeights(join(FIXTURES, file));
        assert.deepEqual(plain(tensors), expected[file]);
        assert.deepEqual([...tensors.keys()], Object.keys(expected[file]!));
      });
    }
  });

  it('keeps minus zero of half precision', async () => {
    const { tensors } = await loadWeights(join(FIXTURES, 'types.pth'));
    assert.ok(Object.is(tensors.get('float16')!.data[1], -0));
  });

  it('gives tied tensors data of their own', async () => {
    const { tensors } = await loadWeights(join(FIXTURES, 'views.pth'));
    tensors.get('whole')!.data[0] = 99;
    assert.equal(tensors.get('tied')!.data[0], 0);
  });

  it('is refused with advice where it holds a whole model', async () => {
    await assert.rejects(loadWeights(join(FIXTURES, 'whole-model.pth')), (error: unknown) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, /whole-model\.pth: it holds a whole pickled model/);
      return /Sequential.*nothing was run.*torch\.save\(model\.state_dict\(\)/.test(error.message);
    });
  });

  it('is refused where it holds no tensors, and its keys are named', async () => {
    await assert.rejects(loadWeights(join(FIXTURES, 'no-tensors.pth')), {
      name: 'UserError',
      message: /holds no state dict.*\(its keys: epoch, loss\)/,
    });
  });
});

describe('A hostile or damaged checkpoint is a UserError', () => {
  const folder = temporaryFolder();
  const rejects = async (bytes: Uint8Array, message: RegExp): Promise<void> => {
    const file = await folder.write('weights.pth', bytes);
    await assert.rejects(loadWeights(file), (error: unknown) => {
      assert.ok(error instanceof UserError, String(error));
      assert.ok(error.message.includes(file), error.message);
      assert.match(error.message, message);
      return true;
    });
  };
  const storage: ZipEntry = { name: 'a/data/0', data: new Uint8Array(16) };
  const archive = (object: string, ...more: ZipEntry[]): Buffer =>
    zipArchive([{ name: 'a/data.pkl', data: pickle('\x80\x02', object, '.') }, storage, ...more]);
  const weight = tensor({ size: ['K\x02', 'K\x02'], stride: ['K\x02', 'K\x01'] });

  it('though the same file without the harm loads', async () => {
    const file = await folder.write('sound.pth', archive(dict({ weight })));
    assert.deepEqual((await loadWeights(file)).tensors.get('weight')!.shape, [2, 2]);
    const legacy = pickle(legacyStart, '\x80\x02', dict({ weight }), '.', '\x80\x02](', text('0'), 'e.');
    const numbers = Buffer.alloc(8 + 16);
    numbers.writeBigInt64LE(4n);
    const older = await folder.write('older.pth', Buffer.concat([legacy, numbers]));
    assert.deepEqual((await loadWeights(older)).tensors.get('weight')!.shape, [2, 2]);
  });

  const shaped = (size: string[], stride: string[], more = {}): string =>
    dict({ weight: tensor({ size, stride, ...more }) });
  const cases: [string, () => Uint8Array, RegExp][] = [
    ['os.system in data.pkl', () => archive("cos\nsystem\n(S'x'\ntR"), /os\.system.*nothing was run/],
    [
      'eval as the value beside a tensor',
      () => archive(dict({ weight, hook: "cbuiltins\neval\n(S'1'\ntR" })),
      /builtins\.eval/,
    ],
    [
      'eval in the arguments of a tensor',
      () => archive(dict({ weight: `ctorch._utils\n_rebuild_tensor_v2\n(cbuiltins\neval\n(S'1'\ntRtR` })),
      /builtins\.eval/,
    ],
    [
      'posix.system in the old form',
      () => pickle(legacyStart, "\x80\x02cposix\nsystem\n(S'x'\ntR."),
      /posix\.system.*nothing was run/,
    ],
    ['os.system in place of the magic number', () => pickle("\x80\x02cos\nsystem\n(S'x'\ntR."), /os\.system/],
    [
      'os.system in place of the storage keys',
      () => pickle(legacyStart, '\x80\x02', dict({ weight }), ".cos\nsystem\n(S'x'\ntR."),
      /os\.system/,
    ],
    [
      'a whole module in the old form',
      () => pickle(legacyStart, `\x80\x02(${text('module')}NNNtQ.`),
      /whole pickled model.*nothing was run/,
    ],
    ['another pickle', () => pickle('\x80\x04K\x01.'), /not one that torch\.save wrote/],
    [
      'an unknown protocol number',
      () => pickle(legacyStart.slice(0, 15), '\x80\x02K\x01.'),
      /not known here/,
    ],
    ['a big-endian machine, old form', () => pickle(legacyStart.replace('\x88', '\x89')), /big-endian/],
    [
      'a big-endian machine',
      () => archive(dict({ weight }), { name: 'a/byteorder', data: Buffer.from('big') }),
      /big-endian/,
    ],
    ['a truncated old form', () => pickle(legacyStart, '\x80\x02', dict({ weight })), /ends too early/],
    [
      'an old form whose storages are cut off',
      () =>
        pickle(
          legacyStart,
          '\x80\x02',
          dict({ weight }),
          '.\x80\x02](',
          text('0'),
          'e.',
          '\x04\0\0\0\0\0\0\0',
        ),
      /ends too early/,
    ],
    [
      'an old form whose storage has another size',
      () =>
        pickle(
          legacyStart,
          '\x80\x02',
          dict({ weight }),
          '.\x80\x02](',
          text('0'),
          'e.',
          '\x05\0\0\0\0\0\0\0',
        ),
      /storage 0 has another size/,
    ],
    [
      'an old form whose keys do not fit',
      () => pickle(legacyStart, '\x80\x02', dict({ weight }), '.\x80\x02](', text('1'), 'e.'),
      /list of storages/,
    ],
    [
      'an old form that lacks a storage',
      () => pickle(legacyStart, '\x80\x02', dict({ weight }), '.\x80\x02].'),
      /no storage 0/,
    ],
    ['another zip archive', () => zipArchive([{ name: 'a/b.txt', data: Buffer.from('x') }]), /no data\.pkl/],
    ['an empty zip archive', () => zipArchive([]), /no data\.pkl/],
    [
      'a TorchScript archive',
      () => archive(dict({ weight }), { name: 'a/constants.pkl', data: Buffer.from('') }),
      /TorchScript/,
    ],
    ['a truncated zip archive', () => archive(dict({ weight })).subarray(0, 300), /truncated or damaged/],
    [
      'a damaged directory',
      () => {
        const bytes = archive(dict({ weight }));
        bytes[bytes.lastIndexOf('PK\x01\x02')] = 0;
        return bytes;
      },
      /directory of its zip archive is damaged/,
    ],
    [
      'a damaged number',
      () => {
        const bytes = archive(dict({ weight }));
        bytes[bytes.indexOf('a/data/0') + 10]! ^= 1;
        return bytes;
      },
      /data\/0 is damaged \(its checksum is wrong\)/,
    ],
    [
      'a name that leads out of the archive',
      () => archive(dict({ weight }), { name: '../../etc/passwd', data: Buffer.from('x') }),
      /directory of its zip archive is damaged/,
    ],
    [
      'a storage key that leads out of the archive',
      () => archive(shaped(['K\x01'], ['K\x01'], { key: '../../x' })),
      /data\/\.\.\/\.\.\/x has no bytes/,
    ],
    ['a name twice', () => archive(dict({ weight }), storage), /a\/data\/0 twice/],
    [
      'a zip bomb',
      () => zipArchive([{ name: 'a/data.pkl', data: Buffer.alloc(50_000_000), deflate: true }]),
      /data\.pkl is compressed or encrypted/,
    ],
    [
      'a data.pkl that claims more than 64 MB',
      () => zipArchive([{ name: 'a/data.pkl', data: Buffer.from('x'), claimedSize: 2 ** 26 + 1 }]),
      /more than 67108864 bytes/,
    ],
    [
      'storages that overlap',
      () => {
        const tensors = Object.fromEntries(
          Array.from({ length: 100 }, (_, i) => [
            `t${i}`,
            tensor({ key: String(i), elements: 4096, size: ['M\x00\x10'], stride: ['K\x01'] }),
          ]),
        );
        const large: ZipEntry = { name: 'a/data/0', data: new Uint8Array(4 * 4096) };
        const others = Array.from({ length: 99 }, (_, i): ZipEntry => ({
          ...large,
          name: `a/data/${i + 1}`,
          sharesDataOf: 1,
        }));
        return zipArchive([
          { name: 'a/data.pkl', data: pickle('\x80\x02', dict(tensors), '.') },
          large,
          ...others,
        ]);
      },
      /storages in its zip archive overlap/,
    ],
    [
      'a storage smaller than promised',
      () => archive(shaped(['K\x01'], ['K\x01'], { elements: 5 })),
      /data\/0 has 16 bytes where its pickle needs 20/,
    ],
    ['a tensor outside its storage', () => archive(shaped(['K\x05'], ['K\x01'])), /outside storage 0/],
    [
      'an offset outside its storage',
      () => archive(shaped(['K\x01'], ['K\x01'], { offset: 4 })),
      /outside storage 0/,
    ],
    [
      'strides that leave the storage',
      () => archive(shaped(['K\x02', 'K\x02'], ['K\x03', 'K\x01'])),
      /outside storage 0/,
    ],
    ['a negative size', () => archive(shaped([integer(-1)], ['K\x01'])), /impossible shape/],
    ['a negative stride', () => archive(shaped(['K\x02'], [integer(-1)])), /impossible shape/],
    ['a negative offset', () => archive(shaped(['K\x01'], ['K\x01'], { offset: -1 })), /outside storage 0/],
    [
      'a size that is no integer',
      () => archive(shaped(['G\x3f\xf8\0\0\0\0\0\0'], ['K\x01'])),
      /impossible shape/,
    ],
    [
      'sizes whose product overflows',
      () => archive(shaped(Array<string>(4).fill(integer(2 ** 31 - 1)), Array<string>(4).fill('K\x00'))),
      /impossible shape/,
    ],
    [
      'more than 64 dimensions',
      () => archive(shaped(Array<string>(65).fill('K\x01'), Array<string>(65).fill('K\x01'))),
      /impossible shape/,
    ],
    [
      'one number expanded to a billion',
      () => archive(shaped([integer(2 ** 30)], ['K\x00'])),
      /tensor weight would make 4294967296 bytes/,
    ],
    [
      'a storage of a negative size',
      () => archive(shaped(['K\x01'], ['K\x01'], { elements: -1 })),
      /in a way torch never does/,
    ],
    [
      'a storage as numbers of two kinds',
      () =>
        archive(dict({ weight, other: tensor({ type: 'IntStorage', size: ['K\x01'], stride: ['K\x01'] }) })),
      /numbers of two kinds/,
    ],
    [
      'a storage of no known kind',
      () => archive(shaped(['K\x01'], ['K\x01'], { type: 'ComplexFloatStorage' })),
      /torch\.ComplexFloatStorage/,
    ],
    ['a list', () => archive(']'), /no dict of tensors/],
    ['a tensor alone', () => archive(weight), /no dict of tensors/],
  ];
  for (const [title, bytes, message] of cases) it(title, () => rejects(bytes(), message));
});
