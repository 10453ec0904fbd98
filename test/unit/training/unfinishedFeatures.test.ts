import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { isLeft, leftName, takeLeft, writingName } from '../../../src/core/training/unfinishedFeatures';
import { temporaryFolder } from '../weights/temporaryFolder';

describe('An unfinished file of features', () => {
  const folder = temporaryFolder();
  const now = Date.now();
  const [, place, started, random] = writingName('a').split('-') as [string, string, string, string];
  const { pid: ended } = spawnSync(process.execPath, ['--version']);

  const cases: readonly (readonly [what: string, name: string, writtenMs: number, is: boolean])[] = [
    ['that is being written', writingName('a'), now - 1e9, false],
    ['that was left', leftName('a'), now, true],
    ['of a process that has ended', `a.${ended}-${place}-${started}-${random}`, now, true],
    ['of an earlier process of this number', `a.${process.pid}-${place}-00000000-${random}`, now, true],
    ['of another machine, a moment ago', `a.${ended}-00000000-${started}-${random}`, now, false],
    ['of another machine, long ago', `a.${ended}-00000000-${started}-${random}`, now - 61_000, true],
    ['that is none', 'a.tmp', 0, false],
    ['that is none either', 'a.left.txt', 0, false],
  ];
  for (const [what, name, writtenMs, is] of cases) {
    const elsewhere = process.platform !== 'linux' && what.includes('earlier process');
    it(`${what} is ${is ? '' : 'not '}there for others to go on with`, () =>
      assert.equal(isLeft(name, writtenMs), is && !elsewhere));
  }

  it('is taken over by one, the longest of several, and the others are deleted', async () => {
    const file = folder.path('a');
    await folder.write('a.left', 'short');
    await folder.write(`a.${ended}-${place}-${started}-${random}`, 'longer');
    await folder.write('b.left', 'of another file');
    const taken = await takeLeft(file);
    assert.equal(await readFile(taken!, 'utf8'), 'longer');
    assert.deepEqual((await readdir(folder.path())).sort(), [basename(taken!), 'b.left']);
    assert.equal(await takeLeft(file), undefined);
  });

  it('is none in a folder that is not there', async () => {
    assert.equal(await takeLeft(folder.path('nowhere', 'a')), undefined);
  });
});
