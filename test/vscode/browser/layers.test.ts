import { strict as assert } from 'node:assert';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { startEditor, type Editor } from '../startEditor';
import { until } from '../until';
import type { TreeRow, Workbench } from '../workbench';

const RECIPE = `{
  // Edges and textures carry over.
  "data": { "folder": "pets" },
  "model": "resnet18",
  "weights": "imagenet",
  "freeze": ["conv1", "bn1", "relu", "maxpool", "layer1", "layer2"] // the lower half
}
`;

describe('the Layers view', () => {
  let editor: Editor;
  let workbench: Workbench;
  let workspace: string;

  before(async () => {
    workspace = await mkdtemp(join(tmpdir(), 'thaw-layers-'));
    await writeFile(join(workspace, 'pets.thaw.json'), RECIPE);
    await writeFile(join(workspace, 'mixed.thaw.json'), RECIPE.replace(/\[.*\]/, '["conv1", "layer1.1"]'));
    const thaws = '"unfreeze": [{ "epoch": 3, "freeze": ["conv1", "bn1"], "lr": 0.0001 }],';
    await writeFile(join(workspace, 'gradual.thaw.json'), RECIPE.replace('"weights"', `${thaws} "weights"`));
    const colours = { cats: 'peru', dogs: 'saddlebrown' };
    for (const [name, background] of Object.entries(colours)) {
      await mkdir(join(workspace, 'pets', name), { recursive: true });
      for (const index of [1, 2, 3]) {
        const picture = sharp({ create: { width: 64, height: 48, channels: 3, background } });
        await picture.png().toFile(join(workspace, 'pets', name, `${index}.png`));
      }
    }
    editor = await startEditor({ workspace, trust: 'restricted' });
    workbench = await editor.openWindow();
    await workbench.openFile('pets.thaw.json');
    await workbench.openContainer('Thaw');
    await workbench.treeRow('Layers', 'fc').waitFor();
  });
  after(async () => {
    await editor.stop();
    await rm(workspace, { recursive: true });
  });

  const row = async (label: string): Promise<TreeRow> =>
    (await workbench.treeItems('Layers')).find(item => item.label === label)!;
  const checked = async (): Promise<readonly string[]> =>
    (await workbench.treeItems('Layers')).filter(item => item.checked).map(({ label }) => label);
  const message = () => workbench.view('Layers').locator('.message').innerText();
  const rowsAre = (expected: readonly string[]) =>
    until(
      async () => JSON.stringify(await checked()) === JSON.stringify(expected),
      `${expected} to be checked`,
    );

  const LOWER = ['conv1', 'bn1', 'relu', 'maxpool', 'layer1', 'layer2'];

  it('shows the modules with what they are, give and hold', async () => {
    const rows = await workbench.treeItems('Layers');
    assert.deepEqual(
      rows.map(({ label, description }) => `${label}: ${description}`),
      [
        'conv1: Conv2d · 64×112×112 · 9,408',
        'bn1: BatchNorm2d · 64×112×112 · 128',
        'relu: ReLU · 64×112×112',
        'maxpool: MaxPool2d · 64×56×56',
        'layer1: Sequential · 64×56×56 · 147,968',
        'layer2: Sequential · 128×28×28 · 525,568',
        'layer3: Sequential · 256×14×14 · 2,099,712',
        'layer4: Sequential · 512×7×7 · 8,393,728',
        'avgpool: AdaptiveAvgPool2d · 512×1×1',
        'fc: head · Linear · 2 · 1,026',
      ],
    );
    assert.deepEqual(await checked(), LOWER);
  });

  it('tells in its title what trains and what is cached', async () => {
    const description = workbench.view('Layers').locator('.pane-header .description');
    assert.equal(await description.innerText(), '10.5 of 11.2 M train · 55 % cached · resnet18');
    // Painted a moment after the rows: the count of the classes comes from the data.
    const told = /^10,494,466 of 11,177,538 parameters train \(94 %\)\. 55 % of the forward pass/;
    await until(async () => told.test(await message()), `${told}`);
  });

  it('has a name for each row that says whether it is frozen', async () => {
    assert.equal((await row('conv1')).ariaLabel.split(', ').slice(0, 3).join(', '), 'conv1, frozen, Conv2d');
    assert.match((await row('fc')).ariaLabel, /^fc, the head, trainable, Linear, output 2, 1,026 parameters/);
  });

  it('freezes by a click, in the recipe', async () => {
    await workbench.clickCheckbox('Layers', 'layer3');
    await rowsAre([...LOWER, 'layer3']);
    await until(
      async () => /"layer2", "layer3"\] \/\/ the lower half/.test(await workbench.editorText()),
      'the edit',
    );
  });

  it('follows undo and redo of the text', async () => {
    await workbench.page.locator('.view-lines').first().click();
    await workbench.page.keyboard.press('Control+Z');
    await rowsAre(LOWER);
    await workbench.page.keyboard.press('Control+Shift+Z');
    await rowsAre([...LOWER, 'layer3']);
    await workbench.page.keyboard.press('Control+Z');
    await rowsAre(LOWER);
  });

  it('undoes with the focus in the tree, too', async () => {
    await workbench.clickCheckbox('Layers', 'conv1');
    await until(async () => /"freeze": \["bn1"/.test(await workbench.editorText()), 'the edit');
    await workbench.page.keyboard.press('Control+Z');
    await rowsAre(LOWER);
  });

  it('misses no click, however fast they come', async () => {
    const quick = LOWER.slice(0, 4);
    for (const after of [LOWER.slice(4), LOWER]) {
      for (const label of quick) {
        await workbench.treeRow('Layers', label).locator('.custom-view-tree-node-item-checkbox').click();
      }
      const text = `"freeze": [${after.map(path => `"${path}"`).join(', ')}]`;
      await until(async () => (await workbench.editorText()).includes(text), text);
      await rowsAre(after);
    }
  });

  it('misses none of the rows of one parent either, and tells there how many are frozen', async () => {
    await workbench.toggleRow('Layers', 'layer3');
    await workbench.toggleRow('Layers', '0');
    const layers = workbench.view('Layers').locator('.monaco-list-row[aria-level="3"]');
    const clickThree = async (): Promise<void> => {
      for (const layer of [0, 1, 2]) {
        await layers.nth(layer).locator('.custom-view-tree-node-item-checkbox').click();
      }
    };
    await layers.nth(2).waitFor();
    await clickThree();
    await rowsAre([...LOWER, 'conv1', 'bn1', 'relu']);
    await until(async () => /^3 of 6 frozen/.test((await row('0')).description), 'the count');
    await clickThree();
    await rowsAre(LOWER);
    await until(async () => /^BasicBlock/.test((await row('0')).description), 'no count');
    // A long list was broken into lines.
    await workbench.page.locator('.view-lines').first().click();
    for (;;) {
      const text = await workbench.editorText();
      if (text.includes('"layer2"] // the lower half')) break;
      await workbench.page.keyboard.press('Control+Z');
      // Pressed again before it is shown, it would undo what the tests before did.
      await until(async () => (await workbench.editorText()) !== text, 'the text before');
    }
    await workbench.toggleRow('Layers', '0');
    await workbench.toggleRow('Layers', 'layer3');
    await workbench.treeRow('Layers', '0').waitFor({ state: 'detached' });
  });

  it('shows the rows of a closed parent as they have become', async () => {
    await workbench.toggleRow('Layers', 'layer3');
    await workbench.treeRow('Layers', '0').waitFor();
    await workbench.toggleRow('Layers', 'layer3');
    await workbench.treeRow('Layers', '0').waitFor({ state: 'detached' });
    await workbench.clickCheckbox('Layers', 'layer3');
    await rowsAre([...LOWER, 'layer3']);
    await workbench.toggleRow('Layers', 'layer3');
    await rowsAre([...LOWER, 'layer3', '0', '1']);
    await workbench.clickCheckbox('Layers', 'layer3');
    await rowsAre(LOWER);
    await workbench.toggleRow('Layers', 'layer3');
  });

  it('shows a parent that is frozen in part', async () => {
    await workbench.toggleRow('Layers', 'layer1');
    await workbench.treeRow('Layers', '0').waitFor();
    await workbench.clickCheckbox('Layers', '1');
    await until(
      async () => /^1 of 2 frozen/.test((await row('layer1')).description),
      'layer1 to be frozen in part',
    );
    assert.match((await row('layer1')).ariaLabel, /^layer1, partly frozen, 1 of 2/);
    assert.equal((await row('layer1')).checked, false);
    assert.match(await workbench.editorText(), /"layer1\.0", "layer2"\]/);
    await workbench.clickCheckbox('Layers', '1');
    await until(async () => (await row('layer1')).checked, 'layer1 to be frozen again');
    await workbench.toggleRow('Layers', 'layer1');
  });

  it('works by keyboard: space, several rows, and the ranges', async () => {
    const { page } = workbench;
    await workbench.treeRow('Layers', 'conv1').click();
    await page.keyboard.press('Space');
    await rowsAre(LOWER.slice(1));
    await page.keyboard.press('Space');
    await rowsAre(LOWER);
    await workbench.treeRow('Layers', 'layer3').click();
    await page.keyboard.press('Control+K');
    await page.keyboard.press('Control+ArrowUp');
    await rowsAre([...LOWER, 'layer3']);
    await workbench.treeRow('Layers', 'layer2').click();
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Control+K');
    await page.keyboard.press('Control+U');
    await rowsAre(LOWER.slice(0, -1));
    await page.keyboard.press('Control+K');
    await page.keyboard.press('Control+H');
    await rowsAre([...LOWER, 'layer3', 'layer4', 'avgpool']);
    await workbench.treeRow('Layers', 'layer3').click();
    await page.keyboard.press('Control+K');
    await page.keyboard.press('Control+ArrowDown');
    await rowsAre([...LOWER]);
  });

  it('filters by what is typed', async () => {
    const { page } = workbench;
    await workbench.treeRow('Layers', 'conv1').click();
    await page.keyboard.press('Control+F');
    const find = workbench.view('Layers').locator('.monaco-tree-type-filter input');
    await find.waitFor();
    await find.fill('layer4');
    await workbench.screenshot('layers-filter');
    await page.keyboard.press('Escape');
  });

  it('tells until which epoch a layer is frozen where the recipe unfreezes', async () => {
    await workbench.openFile('gradual.thaw.json');
    await until(
      async () => /^frozen until epoch 3 · Sequential/.test((await row('layer1')).description),
      'the epoch in the row',
    );
    assert.match((await row('layer2')).description, /^frozen until epoch 3 · /);
    assert.match((await row('conv1')).description, /^Conv2d · /);
    assert.match((await row('layer1')).ariaLabel, /^layer1, frozen, until epoch 3, Sequential/);
    await workbench.screenshot('layers-unfreeze');
    await workbench.openFile('pets.thaw.json');
    await until(async () => /^Sequential/.test((await row('layer1')).description), 'the other recipe');
  });

  it('explains a layer in plain words', async () => {
    await workbench.treeRow('Layers', 'conv1').hover();
    const hover = workbench.page.locator('.monaco-hover', { hasText: 'through windows of 7 x 7' });
    await hover.waitFor();
    await workbench.screenshot('layers-tooltip');
    await workbench.page.mouse.move(900, 700);
  });

  it('keeps the last good tree while the recipe has a mistake, and says so', async () => {
    await workbench.page.locator('.view-lines').first().click();
    await workbench.page.keyboard.press('Control+End');
    await workbench.page.keyboard.type('x');
    await until(
      async () => /mistake in line 8\. These are the layers as they last were/.test(await message()),
      'word of it',
    );
    assert.match(await message(), /10,494,466 of 11,177,538 parameters train/);
    assert.deepEqual(await checked(), LOWER);
    await workbench.screenshot('layers-mistake');
    await workbench.page.keyboard.press('Control+Z');
    await until(async () => /^10,494,466 of/.test(await message()), 'the mistake to be gone');
  });

  it('sets the output classes from the palette: proposes, refuses while typing, shows the layer', async () => {
    const { page } = workbench;
    await workbench.runCommand('Thaw: Set Output Class Count');
    const input = page.locator('.quick-input-widget:visible input').first();
    await until(async () => (await input.inputValue()) === '2', 'the count of the data');
    await until(
      async () =>
        /fc: Linear 512 → 1000 is replaced by Linear 512 → 2/.test(await workbench.quickInputMessage()),
      'what it does',
    );
    await workbench.screenshot('set-classes');
    await input.fill('1');
    await until(
      async () => /whole number from 2 to 100000, not 1\./.test(await workbench.quickInputMessage()),
      '1 refused',
    );
    await workbench.screenshot('set-classes-refused');
    await input.fill('5');
    await until(
      async () => /only 2 classes: 3 outputs/.test(await workbench.quickInputMessage()),
      '5 doubted',
    );
    await workbench.acceptQuickInput('3');
    await until(
      async () => /^head · Linear · 3 · 1,539/.test((await row('fc')).description),
      'three outputs',
    );
    assert.match(await workbench.editorText(), /"classes": 3,/);
  });

  it('sets them from the row of the head and from above the text', async () => {
    const head = workbench.treeRow('Layers', 'fc');
    await head.hover();
    await head.locator('.action-label[aria-label^="Set Output Class Count"]').click();
    await workbench.acceptQuickInput('2');
    await until(async () => /^head · Linear · 2/.test((await row('fc')).description), 'two outputs');
    await workbench.clickCodeLens('Set Classes (2)');
    await workbench.acceptQuickInput('');
    await until(
      async () =>
        !/classes/.test((await workbench.editorText()).replace(/\/\/.*/g, '').replace('Set Classes', '')),
      'no count',
    );
    assert.match((await row('fc')).description, /^head · Linear · 2/);
  });

  for (const theme of ['light', 'dark', 'highContrast'] as const) {
    it(`tells frozen, trainable and mixed apart, ${theme}`, async () => {
      const window = await editor.openWindow({ theme });
      await window.openFile('mixed.thaw.json');
      await window.openContainer('Thaw');
      await window.treeRow('Layers', 'fc').waitFor();
      await window.toggleRow('Layers', 'layer1');
      await window.treeRow('Layers', '0').waitFor();
      const icons = window.view('Layers').locator('.custom-view-tree-node-item-icon');
      const urls = await icons.evaluateAll(all => all.map(icon => getComputedStyle(icon).backgroundImage));
      const shade = theme === 'light' ? 'light' : 'dark';
      assert.deepEqual(
        urls.slice(0, 7).map(url => /[a-z]+-[a-z]+\.svg/.exec(url)?.[0]),
        ['frozen', 'trainable', 'trainable', 'trainable', 'mixed', 'trainable', 'frozen'].map(
          state => `${state}-${shade}.svg`,
        ),
      );
      await window.screenshot(`layers-${theme}`);
      await window.close();
    });
  }
});
