import { strict as assert } from 'node:assert';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, parse } from 'node:path';
import { mayRead } from '../../../src/extension/mayRead';
import { temporaryFolder } from '../run/runFolders';

describe('What a recipe names', () => {
  const place = temporaryFolder();
  let opened: string;
  let outside: string;
  beforeEach(() => {
    opened = join(place.path, 'opened');
    outside = join(place.path, 'outside');
    mkdirSync(join(opened, 'data'), { recursive: true });
    mkdirSync(outside);
    writeFileSync(join(outside, 'secret.png'), '');
  });
  const look = (path: string, isTrusted = false) => mayRead(path, { isTrusted, folders: [opened] });

  it('is looked at where the workspace is trusted, wherever it is', async () => {
    assert.equal(await look(outside, true), true);
  });

  it('is looked at in a restricted workspace where it lies in it', async () => {
    assert.equal(await look(opened), true);
    assert.equal(await look(join(opened, 'data')), true);
    assert.equal(await look(join(opened, 'not there')), true);
    assert.equal(await look(join(opened, '..data')), true);
  });

  it('is not looked at outside of one', async () => {
    assert.equal(await look(outside), false);
    assert.equal(await look(join(opened, '..', 'outside')), false);
    assert.equal(await look(`${opened}-beside`), false);
  });

  it('is not looked at where a link leads outside', async () => {
    symlinkSync(outside, join(opened, 'pictures'));
    symlinkSync(join(outside, 'secret.png'), join(opened, 'data', 'a.png'));
    assert.equal(await look(join(opened, 'pictures')), false);
    assert.equal(await look(join(opened, 'pictures', 'secret.png')), false);
    assert.equal(await look(join(opened, 'data', 'a.png')), false);
  });

  it('is never a whole disk', async () => {
    assert.equal(await look(parse(opened).root, true), false);
  });
});
