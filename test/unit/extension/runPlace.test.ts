import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nameOfRun, runFolderOf } from '../../../src/extension/notebook/runPlace';

describe('the run folder that an output of a notebook names', () => {
  let root: string;
  let notebook: string;
  before(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), 'thaw-place-')));
    notebook = join(root, 'lessons', 'cases.thaw');
    await mkdir(join(root, 'lessons', '.thaw', 'runs', 'one'), { recursive: true });
    await mkdir(join(root, 'opened', 'runs', 'two'), { recursive: true });
    await mkdir(join(root, 'elsewhere', 'secret'), { recursive: true });
    await symlink(join(root, 'elsewhere', 'secret'), join(root, 'lessons', '.thaw', 'runs', 'link'));
    await symlink(join(root, 'elsewhere'), join(root, 'lessons', '.thaw', 'runs', 'above'));
  });
  after(() => rm(root, { recursive: true }));

  const found = (name: string) => runFolderOf(notebook, name, [join(root, 'opened')]);

  it('lies beside the notebook', async () => {
    assert.equal(await found('.thaw/runs/one'), join(root, 'lessons', '.thaw', 'runs', 'one'));
  });

  it('or in a folder of the workspace', async () => {
    assert.equal(await found('../opened/runs/two'), join(root, 'opened', 'runs', 'two'));
  });

  it('is named even when it is gone', async () => {
    assert.equal(await found('.thaw/runs/gone'), join(root, 'lessons', '.thaw', 'runs', 'gone'));
  });

  for (const [what, name] of [
    ['a folder above', '../elsewhere/secret'],
    ['a folder above through one below', '.thaw/runs/../../../elsewhere/secret'],
    ['another folder beside the notebook', '.thaw/other'],
    ['the folder of all runs', '.thaw/runs'],
    ['that folder by a way round', '.thaw/runs/one/..'],
    ['the folder of the workspace itself', '../opened'],
    ['nothing', ''],
    ['a name with a zero byte', '.thaw/runs/one\0'],
    ['a very long name', `.thaw/runs/${'x'.repeat(1000)}`],
    ['a link that leads out', '.thaw/runs/link'],
    ['a folder behind a link that leads out', '.thaw/runs/above/secret'],
  ] as const) {
    it(`is not ${what}`, async () => assert.equal(await found(name), undefined));
  }

  it('is not an absolute one, not even of the workspace', async () => {
    assert.equal(await found(join(root, 'opened', 'runs', 'two')), undefined);
  });

  it('is named relative to the notebook', () => {
    assert.equal(nameOfRun(notebook, join(root, 'lessons', '.thaw', 'runs', 'one')), '.thaw/runs/one');
    assert.equal(nameOfRun(notebook, join(root, 'opened', 'runs', 'two')), '../opened/runs/two');
  });
});
