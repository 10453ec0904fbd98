import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeThawDocument } from '../../../src/core/notebook/thawDocument';
import { readOnnx } from '../../../src/core/onnx/onnxFile';
import { readGraphModel } from '../../../src/core/tensorflow/graphModel';
import { loadWeights } from '../../../src/core/weights/loadWeights';
import { tinyPictures } from '../../unit/training/tinyPictures';
import { startEditor, type Editor } from '../startEditor';
import { tinyRecipe } from '../tinyRecipe';
import { until } from '../until';
import type { Workbench } from '../workbench';
import { NotebookEditor } from './notebookEditor';
import { pageOf, runCommand } from './pages';

describe('exporting in the editor', function () {
  this.timeout(300_000);
  let folder: string;
  let editor: Editor;
  let workbench: Workbench;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'thaw-export-'));
    await tinyPictures(join(folder, 'pictures'), ['blue', 'red'], 20);
    await writeFile(
      join(folder, 'colours.thaw'),
      writeThawDocument({ cells: [{ kind: 'recipe', text: tinyRecipe({ name: 'colours', epochs: 1 }) }] }),
    );
    editor = await startEditor({ workspace: folder });
    workbench = await editor.openWindow();
  });
  after(async () => {
    await editor?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Answers which format and where to; waits until the file is said to be there. */
  const answer = async (format: string, file: string): Promise<void> => {
    await workbench.pickQuickInput(format);
    const input = workbench.page.locator('.quick-input-widget:visible input[type="text"]').first();
    await until(async () => /colours\./.test(await input.inputValue()), 'the proposed place');
    await workbench.acceptQuickInput(join(editor.workspace, file));
    const said = await until(
      async () => (await workbench.notifications()).find(text => text.includes(`Exported ${file}`)),
      'the export',
      60_000,
    );
    assert.match(said, /Checked: on all \d+ test pictures no probability differs .* by more than \d/);
  };
  const runFolder = (): string => {
    const runs = join(editor.workspace, '.thaw', 'runs');
    return join(runs, readdirSync(runs)[0]!);
  };

  it('takes the button of a cell that has run to a .pth with the very weights of the run', async () => {
    const notebook = new NotebookEditor(workbench);
    await workbench.openFile('colours.thaw');
    await notebook.cell(0).waitFor();
    await notebook.run(0);
    const output = await until(
      async () => {
        const shown = await notebook.runOutput(0).catch(() => undefined);
        const button = shown?.locator('button', { hasText: 'Export' });
        return button && (await button.isEnabled().catch(() => false)) ? button : undefined;
      },
      'a best epoch',
      60_000,
    );
    await notebook.reveal(output);
    await workbench.screenshot('export-cell');
    await output.click();
    await workbench.screenshot('export-formats');
    await answer('PyTorch .pth', 'colours.pth');
    const exported = await loadWeights(join(editor.workspace, 'colours.pth'));
    const kept = await loadWeights(join(runFolder(), 'best.safetensors'));
    assert.deepEqual(exported.tensors, kept.tensors);
    const details = JSON.parse(await readFile(join(editor.workspace, 'colours.json'), 'utf8')) as object;
    assert.deepEqual((details as { classes: unknown }).classes, ['blue', 'red']);
    await workbench.screenshot('export-done');
  });

  it('asks before it replaces what lies beside, and leaves it where that is declined', async () => {
    await writeFile(join(editor.workspace, 'colours.json'), 'mine');
    await runCommand(workbench, 'Thaw: Open Best Epoch');
    await workbench.pickQuickInput('colours');
    const page = await pageOf(workbench, 'Best Epoch: colours');
    await page.locator('.toolbar vscode-button', { hasText: 'Export' }).click();
    await workbench.pickQuickInput('ONNX');
    const input = workbench.page.locator('.quick-input-widget:visible input[type="text"]').first();
    await until(async () => /colours\.onnx/.test(await input.inputValue()), 'the proposed place');
    await workbench.acceptQuickInput();
    const dialog = workbench.page.locator('.monaco-dialog-box');
    await dialog.waitFor();
    assert.match(await dialog.innerText(), /writes colours\.json, colours\.classify\.py, which/);
    await workbench.clickButton('Cancel');
    assert.equal(await readFile(join(editor.workspace, 'colours.json'), 'utf8'), 'mine');
    assert.ok(!readdirSync(editor.workspace).includes('colours.onnx'));
  });

  it('exports from the Runs view to ONNX, with the classes inside', async () => {
    await workbench.openContainer('Thaw');
    await workbench.treeRow('Runs', 'colours').click({ button: 'right' });
    await workbench.clickInMenu('Export…');
    await answer('ONNX', 'another.onnx');
    const { metadata } = await readOnnx(join(editor.workspace, 'another.onnx'));
    assert.equal(metadata['classes'], '["blue","red"]');
  });

  it('exports to a folder for TensorFlow.js, and proposes another name for the next one', async () => {
    await workbench.openContainer('Thaw');
    await workbench.treeRow('Runs', 'colours').click({ button: 'right' });
    await workbench.clickInMenu('Export…');
    await workbench.screenshot('export-formats-all');
    await answer('TensorFlow.js', 'colours.tfjs');
    const { userDefinedMetadata } = await readGraphModel(join(editor.workspace, 'colours.tfjs'));
    assert.deepEqual((userDefinedMetadata as { classes: unknown }).classes, ['blue', 'red']);
    await workbench.treeRow('Runs', 'colours').click({ button: 'right' });
    await workbench.clickInMenu('Export…');
    await workbench.pickQuickInput('TensorFlow.js');
    const input = workbench.page.locator('.quick-input-widget:visible input[type="text"]').first();
    await until(async () => /colours 2\.tfjs$/.test(await input.inputValue()), 'the proposed place');
    await workbench.page.keyboard.press('Escape');
  });

  it('classifies a picture of the explorer and shows all classes with their probabilities', async () => {
    await workbench.openContainer('Explorer');
    const row = (name: string) =>
      workbench.page.locator('.explorer-folders-view .monaco-list-row', { hasText: name }).first();
    // What the exports left makes the explorer draw itself anew, and a click in that moment is lost.
    const expand = (name: string): Promise<unknown> =>
      until(async () => {
        await row(name).click();
        const isOpen = async (): Promise<boolean> =>
          (await row(name).getAttribute('aria-expanded')) === 'true';
        return until(isOpen, 'its rows', 2_000).catch(() => undefined);
      }, `${name} to open`);
    await expand('pictures');
    await expand('red');
    await row('00.png').click({ button: 'right' });
    await workbench.clickInMenu('Classify Image');
    await workbench.pickQuickInput('colours');
    const shown = workbench.page.locator('.quick-input-widget:visible', { hasText: '00.png' });
    const classes = /(blue|red)\s*\d+\.\d%\s*(blue|red)\s*\d+\.\d%/;
    const found = await until(
      async () => classes.exec(await shown.innerText().catch(() => '')) ?? undefined,
      'the classes',
      30_000,
    );
    assert.deepEqual(found.slice(1).sort(), ['blue', 'red']);
    await workbench.screenshot('classify');
  });
});
