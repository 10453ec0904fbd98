import assert from 'node:assert/strict';
import { mkdir, readdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { FeatureFolder } from '../../../src/core/training/featureFolder';
import { writingName } from '../../../src/core/training/unfinishedFeatures';
import { temporaryFolder } from '../weights/temporaryFolder';

/** As the folder names its files: 32 hexadecimal digits. */
const [A, B, C] = ['a', 'b', 'c'].map(digit => `${digit.repeat(32)}.features`) as [string, string, string];

/** This machine, as a name of a file that is being written has it. */
const PLACE = writingName('a').split('-')[1]!;

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

  /** A file that is not there yet. */
  const wanted = (bytes: number) => [{ file: 'd', bytes }];

  it('makes room by deleting what was not used for longest', async () => {
    const folder = await folderWith('full', { [A]: 3, [B]: 9, [C]: 1 });
    assert.equal(await folder.makeRoom(wanted(300), []), true);
    assert.deepEqual(await readdir(folder.path), [A, C]);
    await folder.touch(join(folder.path, A));
    assert.equal(await folder.makeRoom(wanted(600), []), true);
    assert.deepEqual(await readdir(folder.path), [A]);
  });

  it('deletes nothing for what does not fit, nor what is in use', async () => {
    const folder = await folderWith('kept', { [A]: 3, [B]: 9 });
    assert.equal(await folder.makeRoom(wanted(1001), []), false);
    assert.equal(await folder.makeRoom(wanted(800), [join(folder.path, B)]), false);
    assert.deepEqual(await readdir(folder.path), [A, B]);
  });

  it('needs no more room for what is there already, whole or in part', async () => {
    const folder = await folderWith('there', { [A]: 9, [`${B}.left`]: 9, [C]: 1 });
    const files = [A, B].map(name => ({ file: join(folder.path, name), bytes: 300 }));
    assert.equal(await folder.makeRoom(files, []), true);
    assert.equal((await readdir(folder.path)).length, 3);
    const longer = { file: join(folder.path, B), bytes: 500 };
    assert.equal(
      await folder.makeRoom(
        [longer],
        files.map(({ file }) => file),
      ),
      true,
    );
    assert.deepEqual(await readdir(folder.path), [A, `${B}.left`]);
  });

  it('makes room of what a pass left unfinished, but not of what is being written', async () => {
    const dead = `${A}.${2 ** 22 + 1}-${PLACE}-00000000-00000000.tmp`;
    const folder = await folderWith('unfinished', { [dead]: 2, [`${B}.left`]: 1 });
    const written = writingName(join(folder.path, C));
    await writeFile(written, new Uint8Array(300));
    assert.equal(await folder.makeRoom(wanted(700), []), true);
    assert.deepEqual(await readdir(folder.path), [`${B}.left`, basename(written)]);
    assert.equal(await folder.makeRoom(wanted(1000), []), true);
    assert.deepEqual(await readdir(folder.path), [basename(written)]);
  });

  it('leaves alone what it did not make: in a workspace of a stranger it may be a link to anywhere', async () => {
    const others = { 'notes.features': 99, 'thesis.tmp': 99, 'best.features.tmp': 99 };
    const folder = await folderWith('others', others);
    await symlink(join(folder.path, 'thesis.tmp'), join(folder.path, A));
    await folder.makeRoom(wanted(900), []);
    assert.deepEqual(await readdir(folder.path), [...Object.keys(others), A].sort());
  });

  it('has a file of its own for every key', () => {
    const folder = new FeatureFolder(workspace.path());
    assert.equal(folder.file('a'), folder.file('a'));
    assert.notEqual(folder.file('a'), folder.file('b'));
  });
});
