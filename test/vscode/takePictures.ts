import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { writeThawDocument } from '../../src/core/notebook/thawDocument';
import { NotebookEditor } from './browser/notebookEditor';
import { pageOf } from './browser/pages';
import { drawnLeaves } from './drawnLeaves';
import { REPOSITORY, startEditor, type Editor } from './startEditor';
import { until } from './until';
import type { Theme, Workbench } from './workbench';

const TRAINED_WITHIN_MS = 300_000;
const ADVISED_WITHIN_MS = 300_000;

/** Those that packages of the extension have, for its walkthrough and the README. */
const SHIPPED = join(REPOSITORY, 'media', 'pictures');
/** Those that only the docs show. */
const OF_DOCS = join(REPOSITORY, 'docs', 'pictures');

const RECIPE = `{
  // Four kinds of leaves, unlike most of what ImageNet shows.
  "data": { "folder": "leaves" },
  "model": "efficientnet_lite0",
  "weights": "imagenet",
  "freeze": ["_conv_stem", "_bn0", "_blocks.0", "_blocks.1", "_blocks.2"], // edges and textures
  "optimizer": { "type": "adamw", "lr": 0.0003 },
  "epochs": 12
}
`;

/** The same, small enough to be tried out five times over. */
const SMALL_RECIPE = RECIPE.replace('"epochs": 12', '"imageSize": 96,\n  "epochs": 4');

const LESSON = `# Which leaf is it?

Only the last layer learns, so an epoch takes no time: what comes before it is computed once.`;
const CELL = `{
  "name": "head only",
  "data": { "folder": "leaves" },
  "model": "efficientnet_lite0",
  "weights": "imagenet",
  "freeze": ["_conv_stem", "_bn0", "_blocks", "_conv_head", "_bn1"],
  "optimizer": { "type": "adamw", "lr": 0.003 },
  "epochs": 20
}`;

/** Takes the pictures of the README, the docs and the walkthrough from a real editor that trains on drawn leaves. */
async function takePictures(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'thaw-pictures-'));
  await drawnLeaves(join(folder, 'leaves'), 40);
  await writeFile(join(folder, 'leaves.thaw.json'), RECIPE);
  await writeFile(join(folder, 'small.thaw.json'), SMALL_RECIPE);
  const cells = [
    { kind: 'markdown', text: LESSON },
    { kind: 'recipe', text: CELL },
  ] as const;
  await writeFile(join(folder, 'lesson.thaw'), writeThawDocument({ cells }));
  const editor = await startEditor({ workspace: folder, settings: { 'files.autoSave': 'afterDelay' } });
  try {
    await train(editor);
    for (const theme of ['light', 'dark'] as const) await takeIn(editor, theme);
    await takePages(editor);
  } finally {
    await editor.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function train(editor: Editor): Promise<void> {
  const window = await openRecipe(editor, 'leaves.thaw.json');
  await window.runCommand('Thaw: Start Fine-Tune');
  await until(() => ended(editor) === 1, 'the end of the recipe', TRAINED_WITHIN_MS);
  await window.openFile('lesson.thaw');
  const notebook = new NotebookEditor(window);
  await notebook.cell(1).waitFor();
  await notebook.run(1);
  await until(() => ended(editor) === 2, 'the end of the cell', TRAINED_WITHIN_MS);
  await until(async () => !(await notebook.isRunning(1)), 'the cell to rest');
  await window.runCommand('File: Save');
  await window.close();
}

/** A window in which a recipe is open, beside its layers. */
async function openRecipe(editor: Editor, file: string, theme?: Theme): Promise<Workbench> {
  const window = await editor.openWindow({ theme });
  await window.openContainer('Thaw');
  await window.openFile(file);
  await window.treeRow('Layers', '_fc').waitFor();
  return window;
}

/** How many runs have ended. */
function ended(editor: Editor): number {
  const runs = join(editor.workspace, '.thaw', 'runs');
  const logs = (existsSync(runs) ? readdirSync(runs) : []).map(run => join(runs, run, 'events.jsonl'));
  return logs.filter(log => existsSync(log) && readFileSync(log, 'utf8').includes('runEnded')).length;
}

async function takeIn(editor: Editor, theme: Theme): Promise<void> {
  const window = await openRecipe(editor, 'leaves.thaw.json', theme);
  await window.toggleRow('Layers', '_blocks');
  await window.treeRow('Layers', '3').waitFor();
  await take(window, `layers-${theme}`);

  await window.runCommand('Thaw: Show Plots');
  const plots = await pageOf(window, 'Plots');
  await plots.locator('.chart path.line.test').first().waitFor();
  await plots.locator('.runs vscode-checkbox').nth(1).click();
  await plots.locator('.chart').first().locator('path.line.test').nth(1).waitFor();
  await take(window, `plots-${theme}`);

  await window.runCommand('Thaw: Open Best Epoch');
  await window.pickQuickInput('leaves');
  const best = await pageOf(window, 'Best Epoch: leaves');
  await best.locator('.matrix').waitFor();
  await take(window, `best-epoch-${theme}`);

  if (theme === 'dark') {
    await window.openFile('lesson.thaw');
    await new NotebookEditor(window).cell(1).waitFor();
    await window.page.waitForTimeout(3_000);
    await take(window, 'notebook-dark', { folder: OF_DOCS });
  }
  await window.close();
}

/** The pages that help to get a better model, each in one theme and as large as the window. */
async function takePages(editor: Editor): Promise<void> {
  const light = await openRecipe(editor, 'small.thaw.json', 'light');
  await light.runCommand('Thaw: Advise What to Freeze');
  const advice = await pageOf(light, 'What to Freeze', ADVISED_WITHIN_MS);
  await advice.locator('tr.taken').waitFor();
  await takeWhole(light, 'advice-light', 480);

  await light.treeRow('Runs', 'leaves').click();
  await light.treeRow('Runs', 'head only').click({ modifiers: ['ControlOrMeta'] });
  await light.treeRow('Runs', 'head only').click({ button: 'right' });
  await light.clickInMenu('Compare Runs');
  const comparison = await pageOf(light, 'Compare Runs');
  await comparison.locator('.pair .matrix').waitFor();
  await takeWhole(light, 'comparison-light');
  await light.close();

  const dark = await openRecipe(editor, 'small.thaw.json', 'dark');
  await dark.runCommand('Thaw: Find Learning Rate');
  const rates = await pageOf(dark, 'Learning Rate', ADVISED_WITHIN_MS);
  await rates.locator('.chart path.line.test').waitFor();
  await takeWhole(dark, 'learning-rate-dark', 560);

  await dark.runCommand('Thaw: Open Best Epoch');
  await dark.pickQuickInput('leaves');
  const best = await pageOf(dark, 'Best Epoch: leaves');
  // Of the pictures of a class; there may be no mistakes.
  await best.locator('.matrix tbody td.some').first().click();
  await best.getByRole('button', { name: 'Heat Maps' }).click();
  const maps = best.locator('.gallery img.square');
  await until(async () => (await maps.count()) > 0, 'the heat maps', ADVISED_WITHIN_MS);
  await best.locator('.gallery').scrollIntoViewIfNeeded();
  await takeWhole(dark, 'heat-maps-dark');
  await dark.close();
}

/** The page that is active, without the side bar; its uppermost part, so many pixels high, where not all of it. */
async function takeWhole(window: Workbench, name: string, height?: number): Promise<void> {
  await window.runCommand('View: Maximize Editor Group and Hide Side Bars');
  await take(window, name, { folder: OF_DOCS, height });
  await window.openContainer('Thaw');
}

/** Few colours: such a picture is a third of the size. */
async function take(
  window: Workbench,
  name: string,
  { folder = SHIPPED, height }: { readonly folder?: string; readonly height?: number | undefined } = {},
): Promise<void> {
  await window.page.mouse.move(200, 700);
  await window.page.waitForTimeout(1_000);
  await mkdir(folder, { recursive: true });
  const picture = sharp(await window.screenshot(`picture-${name}`)).png({ palette: true, colours: 128 });
  const { width } = await picture.metadata();
  if (height !== undefined) picture.extract({ left: 0, top: 0, width, height });
  await picture.toFile(join(folder, `${name}.png`));
}

void takePictures().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
