import { strict as assert } from 'node:assert';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { ThawApi, ThawRun } from '../../../src/extension/api';
import { plainPictures } from '../plainPictures';
import { tinyRecipe } from '../tinyRecipe';
import { until } from '../until';

describe('the API for other extensions', function () {
  this.timeout(120_000);
  let folder: string;
  let thaw: ThawApi;
  before(async () => {
    folder = await mkdtemp(join(vscode.workspace.workspaceFolders![0]!.uri.fsPath, 'api-'));
    await plainPictures(join(folder, 'pictures'), ['blue', 'red'], 5);
    thaw = await vscode.extensions.getExtension<ThawApi>('thaw.thaw')!.activate();
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await rm(folder, { recursive: true });
  });

  it('starts a fine-tune and tells of it until it has ended', async () => {
    assert.equal(thaw.version, 1);
    const heard: ThawRun[] = [];
    const listening = thaw.onDidChangeRun(run => heard.push(run));
    const file = join(folder, 'colours.thaw.json');
    await writeFile(file, tinyRecipe({ imageSize: 32, batchSize: 4, epochs: 1 }));
    const started = await thaw.startFineTune(vscode.Uri.file(file));
    assert.ok(started?.startsWith(join(folder, '.thaw', 'runs')), started);
    const ended = await until(
      () => heard.find(run => run.folder === started && run.status === 'completed'),
      'its end',
      60_000,
    );
    listening.dispose();
    assert.equal(ended.name, 'colours');
    assert.ok(ended.bestTestAccuracy! >= 0 && ended.bestTestAccuracy! <= 1);
    assert.deepEqual(
      (await thaw.runs()).find(run => run.folder === started),
      ended,
    );
  });
});
