import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tinyPictures } from '../../unit/training/tinyPictures';
import { startEditor, type Editor } from '../startEditor';
import { until } from '../until';
import type { Workbench } from '../workbench';

describe('fine-tuning from the editor', function () {
  this.timeout(240_000);
  let folder: string;
  let editor: Editor;
  let workbench: Workbench;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'thaw-editor-'));
    await tinyPictures(join(folder, 'pictures'), ['blue', 'red'], 20);
    const recipe = { data: { folder: 'pictures' }, model: 'squeezenet1_1', weights: 'none', imageSize: 64 };
    await writeFile(
      join(folder, 'colours.thaw.json'),
      JSON.stringify({ ...recipe, batchSize: 8, epochs: 2000 }),
    );
    editor = await startEditor({ workspace: folder });
    workbench = await editor.openWindow();
  });
  after(async () => {
    await editor?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const runs = (): string[] => {
    const place = join(editor.workspace, '.thaw', 'runs');
    return existsSync(place) ? readdirSync(place).map(name => join(place, name)) : [];
  };
  const events = (run: string): string => {
    const file = join(run, 'events.jsonl');
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  };

  it('starts from the palette, writes a run and shows its epochs in the status bar', async () => {
    await workbench.openFile('colours.thaw.json');
    await workbench.runCommand('Thaw: Start Fine-Tune');
    await until(() => runs().some(run => events(run).includes('bestEpoch')), 'a finished epoch');
    await until(
      async () => (await workbench.statusBar()).some(text => /epoch/i.test(text)),
      'the status bar',
    );
    await workbench.screenshot('fine-tune-running');
  });

  it('goes on when the window is reloaded, and is found again', async () => {
    const before = events(runs()[0]!).length;
    await workbench.reloadWindow();
    await until(() => events(runs()[0]!).length > before, 'more epochs');
    await workbench.openContainer('Thaw');
    await until(async () => (await workbench.treeItems('Runs')).length === 1, 'the run in its view');
    await until(
      async () => (await workbench.statusBar()).some(text => /epoch/i.test(text)),
      'the status bar',
    );
  });

  it('stops when it is told to, and keeps the best epoch', async () => {
    await workbench.runCommand('Thaw: Stop Fine-Tune');
    await until(() => events(runs()[0]!).includes('runEnded'), 'the end');
    assert.match(events(runs()[0]!), /"status":"cancelled"/);
    assert.ok(existsSync(join(runs()[0]!, 'best.safetensors')));
    await workbench.screenshot('fine-tune-stopped');
  });
});
