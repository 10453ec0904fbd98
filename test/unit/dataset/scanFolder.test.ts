import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { scanFolder, type LabelledImages } from '../../../src/core/dataset/scanFolder';
import { finish } from '../../../src/core/progress';
import { UserError } from '../../../src/core/userError';
import { temporaryFolder } from '../image/imageFiles';

describe('scanning a folder of images', () => {
  let folder: string;
  let remove: () => Promise<void>;
  beforeEach(async () => ({ folder, remove } = await temporaryFolder()));
  afterEach(async () => await remove());

  // Names decide here; contents are looked at later.
  const touch = async (...paths: string[]): Promise<void> => {
    for (const path of paths) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), '');
    }
  };
  const scan = async (): Promise<LabelledImages> =>
    await finish(scanFolder(folder, new AbortController().signal));
  const named = (images: LabelledImages['train'] | undefined): string[] =>
    (images ?? []).map(({ className, image }) => `${className}: ${image}`);
  const refused = async (message: string): Promise<void> =>
    await assert.rejects(scan, new UserError(message.replaceAll('FOLDER', folder)));

  it('takes the folders as classes, and images at any depth below them', async () => {
    await touch('dog/b.PNG', 'cat/z.jpg', 'cat/more/deeper/a.jpeg', 'dog/a.webp');
    const { train, test, notes } = await scan();
    assert.deepEqual(named(train), [
      'cat: cat/z.jpg',
      'cat: cat/more/deeper/a.jpeg',
      'dog: dog/a.webp',
      'dog: dog/b.PNG',
    ]);
    assert.equal(train[0]!.file, join(folder, 'cat', 'z.jpg'));
    assert.equal(test, undefined);
    assert.deepEqual(notes, []);
  });

  for (const phase of ['test', 'val', 'validation']) {
    it(`takes train/ and ${phase}/ as the two phases`, async () => {
      await touch('train/a/1.jpg', 'train/b/2.jpg', `${phase}/a/3.jpg`, `${phase}/b/4.jpg`);
      const { train, test } = await scan();
      assert.deepEqual(named(train), ['a: train/a/1.jpg', 'b: train/b/2.jpg']);
      assert.deepEqual(named(test), [`a: ${phase}/a/3.jpg`, `b: ${phase}/b/4.jpg`]);
    });
  }

  it('prefers test/ where there is val/ too, and says what it leaves out', async () => {
    await touch('train/a/1.jpg', 'train/b/2.jpg', 'test/a/3.jpg', 'test/b/4.jpg', 'val/a/5.jpg');
    const { test, notes } = await scan();
    assert.deepEqual(named(test), ['a: test/a/3.jpg', 'b: test/b/4.jpg']);
    assert.deepEqual(notes, ['Beside train/ and test/, these are left out: val']);
  });

  it('leaves hidden and empty folders and what is no image out, and says so', async () => {
    await touch(
      'a/1.jpg',
      'b/1.jpg',
      '.cache/1.jpg',
      'a/.trash/2.jpg',
      'a/notes.txt',
      'a/old.bmp',
      'b/README',
    );
    await touch('a/.DS_Store', 'Thumbs.db', 'loose.jpg');
    await mkdir(join(folder, 'c', 'd'), { recursive: true });
    const { train, notes } = await scan();
    assert.deepEqual(named(train), ['a: a/1.jpg', 'b: b/1.jpg']);
    assert.deepEqual(notes, [
      'Folders without images are left out: c',
      'Hidden files and folders are left out: .cache, a/.trash',
      'Files without an extension are no images: 1 file left out (b/README)',
      '.bmp images cannot be read, convert them to .png or .jpg: 1 file left out (a/old.bmp)',
      '.txt files are no images: 1 file left out (a/notes.txt)',
      '1 image outside the class folders left out: loose.jpg',
    ]);
  });

  it('follows links, and comes to an end where they lead in circles', async () => {
    await touch('a/1.jpg', 'b/1.jpg', 'elsewhere/2.jpg', '.store/3.jpg');
    // Junctions are the links of folders that anyone may make on Windows; other systems ignore the word.
    await symlink(join(folder, 'a'), join(folder, 'a', 'again'), 'junction');
    await symlink(join(folder, '.store'), join(folder, 'b', 'linked'), 'junction');
    await symlink(join(folder, 'nowhere'), join(folder, 'b', 'broken'), 'junction');
    const { train, notes } = await scan();
    assert.deepEqual(named(train), [
      'a: a/1.jpg',
      'b: b/1.jpg',
      'b: b/linked/3.jpg',
      'elsewhere: elsewhere/2.jpg',
    ]);
    assert.deepEqual(notes, [
      'Hidden files and folders are left out: .store',
      'Links that lead nowhere are left out: b/broken',
    ]);
  });

  it('refuses a folder without images', async () => {
    await mkdir(join(folder, 'a'));
    await refused(
      'FOLDER holds no images: put the .jpg, .png, .webp, .gif, .tif or .avif files of each class in a folder of its own there',
    );
  });

  it('refuses a single class', async () => {
    await touch('cats/1.jpg', 'cats/2.jpg');
    await mkdir(join(folder, 'dogs'));
    await refused('FOLDER holds images of only one class, cats: at least two classes are needed');
  });

  it('names the folder that may be meant where the classes lie one below', async () => {
    await touch('pets/cats/1.jpg', 'pets/dogs/2.jpg');
    await refused(
      `FOLDER holds images of only one class, pets: at least two classes are needed; if pets/cats, pets/dogs are classes, name ${join(folder, 'pets')}`,
    );
  });

  it('refuses train/ alone, and says what would do', async () => {
    await touch('train/a/1.jpg', 'train/b/2.jpg');
    await refused(
      `The folder FOLDER has train/ but no test/, val/ or validation/: add one, or name ${join(folder, 'train')} as data.folder to hold out a share of it`,
    );
  });

  it('names a class that one of the phases lacks', async () => {
    await touch('train/ants/1.jpg', 'train/bees/2.jpg', 'val/ants/3.jpg', 'val/bee/4.jpg');
    await refused(
      'The class bees has images in train/ but none in val/ (it has bee): both must have every class',
    );
  });

  it('names the classes that train/ lacks', async () => {
    await touch('train/a/1.jpg', 'train/b/2.jpg');
    await touch('val/a/3.jpg', 'val/b/4.jpg', 'val/wasps/5.jpg', 'val/flies/6.jpg');
    await refused(
      'The classes flies, wasps have images in val/ but none in train/: both must have every class',
    );
  });

  it('names the classes of a phase that is empty', async () => {
    await touch('train/a/1.jpg', 'train/b/2.jpg');
    await mkdir(join(folder, 'test', 'a'), { recursive: true });
    await refused('The classes a, b have images in train/ but none in test/: both must have every class');
  });

  it('stops when told to', async () => {
    await touch('a/1.jpg', 'b/1.jpg');
    const reason = new Error('enough');
    await assert.rejects(async () => await finish(scanFolder(folder, AbortSignal.abort(reason))), reason);
  });
});
