import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { readRegularFile, readRegularFileSync } from '../../src/core/regularFile';
import { temporaryFolder } from './weights/temporaryFolder';

describe('Reading a file that may come from anyone', () => {
  const folder = temporaryFolder();

  it('gives its bytes, through a link as well', async () => {
    const file = await folder.write('text', 'köstlich');
    await symlink(file, folder.path('link'));
    assert.equal((await readRegularFile(folder.path('link'), 100)).toString(), 'köstlich');
    assert.equal(readRegularFileSync(file, 100).toString(), 'köstlich');
  });

  it('gives the end of a long one where that is asked for', async () => {
    const file = await folder.write('long', 'abcdefgh');
    assert.equal(readRegularFileSync(file, 100, 3).toString(), 'fgh');
  });

  it('throws the error of the file system where there is none', async () => {
    await assert.rejects(readRegularFile(folder.path('none'), 100), { code: 'ENOENT' });
  });

  const refusals: readonly (readonly [what: string, make: (file: string) => unknown, message: RegExp])[] = [
    ['a folder', mkdir, /is a folder, where a file is needed\.$/],
    ['a pipe, without waiting for its other end', file => execFileSync('mkfifo', [file]), /no regular file/],
    ['a link to a device without end', file => symlink('/dev/zero', file), /no regular file/],
    [
      'more than it may have',
      file => writeFile(file, new Uint8Array(101)),
      /101 bytes, of which at most 100 are/,
    ],
  ];
  for (const [index, [what, make, message]] of refusals.entries()) {
    it(`refuses ${what}`, async () => {
      const file = folder.path(`refused ${index}`);
      await make(file);
      await assert.rejects(readRegularFile(file, 100), { name: 'UserError', message });
      assert.throws(() => readRegularFileSync(file, 100), { name: 'UserError', message });
    });
  }
});
