import { strict as assert } from 'node:assert';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { plainPictures } from '../plainPictures';
import { startEditor, type Editor } from '../startEditor';
import { tinyRecipe } from '../tinyRecipe';
import { until } from '../until';
import type { Workbench } from '../workbench';
import { accessibilityProblems, pageOf, runCommand } from './pages';
import { WrittenRun } from './runFolders';

const RECIPE = `{ "data": { "folder": "pets" }, "model": "resnet18", "classes": 2, "freeze": ["conv1"] }\n`;
const WRONG = `{
  "data": { "folder": "nowhere" },
  "model": "resnet18",
  "freeze": ["conv1", "bn1", "layer1", "layer2", "layer3", "layer4", "fc"],
  "epochs": 3
}
`;

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
    await writeFile(join(workspace, 'wrong.thaw.json'), WRONG);
    await writeFile(join(workspace, 'tiny.thaw.json'), tinyRecipe({ epochs: 2 }));
    await plainPictures(join(workspace, 'pictures'), ['blue', 'red'], 10);
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
    await workbench
      .view('运行')
      .locator('.welcome-view-content', { hasText: '此处尚未运行过微调' })
      .waitFor();
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

  it('says what is wrong with a recipe, and what its fields are', async () => {
    const { page } = workbench;
    await workbench.openFile('wrong.thaw.json');
    await page.keyboard.press('Control+Shift+M');
    // What contradicts the schema is the editor's own to say.
    const problems = page.locator('.markers-panel');
    for (const text of [
      `没有文件夹 ${join(editor.workspace, 'nowhere')}`,
      'fc 是新的最后一层，从随机权重开始；冻结时它会保持这些权重',
    ]) {
      await problems.getByText(text).first().waitFor();
    }
    await page.locator('.view-line', { hasText: '"epochs"' }).getByText('"epochs"').hover();
    await page.locator('.monaco-hover', { hasText: '训练遍历图片的次数。示例：25。' }).first().waitFor();
    await workbench.screenshot('chinese-recipe');
  });

  it('tells of a training, in the log and in the Runs view', async () => {
    await workbench.openFile('tiny.thaw.json');
    await runCommand(workbench, 'Thaw: 开始微调');
    const run = await until(
      () => editor.runFolders().find(folder => folder.endsWith('tiny')),
      'a run folder',
    );
    const log = join(run, 'events.jsonl');
    const events = await until(async () => {
      const text = await readFile(log, 'utf8').catch(() => '');
      return text.includes('"runEnded"') ? text : undefined;
    }, 'the end of the run');
    assert.match(events, /"engineReason":"[^"]*它使用 CPU"/);
    const row = workbench.treeRow('运行', 'tiny').filter({ hasText: '2 轮' });
    await row.waitFor();
    const hover = workbench.page.locator('.workbench-hover', { hasText: '2 个类别，16 + 4 张图片' });
    // A row that is drawn anew takes its hover away.
    await until(async () => {
      await workbench.page.locator('.tabs-container').first().hover();
      await row.hover({ timeout: 2000 }).catch(() => undefined);
      const shown = hover.filter({ hasText: '用时' }).first().waitFor({ timeout: 3000 });
      return shown.then(() => true).catch(() => false);
    }, 'the hover of the run');
    await workbench.screenshot('chinese-run');
  });
});
