import { strict as assert } from 'node:assert';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { startEditor, type Editor } from '../startEditor';
import type { Workbench } from '../workbench';
import { accessibilityProblems, pageOf, runCommand } from './pages';
import { WrittenRun } from './runFolders';

const RECIPE = `{ "data": { "folder": "pets" }, "model": "resnet18", "classes": 2, "freeze": ["conv1"] }\n`;

/** Texts for which there is no room where they stand. */
function cutOff(page: Frame): Promise<readonly string[]> {
  const all = page.locator('h1, h2, p, th, dt, dd, button, vscode-button, vscode-checkbox, figcaption');
  return all.evaluateAll(elements =>
    elements
      .filter(({ clientWidth, scrollWidth }) => clientWidth > 1 && scrollWidth > clientWidth + 1)
      .map(({ textContent }) => textContent ?? ''),
  );
}

describe('Thaw in Chinese', function () {
  this.timeout(120_000);
  let editor: Editor;
  let workbench: Workbench;
  let workspace: string;

  before(async () => {
    workspace = await mkdtemp(join(tmpdir(), 'thaw-chinese-'));
    await writeFile(join(workspace, 'pets.thaw.json'), RECIPE);
    editor = await startEditor({ workspace, language: 'zh-cn' });
    workbench = await editor.openWindow();
    await workbench.openFile('pets.thaw.json');
    await workbench.openContainer('Thaw');
    await workbench.treeRow('层', 'conv1').waitFor();
  });
  after(async () => {
    await editor.stop();
    await rm(workspace, { recursive: true });
  });

  it('has its views and what stands above a recipe in it', async () => {
    const summary = await workbench.view('层').locator('.message').innerText();
    assert.match(summary, /^11,177,538 个参数中有 11,168,130 个参与训练（99\.9 %）。/);
    assert.match((await workbench.treeItems('层')).at(-1)!.description, /^分类头 · Linear/);
    const welcome = await workbench.view('运行').locator('.welcome-view-content').innerText();
    assert.match(welcome, /此处尚未运行过微调/);
    await workbench.page.locator('.codelens-decoration', { hasText: '开始微调' }).waitFor();
  });

  it('opens a page by a command, both in it', async () => {
    await runCommand(workbench, 'Thaw: 显示曲线图');
    const plots = await pageOf(workbench, '曲线图');
    await plots.locator('h1', { hasText: '还没有运行' }).waitFor();
    assert.equal(await plots.locator('html').getAttribute('lang'), 'zh-cn');
    assert.deepEqual(await plots.locator('vscode-button').allInnerTexts(), ['开始微调', '新建配方']);
    assert.deepEqual(await accessibilityProblems(plots), []);
  });

  it('shows a run in it, with nothing cut off', async () => {
    const plots = await pageOf(workbench, '曲线图');
    const run = await WrittenRun.begin(editor.workspace, { name: 'first', epochs: 6 }, '2026-01-31T12-00-00');
    await run.epoch(0, 0.7, true);
    await plots.locator('.status', { hasText: '第 1/5 轮' }).waitFor();
    const heads = await plots.locator('table.runs th[scope=col]').allInnerTexts();
    assert.deepEqual(heads, ['运行', '模型', '轮次', '最佳测试准确率', '该轮损失', '状态', '时间']);
    assert.deepEqual(await cutOff(plots), []);
    await workbench.screenshot('chinese-plots');
  });
});
