import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { loadWeights } from '../../../src/core/weights/loadWeights';
import { dict, integer, legacyStart, pickle, tensor, text } from './pickle';
import { temporaryFolder } from './temporaryFolder';
import { zipArchive, type ZipEntry } from './zipArchive';

/*
 * Ways around torch.load(weights_only=True) and around scanners of pickles that were published. They need a reader that
 * runs pickles behind the one that looks: here is only one, and it runs nothing.
 */

const STORAGE = Buffer.alloc(16, 1);
const SOUND = dict({ w: tensor({ size: ['K\x04'], stride: ['K\x01'] }) });

/** `os.system("id")` as an operation of a pickle. */
function call(module: string, name: string): string {
  return `c${module}\n${name}\n(${text('id')}tR`;
}

function archive(data: Buffer, changes: Partial<ZipEntry> = {}): ZipEntry[] {
  return [
    { name: 'a/data.pkl', data, ...changes },
    { name: 'a/data/0', data: STORAGE },
  ];
}

function legacy(object: string): Buffer {
  const count = Buffer.alloc(8);
  count.writeBigInt64LE(4n);
  const pickles = pickle(`${legacyStart}\x80\x02${object}.`, `\x80\x02](${text('0')}e.`);
  return Buffer.concat([pickles, count, STORAGE]);
}

describe('A way around other readers', () => {
  const folder = temporaryFolder();
  const load = async (name: string, bytes: Buffer): Promise<readonly string[]> => {
    const file = folder.path(name);
    await writeFile(file, bytes);
    return [...(await loadWeights(file)).tensors.keys()];
  };
  const refuses = async (name: string, bytes: Buffer, message: RegExp): Promise<void> =>
    assert.rejects(load(name, bytes), { name: 'UserError', message });

  it('has nothing to go around: the same file without harm loads', async () => {
    assert.deepEqual(await load('sound.pth', zipArchive(archive(pickle(`\x80\x02${SOUND}.`)))), ['w']);
    assert.deepEqual(await load('legacy.pth', legacy(SOUND)), ['w']);
  });

  describe('by a function that a list of dangerous ones lacks (CVE-2025-1716, CVE-2025-10157, CVE-2026-56315)', () => {
    const functions = [
      ['pip', 'main'],
      ['pip._internal.cli.main', 'main'],
      ['asyncio.unix_events', '_UnixSubprocessTransport._start'],
      ['imaplib', 'IMAP4_stream'],
      ['uuid', '_get_command_stdout'],
      ['_osx_support', '_read_output'],
      ['numpy.testing._private.utils', 'runstring'],
      ['torch.utils.bottleneck.__main__', 'run_cprofile'],
      ['torch.serialization', 'load'],
      ['torch.storage', '_load_from_bytes'],
      ['torch.jit', 'load'],
      ['torch._utils', '_import_dotted_name'],
      ['operator', 'attrgetter'],
      ['functools', 'partial'],
    ] as const;
    for (const [module, name] of functions) {
      it(`${module}.${name}`, async () => {
        const bytes = zipArchive(archive(pickle(`\x80\x02${dict({ w: call(module, name) })}.`)));
        await refuses('listed.pth', bytes, /its pickle asks for .*nothing was run/);
      });
    }
  });

  it('by an attribute of an allowed class, which protocol 4 can name', async () => {
    const object = `${text('collections')}${text('OrderedDict.__init__.__globals__')}\x93`;
    await refuses('dotted.pth', zipArchive(archive(pickle(`\x80\x04${object}.`))), /asks for .*__globals__/);
  });

  it('by an extension that hides what a file is (CVE-2025-1889, CVE-2025-10155)', async () => {
    for (const name of ['model.bin', 'model.safetensors', 'model.txt', 'model.jpg'])
      await refuses(name, pickle(`\x80\x02${call('os', 'system')}.`), /UserError|asks for os\.system|not /);
  });

  it('by a pickle of protocol 0, which is text', async () => {
    await refuses('zero.pth', pickle("cos\nsystem\n(S'id'\ntR."), /is no file of weights/);
  });

  it('by a directory that names an entry otherwise than its own header does (CVE-2025-1944)', async () => {
    const bytes = zipArchive(archive(pickle(`\x80\x02${dict({ w: call('os', 'system') })}.`)));
    // The first mention is the local header's.
    bytes.write('b', bytes.indexOf('a/data.pkl'));
    await refuses('renamed.pth', bytes, /asks for os\.system/);
  });

  it('by flags that say an entry is encrypted (CVE-2025-1945)', async () => {
    const bytes = zipArchive(archive(pickle(`\x80\x02${dict({ w: call('os', 'system') })}.`)));
    const directory = bytes.indexOf('PK\x01\x02');
    bytes.writeUInt16LE(1, directory + 8);
    bytes.writeUInt16LE(1, 6);
    await refuses('flags.pth', bytes, /the directory of its zip archive is damaged/);
  });

  it('by a wrong checksum, before or at the pickle (CVE-2025-10156)', async () => {
    const harm = pickle(`\x80\x02${dict({ w: call('os', 'system') })}.`);
    await refuses('checksum.pth', zipArchive(archive(harm, { claimedCrc: 1 })), /its checksum is wrong/);
    const first = { name: 'a/version', data: Buffer.from('3'), claimedCrc: 1 };
    await refuses('first.pth', zipArchive([first, ...archive(harm)]), /asks for os\.system/);
  });

  it('by pickles beside data.pkl, which nothing reads', async () => {
    const harm = pickle(`\x80\x02${call('os', 'system')}.`);
    const hidden = ['a/data/1', 'a/.data/hidden.pkl', 'b/other.pkl', 'a/extra'].map(name => ({
      name,
      data: harm,
    }));
    const bytes = zipArchive([...archive(pickle(`\x80\x02${SOUND}.`)), ...hidden]);
    assert.deepEqual(await load('hidden.pth', bytes), ['w']);
  });

  it('by an archive within an archive', async () => {
    const inner = zipArchive(archive(pickle(`\x80\x02${call('os', 'system')}.`)));
    await refuses('nested.pth', zipArchive(archive(inner)), /UserError|pickle/);
    await refuses('gzip.pth', gzipSync(inner), /is no file of weights/);
  });

  it('by a tar archive, the oldest form, whose reader ran code (CVE-2025-32434)', async () => {
    const tar = Buffer.alloc(2048);
    tar.write('storages');
    tar.write('ustar', 257);
    await refuses('model.tar', tar, /is neither safetensors nor what torch\.save writes/);
    await refuses('model.pth', tar, /is neither safetensors nor what torch\.save writes/);
  });

  it('by setting items of what is no dict, and storages of another size (CVE-2026-24747)', async () => {
    const onTensor = `${tensor({ size: ['K\x04'], stride: ['K\x01'] })}${text('a')}${integer(1)}s`;
    await refuses('items.pth', zipArchive(archive(pickle(`\x80\x02${onTensor}.`))), /pickle is malformed/);
    const larger = dict({
      w: tensor({ elements: 1_000_000, size: [integer(1_000_000)], stride: ['K\x01'] }),
    });
    await refuses('larger.pth', zipArchive(archive(pickle(`\x80\x02${larger}.`))), /has 16 bytes where/);
    await refuses('larger-legacy.pth', legacy(larger), /has another size than its pickle needs/);
  });

  it('by failing, so that another reader is asked that runs code', async () => {
    // There is no other reader: what this one refuses stays refused, a second time as well.
    const bytes = pickle(`\x80\x02${call('os', 'system')}`);
    for (let i = 0; i < 2; i++) await refuses('again.pth', bytes, /asks for os\.system/);
  });
});
