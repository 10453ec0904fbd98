import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeThawDocument } from '../../../src/core/notebook/thawDocument';
import { tinyPictures } from '../../unit/training/tinyPictures';
import { startEditor, type Editor } from '../startEditor';
import { until } from '../until';
import type { Workbench } from '../workbench';
import { NotebookEditor } from './notebookEditor';

const CELL = '{\n  "name": "base",\n  "data": { "folder": "pictures" },\n  "model": "resnet18"\n}';

describe('the file of a notebook', function () {
  this.timeout(120_000);
  let folder: string;
  let editor: Editor;
  let workbench: Workbench;
  let notebook: NotebookEditor;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'thaw-notebook-'));
    await tinyPictures(join(folder, 'pictures'), ['blue', 'red'], 2);
    await writeFile(
      join(folder, 'cases.thaw'),
      writeThawDocument({
        cells: [
          { kind: 'markdown', text: '# Cases' },
          { kind: 'recipe', text: CELL },
        ],
      }),
    );
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@localhost', ...args], { cwd: folder });
    git('init', '--quiet');
    git('add', '.');
    git('commit', '--quiet', '--message', 'cases');
    editor = await startEditor({
      workspace: folder,
      settings: {
        'files.autoSave': 'off',
        'git.enabled': true,
        'git.openRepositoryInParentFolders': 'never',
      },
    });
    workbench = await editor.openWindow();
    notebook = new NotebookEditor(workbench);
    await workbench.openFile('cases.thaw');
    await notebook.cell(1).waitFor();
  });
  after(async () => {
    await editor?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const onDisk = (): string => readFileSync(join(editor.workspace, 'cases.thaw'), 'utf8');
  const isDirty = async (): Promise<boolean> =>
    (await workbench.page.locator('.tab.dirty', { hasText: 'cases.thaw' }).count()) > 0;
  const typeAtModel = async (text: string): Promise<void> => {
    await notebook.enter(1);
    const { keyboard } = workbench.page;
    // What an attempt that failed has left.
    while ((await notebook.text(1)) !== CELL) await keyboard.press('Control+Z');
    await keyboard.press('Control+Home');
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'End', 'ArrowLeft']) await keyboard.press(key);
    await keyboard.type(text);
  };

  it('offers the models in a cell, and explains a field under the pointer', async () => {
    await typeAtModel('');
    for (let i = 0; i < 'resnet18'.length; i++) await workbench.page.keyboard.press('Backspace');
    await workbench.page.keyboard.press('Control+Space');
    const offers = workbench.page.locator('.suggest-widget.visible .monaco-list-row');
    await until(async () => (await offers.allInnerTexts()).join(' ').includes('mobilenet_v2'), 'the models');
    await workbench.screenshot('notebook-completion');
    await workbench.page.keyboard.press('Escape');
    await workbench.page.keyboard.type('resnet18');
    await until(async () => (await notebook.text(1)) === CELL, 'the text as it was');
    await notebook.cell(1).getByText('"data"').first().hover();
    const hover = workbench.page.locator('.monaco-hover:visible');
    await until(async () => /images/i.test((await hover.allInnerTexts()).join(' ')), 'the explanation');
    await workbench.screenshot('notebook-hover');
  });

  it('shows its changes cell by cell', async () => {
    await typeAtModel('x');
    await until(isDirty, 'the mark of a change');
    await workbench.page.keyboard.press('Control+S');
    await until(() => onDisk().includes('resnet18x'), 'the file');
    const modified = workbench.page.locator('.explorer-folders-view [aria-label*="Modified"]');
    await modified.first().waitFor();
    await workbench.runCommand('Git: Open Changes');
    const diff = workbench.page.locator('.notebook-text-diff-editor');
    await diff.waitFor();
    await until(async () => (await diff.innerText()).includes('resnet18x'), 'the changed cell');
    await workbench.screenshot('notebook-diff');
  });
});
