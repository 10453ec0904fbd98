import assert from 'node:assert/strict';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FeatureFolder } from '../../../src/core/training/featureFolder';
import { temporaryFolder } from '../weights/temporaryFolder';

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
    const folder = await folderWith('full', { 'a.features': 3, 'b.features': 9, 'c.features': 1 });
    assert.equal(await folder.makeRoom(300, []), true);
    assert.deepEqual(await readdir(folder.path), ['a.features', 'c.features']);
    await folder.touch(join(folder.path, 'a.features'));
    assert.equal(await folder.makeRoom(600, []), true);
    assert.deepEqual(await readdir(folder.path), ['a.features']);
  });

  it('deletes nothing for what does not fit, nor what is in use', async () => {
    const folder = await folderWith('kept', { 'a.features': 3, 'b.features': 9 });
    assert.equal(await folder.makeRoom(1001, []), false);
    assert.equal(await folder.makeRoom(800, [join(folder.path, 'b.features')]), false);
    assert.deepEqual(await readdir(folder.path), ['a.features', 'b.features']);
  });

  it('clears away what a killed process left', async () => {
    const folder = await folderWith('stale', { 'a.features.1.tmp': 25, 'b.features.2.tmp': 1 });
    assert.equal(await folder.makeRoom(1, []), true);
    assert.deepEqual(await readdir(folder.path), ['b.features.2.tmp']);
  });

  it('has a file of its own for every key', () => {
    const folder = new FeatureFolder(workspace.path());
    assert.equal(folder.file('a'), folder.file('a'));
    assert.notEqual(folder.file('a'), folder.file('b'));
  });
});
