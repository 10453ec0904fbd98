import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asWriteError, writeFileAtomically } from '../../src/core/atomicWrite';
import { sha256OfFile } from '../../src/core/download/sha256OfFile';
import { UserError } from '../../src/core/userError';

describe('writeFileAtomically', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'thaw-test-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('writes texts, bytes and streams of bytes, and leaves nothing beside them', async () => {
    async function* chunks(): AsyncGenerator<Uint8Array> {
      yield Uint8Array.of(1, 2);
      yield new Uint8Array(0);
      yield Uint8Array.of(3);
    }
    const written = [
      await writeFileAtomically(join(folder, 'text'), 'é'),
      await writeFileAtomically(join(folder, 'bytes'), Uint8Array.of(7)),
      await writeFileAtomically(join(folder, 'stream'), chunks()),
    ];
    assert.equal(await readFile(join(folder, 'text'), 'utf8'), 'é');
    assert.deepEqual([...(await readFile(join(folder, 'bytes')))], [7]);
    assert.deepEqual([...(await readFile(join(folder, 'stream')))], [1, 2, 3]);
    assert.deepEqual((await readdir(folder)).sort(), ['bytes', 'stream', 'text']);
    const onDisk = ['text', 'bytes', 'stream'].map(async name => {
      const file = join(folder, name);
      return { bytes: (await stat(file)).size, sha256: await sha256OfFile(file) };
    });
    assert.deepEqual(written, await Promise.all(onDisk));
  });

  it('keeps the old file until the new one is whole', async () => {
    const file = join(folder, 'best');
    await writeFile(file, 'old');
    async function* slow(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('ne');
      assert.equal(await readFile(file, 'utf8'), 'old');
      assert.equal((await readdir(folder)).length, 2);
      yield Buffer.from('w');
    }
    await writeFileAtomically(file, slow());
    assert.equal(await readFile(file, 'utf8'), 'new');
  });

  it('leaves the old file and nothing else when the source fails', async () => {
    const file = join(folder, 'best');
    await writeFile(file, 'old');
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('half');
      throw new RangeError('source');
    }
    await assert.rejects(writeFileAtomically(file, broken()), RangeError);
    assert.equal(await readFile(file, 'utf8'), 'old');
    assert.deepEqual(await readdir(folder), ['best']);
  });

  // Windows lets only administrators make symbolic links.
  if (process.platform !== 'win32') {
    it('writes through a symbolic link', async () => {
      await writeFile(join(folder, 'real'), 'old');
      await symlink(join(folder, 'real'), join(folder, 'link'));
      await writeFileAtomically(join(folder, 'link'), 'new');
      assert.equal(await readFile(join(folder, 'real'), 'utf8'), 'new');
    });
  }

  it('keeps the permissions of the file it replaces', async () => {
    const file = join(folder, 'recipe');
    await writeFile(file, 'old');
    await chmod(file, 0o600);
    const { mode } = await stat(file);
    await writeFileAtomically(file, 'new');
    assert.equal((await stat(file)).mode, mode);
  });

  it('tells a person where the folder does not exist or a folder has the name', async () => {
    await assert.rejects(writeFileAtomically(join(folder, 'none', 'a'), ''), {
      name: 'UserError',
      message: `Cannot write ${join(folder, 'none', 'a')}: its folder does not exist; create it first.`,
    });
    await mkdir(join(folder, 'taken'));
    await assert.rejects(writeFileAtomically(join(folder, 'taken'), ''), UserError);
    assert.deepEqual(await readdir(folder), ['taken']);
  });
});

describe('asWriteError', () => {
  const of = (code: string): unknown => asWriteError(Object.assign(new Error(code), { code }), 'a.txt');

  it('makes a full disk and missing permissions a sentence', () => {
    assert.match(String(of('ENOSPC')), /^UserError: Cannot write a\.txt: the disk is full/);
    assert.match(String(of('EACCES')), /^UserError: Cannot write a\.txt: you have no permission/);
  });

  it('leaves other errors as they are', () => {
    const error = new TypeError('bug');
    assert.equal(asWriteError(error, 'a.txt'), error);
  });
});
