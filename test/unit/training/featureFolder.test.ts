import assert from 'node:assert/strict';
import { mkdir, readdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FeatureFolder } from '../../../src/core/training/featureFolder';
import { temporaryFolder } from '../weights/temporaryFolder';

/** As the folder names its files: 32 hexadecimal digits. */
const [A, B, C] = ['a', 'b', 'c'].map(digit => `${digit.repeat(32)}.features`) as [string, string, string];

describe('The folder of features', () => {
  const workspace = temporaryFolder();

  async function folderWith(name: string, ages: Readonly<Record<string, number>>): Promise<FeatureFolder> {
    const folder = new FeatureFolder(workspace.path(name), 1000);
    await mkdir(folder.path, { recursive: true });
    for (const [file, hours] of Object.entries(ages)) {
      await writeFile(join(folder.path, file), new Uint8Array(300));
      const used = new Date(Date.now() - hours * 3_600_000);
      await utimes(join(folder.path, file), used, used);
    }
    return folder;
  }

  it('makes room by deleting what was not used for longest', async () => {
    const folder = await folderWith('full', { [A]: 3, [B]: 9, [C]: 1 });
    assert.equal(await folder.makeRoom(300, []), true);
    assert.deepEqual(await readdir(folder.path), [A, C]);
    await folder.touch(join(folder.path, A));
    assert.equal(await folder.makeRoom(600, []), true);
    assert.deepEqual(await readdir(folder.path), [A]);
  });

  it('deletes nothing for what does not fit, nor what is in use', async () => {
    const folder = await folderWith('kept', { [A]: 3, [B]: 9 });
    assert.equal(await folder.makeRoom(1001, []), false);
    assert.equal(await folder.makeRoom(800, [join(folder.path, B)]), false);
    assert.deepEqual(await readdir(folder.path), [A, B]);
  });

  it('clears away what a killed process left', async () => {
    const [old, young] = [A, B].map(name => `${name}.0123456789ab.tmp`) as [string, string];
    const folder = await folderWith('stale', { [old]: 25, [young]: 1 });
    assert.equal(await folder.makeRoom(1, []), true);
    assert.deepEqual(await readdir(folder.path), [young]);
  });

  it('leaves alone what it did not make: in a workspace of a stranger it may be a link to anywhere', async () => {
    const others = { 'notes.features': 99, 'thesis.tmp': 99, 'best.features.tmp': 99 };
    const folder = await folderWith('others', others);
    await symlink(join(folder.path, 'thesis.tmp'), join(folder.path, A));
    await folder.makeRoom(900, []);
    assert.deepEqual(await readdir(folder.path), [...Object.keys(others), A].sort());
  });

  it('has a file of its own for every key', () => {
    const folder = new FeatureFolder(workspace.path());
    assert.equal(folder.file('a'), folder.file('a'));
    assert.notEqual(folder.file('a'), folder.file('b'));
  });
});
