import assert from 'node:assert/strict';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MAX_PICTURE_BYTES, pictureData } from '../../../src/extension/notebook/pictureData';

describe('a picture for a cell', () => {
  let folder: string;
  before(async () => void (folder = await mkdtemp(join(tmpdir(), 'thaw-picture-'))));
  after(() => rm(folder, { recursive: true }));

  async function dataOf(bytes: Buffer, name = 'picture.png'): Promise<string | undefined> {
    const file = join(folder, name);
    await writeFile(file, bytes);
    return pictureData(file);
  }
  const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

  for (const [type, bytes] of [
    ['png', latin1('\x89PNG\r\n\x1a\n and more')],
    ['jpeg', latin1('\xff\xd8\xff\xe0 and more')],
    ['webp', latin1('RIFF\0\0\0\0WEBPVP8 ')],
    ['gif', latin1('GIF89a and more')],
    ['gif', latin1('GIF87a and more')],
  ] as const) {
    it(`is a data URL of what its content is, ${type}, whatever its name`, async () => {
      assert.equal(
        await dataOf(bytes, 'picture.txt'),
        `data:image/${type};base64,${bytes.toString('base64')}`,
      );
    });
  }

  it('is none of any other content: not even a drawing, which may hold a program', async () => {
    assert.equal(await dataOf(latin1('<svg xmlns="http://www.w3.org/2000/svg"/>')), undefined);
    assert.equal(await dataOf(latin1('RIFF\0\0\0\0WAVE')), undefined);
    assert.equal(await dataOf(Buffer.alloc(0)), undefined);
  });

  it('may have four million bytes and not one more', async () => {
    const bytes = Buffer.alloc(MAX_PICTURE_BYTES);
    bytes.write('GIF89a');
    assert.equal((await dataOf(bytes))?.length, 'data:image/gif;base64,'.length + 5_333_336);
    await truncate(join(folder, 'picture.png'), MAX_PICTURE_BYTES + 1);
    assert.equal(await pictureData(join(folder, 'picture.png')), undefined);
  });

  it('is none where there is no file, or a folder', async () => {
    assert.equal(await pictureData(join(folder, 'gone.png')), undefined);
    assert.equal(await pictureData(folder), undefined);
  });
});
