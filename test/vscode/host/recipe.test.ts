import { strict as assert } from 'node:assert';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { until } from '../until';

describe('a recipe in the editor', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(vscode.workspace.workspaceFolders![0]!.uri.fsPath, 'recipe-'));
    for (const name of ['cats', 'dogs', 'fish']) {
      await mkdir(join(folder, 'pets', name), { recursive: true });
      for (const index of [1, 2]) await writeFile(join(folder, 'pets', name, `${index}.jpg`), '');
    }
    await writeFile(join(folder, 'pets.csv'), 'image_id,species,owner\n1,cats,a\n2,dogs,b\n');
    await vscode.extensions.getExtension('thaw.thaw')!.activate();
  });
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
  after(() => rm(folder, { recursive: true }));

  let count = 0;
  async function open(text: string): Promise<vscode.TextDocument> {
    const file = join(folder, `recipe-${count++}.thaw.json`);
    await writeFile(file, text);
    const document = await vscode.workspace.openTextDocument(file);
    await vscode.window.showTextDocument(document);
    return document;
  }
  const found = ({ uri }: vscode.TextDocument) =>
    vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'Thaw');

  /** The first finding, what it underlines, and the titles of its quick fixes. */
  async function findingOf(text: string) {
    const document = await open(text);
    const [diagnostic] = await until(() => found(document).length > 0 && found(document), 'a finding');
    const { range, message, severity } = diagnostic!;
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      range,
      vscode.CodeActionKind.QuickFix.value,
    );
    const fixes = actions.filter(({ edit }) => edit !== undefined);
    return {
      document,
      message,
      severity,
      underlined: document.getText(range),
      titles: fixes.map(({ title }) => title),
      apply: async (title: string) => {
        const fix = fixes.find(action => action.title === title);
        assert.ok(fix?.edit, `${title} among ${fixes.map(action => action.title).join(' | ')}`);
        await vscode.workspace.applyEdit(fix.edit);
        return document.getText();
      },
    };
  }

  it('is JSON with comments', async () => {
    const document = await open('{ "data": { "folder": "pets" }, "model": "resnet18" }');
    assert.equal(document.languageId, 'jsonc');
  });

  it('is completed and explained from its schema', async () => {
    const { uri } = await open('{ "data": { "folder": "pets" }, "model": "" }');
    const at = new vscode.Position(0, 42);
    const labels = await until(async () => {
      const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        uri,
        at,
      );
      const all = items.map(({ label }) => (typeof label === 'string' ? label : label.label));
      return all.includes('"resnet18"') && all;
    }, 'the models');
    assert.ok(labels.includes('"vgg16"'));
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      uri,
      new vscode.Position(0, 35),
    );
    const text = hovers.flatMap(({ contents }) =>
      contents.map(content => (content as vscode.MarkdownString).value),
    );
    assert.match(text.join('\n'), /The architecture, by its torchvision name/);
  });

  it('has nothing underlined where it is right', async () => {
    const right = await open(
      '{ "data": { "folder": "pets" }, "model": "resnet18", "classes": 3, "freeze": ["layer1"] }',
    );
    const wrong = await findingOf('{ "data": { "folder": "pets" }, "model": "resnet19" }');
    assert.equal(wrong.severity, vscode.DiagnosticSeverity.Error);
    assert.deepEqual(found(right), []);
  });

  it('names the nearest model, and changes to it', async () => {
    const finding = await findingOf('{ "data": { "folder": "pets" }, "model": "resnet19" }');
    assert.equal(finding.message, 'There is no model resnet19; did you mean resnet18?');
    assert.equal(finding.underlined, '"resnet19"');
    assert.equal(finding.titles[0], 'Change to "resnet18"');
    assert.equal(
      await finding.apply('Change to "resnet18"'),
      '{ "data": { "folder": "pets" }, "model": "resnet18" }',
    );
    await until(() => found(finding.document).length === 0, 'the finding to go');
  });

  it('names the nearest layer, and changes to it or removes it', async () => {
    const text = '{ "data": { "folder": "pets" }, "model": "resnet18", "freeze": ["conv1", "layr1"] }';
    const finding = await findingOf(text);
    assert.equal(finding.message, 'resnet18 has no layer layr1; did you mean layer1?');
    assert.equal(finding.underlined, '"layr1"');
    assert.deepEqual(finding.titles, ['Change to "layer1"', 'Remove "layr1"']);
    assert.equal(await finding.apply('Change to "layer1"'), text.replace('layr1', 'layer1'));
  });

  it('says that a folder is missing, and which may be meant', async () => {
    const finding = await findingOf('{ "data": { "folder": "pet" }, "model": "resnet18" }');
    assert.match(finding.message, /^There is no folder .*pet; did you mean pets\?$/);
    assert.equal(
      await finding.apply('Change to "pets"'),
      '{ "data": { "folder": "pets" }, "model": "resnet18" }',
    );
  });

  it('refuses fewer classes than the data has', async () => {
    const finding = await findingOf('{ "data": { "folder": "pets" }, "model": "resnet18", "classes": 2 }');
    assert.equal(
      finding.message,
      'The data has 3 classes (cats, dogs, fish), more than the 2 outputs of the model',
    );
    assert.equal(
      await finding.apply('Set classes to 3'),
      '{ "data": { "folder": "pets" }, "model": "resnet18", "classes": 3 }',
    );
  });

  it('doubts more classes than the data has', async () => {
    const finding = await findingOf('{ "data": { "folder": "pets" }, "model": "resnet18", "classes": 5 }');
    assert.equal(finding.severity, vscode.DiagnosticSeverity.Warning);
    assert.equal(
      await finding.apply('Leave classes out: as many as the data has'),
      '{ "data": { "folder": "pets" }, "model": "resnet18" }',
    );
  });

  it('lists the columns there are for one that is not there', async () => {
    const finding = await findingOf(
      '{ "data": { "folder": "pets", "labels": { "file": "pets.csv", "image": "image_id", "label": "species", "group": "owners" } }, "model": "resnet18" }',
    );
    assert.equal(finding.message, 'pets.csv has no column owners; its columns are image_id, species, owner');
    assert.deepEqual(finding.titles, [
      'Change to "owner"',
      'Change to "image_id"',
      'Change to "species"',
      'Let no column keep images together',
    ]);
    assert.match(await finding.apply('Change to "owner"'), /"group": "owner"/);
  });

  it('refuses the trailing comma that the editor forgives', async () => {
    const finding = await findingOf('{ "data": { "folder": "pets" }, "model": "resnet18", }');
    assert.equal(finding.underlined, ',');
    assert.equal(
      await finding.apply('Remove the comma'),
      '{ "data": { "folder": "pets" }, "model": "resnet18" }',
    );
  });

  it('offers above its first line what can be done with it', async () => {
    const { uri } = await open('{ "data": { "folder": "pets" }, "model": "resnet18", "classes": 3 }');
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      uri,
    );
    assert.deepEqual(
      lenses.map(({ range, command }) => [range.start.line, command!.title, command!.command]),
      [
        [0, '$(play) Start Fine-Tune', 'thaw.startFineTune'],
        [0, '$(list-tree) Layers', 'thaw.showLayers'],
        [0, '$(symbol-enum) Set Classes (3)', 'thaw.setClassCount'],
      ],
    );
  });
});
