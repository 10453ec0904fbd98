import { strict as assert } from 'node:assert';
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import { writeThawDocument, type ThawCell } from '../../../src/core/notebook/thawDocument';
import { RUN_MIME, type RunOutput } from '../../../src/protocol/notebookOutput';
import { plainPictures } from '../plainPictures';
import { tinyRecipe } from '../tinyRecipe';
import { until } from '../until';

const BASE =
  '{\n  "name": "base",\n  "data": { "folder": "pictures" },\n  "model": "resnet18", // small\n  "freeze": ["conv1", "bn1"]\n}';
const NEXT = '{\n  "name": "next",\n  "extends": "base",\n  "epochs": 3\n}';

const OUTPUT: RunOutput = {
  version: 1,
  runs: [
    {
      folder: '.thaw/runs/2026-11-24T14-03-59-base',
      name: 'base',
      summary: {
        ...{ status: 'completed', model: 'resnet18', epochs: 2, bestEpoch: 1 },
        ...{ bestAccuracy: 0.75, seconds: 12 },
      },
    },
  ],
};

describe('a notebook in the editor', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(vscode.workspace.workspaceFolders![0]!.uri.fsPath, 'notebook-'));
    for (const name of ['cats', 'dogs']) {
      await mkdir(join(folder, 'pictures', name), { recursive: true });
      for (const index of [1, 2]) await writeFile(join(folder, 'pictures', name, `${index}.jpg`), '');
    }
    await vscode.extensions.getExtension('thaw.thaw')!.activate();
  });
  afterEach(async () => {
    while (vscode.window.activeNotebookEditor?.notebook.isDirty)
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
  after(() => rm(folder, { recursive: true }));

  let count = 0;
  async function write(cells: readonly ThawCell[]): Promise<string> {
    const file = join(folder, `notebook-${count++}.thaw`);
    await writeFile(file, writeThawDocument({ cells }));
    return file;
  }
  async function open(...texts: readonly string[]): Promise<vscode.NotebookEditor> {
    const file = await write([
      { kind: 'markdown', text: '# Cells' },
      ...texts.map(text => ({ kind: 'recipe', text }) as const),
    ]);
    return show(file);
  }
  async function show(file: string): Promise<vscode.NotebookEditor> {
    const document = await vscode.workspace.openNotebookDocument(vscode.Uri.file(file));
    return vscode.window.showNotebookDocument(document);
  }
  const textOf = ({ notebook }: vscode.NotebookEditor, index: number) =>
    notebook.cellAt(index).document.getText();
  const focus = async (editor: vscode.NotebookEditor, index: number) => {
    editor.selection = new vscode.NotebookRange(index, index + 1);
    await until(() => editor.selection.start === index, 'the selection');
    await vscode.commands.executeCommand('thaw.showLayers', editor.notebook.cellAt(index).document.uri);
  };

  it('has cells of markdown and of JSON with comments, and outputs that can be read without a renderer', async () => {
    const { notebook } = await show(
      await write([
        { kind: 'markdown', text: '# Cells' },
        { kind: 'recipe', text: BASE, output: OUTPUT },
      ]),
    );
    assert.equal(notebook.notebookType, 'thaw');
    assert.deepEqual(
      notebook.getCells().map(({ kind, document }) => [kind, document.languageId, document.getText()]),
      [
        [vscode.NotebookCellKind.Markup, 'markdown', '# Cells'],
        [vscode.NotebookCellKind.Code, 'jsonc', BASE],
      ],
    );
    const [output] = notebook.cellAt(1).outputs;
    assert.deepEqual(
      output!.items.map(({ mime }) => mime),
      [RUN_MIME, 'text/markdown', 'text/plain'],
    );
    assert.match(
      new TextDecoder().decode(output!.items[2]!.data),
      /^base: resnet18, 2 epochs, done after 12 s: best test accuracy 0\.7500 \(epoch 1\)\./,
    );
  });

  it('is saved byte for byte: outputs, comments and fields of another version', async () => {
    const others = { colour: 'blue', order: [3, 1, 2] };
    const file = await write([
      { kind: 'markdown', text: '# Cells\r\n\twith a tab', others },
      { kind: 'recipe', text: BASE, output: OUTPUT, others },
      { kind: 'recipe', text: '{ not yet' },
    ]);
    const before = readFileSync(file);
    const editor = await show(file);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(editor.notebook.cellAt(2).document.uri, new vscode.Position(0, 0), ' ');
    await vscode.workspace.applyEdit(edit);
    await editor.notebook.save();
    assert.equal(readFileSync(file, 'utf8'), before.toString().replace('{ not yet', ' { not yet'));
  });

  it('is not opened where it cannot be read, and stays as it is', async () => {
    const file = join(folder, 'broken.thaw');
    const text = '{ "cells": [ { "kind": "markdown", "text": "# precious" }, ';
    await writeFile(file, text);
    await assert.rejects(async () => vscode.workspace.openNotebookDocument(vscode.Uri.file(file)));
    assert.equal(readFileSync(file, 'utf8'), text);
  });

  it('begins with an invitation where its file is empty', async () => {
    const file = join(folder, 'empty.thaw');
    await writeFile(file, '');
    const { notebook } = await show(file);
    assert.deepEqual(
      notebook.getCells().map(({ document }) => document.languageId),
      ['markdown', 'jsonc'],
    );
    assert.equal(readFileSync(file, 'utf8'), '');
  });

  it('splits, joins, moves and deletes its cells, and undoes that', async () => {
    const editor = await open(BASE, NEXT);
    const texts = () => editor.notebook.getCells().map(({ document }) => document.getText());
    const before = texts();
    const edit = new vscode.WorkspaceEdit();
    edit.set(editor.notebook.uri, [
      vscode.NotebookEdit.replaceCells(new vscode.NotebookRange(1, 3), [
        new vscode.NotebookCellData(vscode.NotebookCellKind.Code, NEXT, 'jsonc'),
      ]),
    ]);
    await vscode.workspace.applyEdit(edit);
    assert.deepEqual(texts(), ['# Cells', NEXT]);
    await vscode.commands.executeCommand('undo');
    assert.deepEqual(texts(), before);
  });

  it('lends its focused cell to the Layers view: a click edits the cell, and undo takes it back', async () => {
    const editor = await open(BASE, NEXT);
    await focus(editor, 1);
    await vscode.commands.executeCommand('thaw.freezeLayers', { path: 'layer1' });
    assert.equal(textOf(editor, 1), BASE.replace('"bn1"]', '"bn1", "layer1"]'));
    assert.equal(textOf(editor, 2), NEXT);
    await vscode.window.showNotebookDocument(editor.notebook);
    await vscode.commands.executeCommand('notebook.cell.edit');
    await until(async () => {
      await vscode.commands.executeCommand('undo');
      return textOf(editor, 1) === BASE;
    }, 'the undo');
  });

  it('writes the frozen layers of a cell that extends another into that cell', async () => {
    const editor = await open(BASE, NEXT);
    await focus(editor, 2);
    await vscode.commands.executeCommand('thaw.freezeLayers', { path: 'layer1' });
    assert.equal(textOf(editor, 1), BASE);
    assert.match(textOf(editor, 2), /"freeze": \["conv1", "bn1", "layer1"\]/);
    assert.match(textOf(editor, 2), /"extends": "base"/);
  });

  const runsOfCell = ({ notebook }: vscode.NotebookEditor, index: number): RunOutput | undefined => {
    const items = notebook.cellAt(index).outputs.flatMap(output => output.items);
    const item = items.find(({ mime }) => mime === RUN_MIME);
    return item && (JSON.parse(new TextDecoder().decode(item.data)) as RunOutput);
  };
  const found = (editor: vscode.NotebookEditor, index: number) =>
    vscode.languages.getDiagnostics(editor.notebook.cellAt(index).document.uri);

  it('underlines in a cell what is wrong with it', async () => {
    const editor = await open(BASE.replace('"bn1"', '"bm1"'), NEXT);
    const [own] = await until(() => found(editor, 1).length > 0 && found(editor, 1), 'a finding');
    assert.equal(own!.message, 'resnet18 has no layer bm1; did you mean bn1?');
    assert.equal(editor.notebook.cellAt(1).document.getText(own!.range), '"bm1"');
    const [taken] = await until(() => found(editor, 2).length > 0 && found(editor, 2), 'the same below');
    assert.equal(taken!.message, 'resnet18 has no layer bm1; did you mean bn1?');
    assert.match(editor.notebook.cellAt(2).document.getText(taken!.range), /base/);
  });

  it('underlines a cell that extends one that is not there', async () => {
    const editor = await open(NEXT);
    const [finding] = await until(() => found(editor, 1).length > 0 && found(editor, 1), 'a finding');
    assert.match(editor.notebook.cellAt(1).document.getText(finding!.range), /base/);
  });

  it('completes a cell from its schema', async () => {
    const text = '{ "data": { "folder": "pictures" }, "model": "", "sweep": {} }';
    const editor = await open(text);
    const { uri } = editor.notebook.cellAt(1).document;
    const at = new vscode.Position(0, text.indexOf('""') + 1);
    await until(async () => {
      const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        uri,
        at,
      );
      return items.some(({ label }) => label === '"resnet18"');
    }, 'the models');
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      uri,
      new vscode.Position(0, text.indexOf('sweep') + 1),
    );
    assert.notEqual(hovers.length, 0);
  });

  it('runs nothing where a cell is wrong, and says so at its line', async () => {
    const editor = await open(BASE.replace('"resnet18"', '"resnet18",\n  "epochs": "many"'));
    await vscode.commands.executeCommand('notebook.cell.execute', {
      ranges: [{ start: 1, end: 2 }],
      document: editor.notebook.uri,
    });
    const cell = editor.notebook.cellAt(1);
    await until(() => cell.executionSummary?.success === false, 'the refusal');
    const [item] = cell.outputs[0]!.items;
    assert.equal(item!.mime, 'application/vnd.code.notebook.error');
    assert.match(new TextDecoder().decode(item!.data), /epochs/);
    assert.equal(existsSync(join(folder, '.thaw')), false);
    const finding = await until(
      () => found(editor, 1).find(({ range, source }) => source === 'Thaw' && range.start.line === 4),
      'the finding',
    );
    assert.equal(finding.severity, vscode.DiagnosticSeverity.Error);
    assert.equal(cell.document.getText(finding.range), '"many"');
  });

  const TINY = tinyRecipe({ name: 'tiny', data: { folder: 'plain' }, epochs: 1 });
  const successes = ({ notebook }: vscode.NotebookEditor) =>
    notebook.getCells().map(({ executionSummary }) => executionSummary?.success);

  it('runs all its cells in order, and none after one that is wrong', async () => {
    await plainPictures(join(folder, 'plain'), ['blue', 'red'], 8);
    const next = '{ "name": "on", "extends": "tiny", "weights": { "run": "tiny" } }';
    const editor = await open(
      TINY,
      next,
      '{ "name": "off", "extends": "nothing" }',
      TINY.replace('tiny', 'never'),
    );
    await vscode.commands.executeCommand('notebook.execute', editor.notebook.uri);
    await until(() => successes(editor)[3] === false, 'the refusal', 50_000);
    assert.deepEqual(successes(editor), [undefined, true, true, false, undefined]);
    const [first, second] = [1, 2].map(index => runsOfCell(editor, index)!.runs[0]!);
    assert.equal(first!.name, 'tiny');
    assert.equal(first!.summary?.status, 'completed');
    const { resolved } = JSON.parse(readFileSync(join(folder, second!.folder, 'recipe.json'), 'utf8')) as {
      resolved: { weights: { file: string } };
    };
    assert.equal(resolved.weights.file, join(folder, first!.folder, 'best.safetensors'));
  });

  it('gives the same numbers, to the last bit, as a task and as the command line', async () => {
    await plainPictures(join(folder, 'plain'), ['blue', 'red'], 8);
    const recipe = TINY.replace('"epochs": 1', '"epochs": 3').replace('"tiny"', '"same"');
    const file = join(folder, 'same.thaw.json');
    await writeFile(file, recipe);
    const runsFolder = join(folder, '.thaw', 'runs');
    const ran = async (start: () => Thenable<unknown>): Promise<string> => {
      const before = existsSync(runsFolder) ? readdirSync(runsFolder) : [];
      await start();
      return until(
        () => {
          const run = readdirSync(runsFolder).find(name => !before.includes(name));
          if (run === undefined) return undefined;
          const file = join(runsFolder, run, 'events.jsonl');
          const done = existsSync(file) && readFileSync(file, 'utf8').includes('"runEnded"');
          return done ? join(runsFolder, run) : undefined;
        },
        'a run to end',
        50_000,
      );
    };
    const editor = await open(recipe);
    const cell = await ran(() =>
      vscode.commands.executeCommand('notebook.cell.execute', {
        ranges: [{ start: 1, end: 2 }],
        document: editor.notebook.uri,
      }),
    );
    await until(() => successes(editor)[1] === true, 'the cell to end', 50_000);
    const task = await ran(async () => {
      const offered = await vscode.tasks.fetchTasks({ type: 'thaw' });
      const found = offered.find(({ definition }) => String(definition.recipe).endsWith('same.thaw.json'));
      await vscode.tasks.executeTask(found!);
    });
    const { extensionPath } = vscode.extensions.getExtension('thaw.thaw')!;
    const commandLine = await ran(() =>
      promisify(execFile)(process.execPath, [join(extensionPath, 'dist', 'cli.js'), 'train', file]),
    );

    const numbers = (run: string): unknown[] =>
      readFileSync(join(run, 'events.jsonl'), 'utf8')
        .trimEnd()
        .split('\n')
        .map(line => JSON.parse(line) as { kind: string; loss: number; accuracy: number })
        .filter(({ kind }) => kind === 'phaseEnded')
        .map(({ loss, accuracy }) => [loss, accuracy]);
    const weights = (run: string): Buffer => readFileSync(join(run, 'best.safetensors'));
    assert.equal(numbers(cell).length, 6);
    for (const other of [task, commandLine]) {
      assert.deepEqual(numbers(other), numbers(cell));
      assert.ok(weights(other).equals(weights(cell)));
    }
  });

  it('runs its cell again as the last fine-tune', async () => {
    const editor = await open(TINY);
    const start = Date.now();
    await vscode.commands.executeCommand('thaw.startFineTune', editor.notebook.cellAt(1).document.uri);
    await until(() => successes(editor)[1] === true, 'the first run', 50_000);
    const before = runsOfCell(editor, 1)!.runs[0]!.folder;
    const { timing } = editor.notebook.cellAt(1).executionSummary!;
    assert.ok(timing!.startTime >= start && timing!.endTime > timing!.startTime);
    await vscode.commands.executeCommand('thaw.rerunLast');
    await until(() => runsOfCell(editor, 1)!.runs[0]!.folder !== before, 'another run', 50_000);
    await until(() => runsOfCell(editor, 1)!.runs[0]!.summary !== undefined, 'its end', 50_000);
  });

  it('is made of a recipe file', async () => {
    const file = join(folder, 'pets.thaw.json');
    await writeFile(file, BASE.replace('  "name": "base",\n', ''));
    await vscode.commands.executeCommand('thaw.recipeToNotebook', vscode.Uri.file(file));
    const editor = await until(
      () =>
        vscode.window.activeNotebookEditor?.notebook.uri.fsPath === join(folder, 'pets.thaw') &&
        vscode.window.activeNotebookEditor,
      'the notebook',
    );
    assert.equal(textOf(editor, 0), '# pets');
    assert.match(textOf(editor, 1), /"name": "pets"/);
    assert.match(textOf(editor, 1), /"model": "resnet18", \/\/ small/);
  });

  it('takes a recipe file as its last cell', async () => {
    const { notebook } = await open(BASE);
    const file = join(folder, 'more.thaw.json');
    await writeFile(file, BASE.replace('"base"', '"more"'));
    const added = vscode.commands.executeCommand('thaw.addRecipeToNotebook', {
      notebookEditor: { notebookUri: notebook.uri },
    });
    await until(async () => {
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      return notebook.cellCount === 3;
    }, 'the cell');
    await added;
    assert.equal(notebook.cellAt(2).document.languageId, 'jsonc');
  });
});
