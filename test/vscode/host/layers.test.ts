import { strict as assert } from 'node:assert';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { until } from '../until';

const lines = (...all: string[]) => `${all.join('\n')}\n`;

const RECIPE = lines(
  '{',
  '  // why so',
  '  "data": { "folder": "images" },',
  '  "model": "resnet18", // small',
  '  "classes": 2,',
  '  "freeze": ["conv1", "bn1", "layer1"] // the beginning',
  '}',
);

describe('the layers of a recipe', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(vscode.workspace.workspaceFolders![0]!.uri.fsPath, 'layers-'));
  });
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
  after(() => rm(folder, { recursive: true }));

  async function open(name: string, text = RECIPE): Promise<vscode.TextDocument> {
    const file = join(folder, `${name}.thaw.json`);
    await writeFile(file, text);
    const document = await vscode.workspace.openTextDocument(file);
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('thaw.showLayers', document.uri);
    return document;
  }
  const freezeOf = (document: vscode.TextDocument) => /"freeze": (\[[^\]]*\])/.exec(document.getText())?.[1];

  it('are frozen by a command, as one step that can be undone and done again', async () => {
    const document = await open('undo');
    await vscode.commands.executeCommand('thaw.freezeLayers', { path: 'layer2' });
    assert.equal(document.getText(), RECIPE.replace('"layer1"]', '"layer1", "layer2"]'));
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), RECIPE);
    await vscode.commands.executeCommand('redo');
    assert.equal(freezeOf(document), '["conv1", "bn1", "layer1", "layer2"]');
  });

  it('are frozen several at a time', async () => {
    const document = await open('several');
    const nodes = [{ path: 'relu' }, { path: 'maxpool' }];
    await vscode.commands.executeCommand('thaw.freezeLayers', nodes[0], nodes);
    assert.equal(freezeOf(document), '["conv1", "bn1", "relu", "maxpool", "layer1"]');
  });

  it('are unfrozen below a frozen parent', async () => {
    const document = await open('below');
    await vscode.commands.executeCommand('thaw.unfreezeLayers', { path: 'layer1.0' });
    assert.equal(freezeOf(document), '["conv1", "bn1", "layer1.1"]');
  });

  it('are frozen up to one, unfrozen from one, all but the head, and all', async () => {
    const document = await open('ranges');
    await vscode.commands.executeCommand('thaw.freezeUpToHere', { path: 'layer2' });
    assert.equal(freezeOf(document), '["conv1", "bn1", "relu", "maxpool", "layer1", "layer2"]');
    await vscode.commands.executeCommand('thaw.unfreezeFromHere', { path: 'layer1.1' });
    assert.equal(freezeOf(document), '["conv1", "bn1", "relu", "maxpool", "layer1.0"]');
    await vscode.commands.executeCommand('thaw.freezeAllButHead');
    assert.equal(
      freezeOf(document),
      '["conv1", "bn1", "relu", "maxpool", "layer1", "layer2", "layer3", "layer4", "avgpool"]',
    );
    await vscode.commands.executeCommand('thaw.unfreezeAll');
    assert.equal(freezeOf(document), '[]');
  });

  it('take commands that follow each other at once, one after another', async () => {
    const document = await open('quick');
    await Promise.all(
      ['layer2', 'layer3', 'layer4'].map(path =>
        vscode.commands.executeCommand('thaw.freezeLayers', { path }),
      ),
    );
    assert.equal(freezeOf(document), '["conv1", "bn1", "layer1", "layer2", "layer3", "layer4"]');
  });

  it('can be frozen while the recipe has a mistake elsewhere', async () => {
    const document = await open('mistake', RECIPE.replace('"classes": 2', '"classes": "two", "epochs": 0'));
    await vscode.commands.executeCommand('thaw.freezeLayers', { path: 'layer2' });
    assert.equal(freezeOf(document), '["conv1", "bn1", "layer1", "layer2"]');
  });

  it('leave a text alone that cannot be read', async () => {
    const document = await open('broken');
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(2, 0), '"x": ,,\n');
    await vscode.workspace.applyEdit(edit);
    const broken = document.getText();
    await vscode.commands.executeCommand('thaw.freezeLayers', { path: 'layer2' });
    assert.equal(document.getText(), broken);
  });

  it('belong to the recipe that was focused last', async () => {
    const first = await open('first');
    const second = await open('second');
    await vscode.commands.executeCommand('thaw.freezeLayers', { path: 'fc' });
    await vscode.window.showTextDocument(first);
    await until(async () => {
      await vscode.commands.executeCommand('thaw.freezeLayers', { path: 'layer4' });
      return freezeOf(first)?.includes('layer4');
    }, 'the first recipe to be active');
    assert.equal(freezeOf(first), '["conv1", "bn1", "layer1", "layer4"]');
    assert.equal(freezeOf(second)?.includes('"fc"'), true);
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await vscode.window.showTextDocument(second);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('are changed in a recipe that is not open, too', async () => {
    const file = join(folder, 'closed.thaw.json');
    await writeFile(file, RECIPE);
    await vscode.commands.executeCommand('thaw.showLayers', vscode.Uri.file(file));
    await vscode.commands.executeCommand('thaw.unfreezeAll');
    const document = vscode.workspace.textDocuments.find(({ uri }) => uri.fsPath === file)!;
    assert.equal(freezeOf(document), '[]');
    assert.equal(document.isDirty, true);
    await vscode.window.showTextDocument(document);
  });
});
