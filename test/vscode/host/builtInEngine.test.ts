import { strict as assert } from 'node:assert';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import * as vscode from 'vscode';
import { plainPictures } from '../plainPictures';
import { tinyRecipe } from '../tinyRecipe';
import { until } from '../until';

describe('where TensorFlow is not installed', () => {
  let folder: string;
  const settings = () => vscode.workspace.getConfiguration('thaw');
  before(async () => {
    folder = await mkdtemp(join(vscode.workspace.workspaceFolders![0]!.uri.fsPath, 'built-in-'));
    await plainPictures(join(folder, 'pictures'), ['blue', 'red'], 5);
    await mkdir(join(folder, 'empty'));
    await vscode.extensions.getExtension('thaw.thaw')!.activate();
    await settings().update('cacheFolder', join(folder, 'empty'), vscode.ConfigurationTarget.Global);
  });
  after(async () => {
    await settings().update('cacheFolder', undefined, vscode.ConfigurationTarget.Global);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await rm(folder, { recursive: true });
  });

  /** Presses Enter in the question, until it is answered. */
  async function answered(asked: Thenable<unknown>): Promise<unknown> {
    let answer: { readonly value: unknown } | undefined;
    void asked.then(value => (answer = { value }));
    await until(async () => {
      await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      await wait(200);
      return answer;
    }, 'an answer');
    return answer!.value;
  }

  it('the faster engine is offered, and the built-in one may be taken', async () => {
    assert.equal(await answered(vscode.commands.executeCommand('thaw.ensureEngine')), true);
  });

  it('is asked once', async () => {
    assert.equal(await vscode.commands.executeCommand('thaw.ensureEngine'), true);
  });

  it('trains, and the run says on what and why', async () => {
    const file = join(folder, 'built-in.thaw.json');
    await writeFile(file, tinyRecipe({ imageSize: 32, batchSize: 4, epochs: 1 }));
    await vscode.commands.executeCommand('thaw.startFineTune', vscode.Uri.file(file));
    const runs = join(folder, '.thaw', 'runs');
    const run = await until(async () => (await readdir(runs).catch(() => []))[0], 'a run');
    const events = await until(
      async () => {
        const text = await readFile(join(runs, run, 'events.jsonl'), 'utf8').catch(() => '');
        return text.includes('"runEnded"') && text;
      },
      'its end',
      60_000,
    );
    assert.match(events, /"kind":"runEnded","status":"completed"/);
    const { resolved } = JSON.parse(await readFile(join(runs, run, 'recipe.json'), 'utf8')) as {
      resolved: { engine: { name: string; reason: string } };
    };
    assert.equal(resolved.engine.name, 'wasm');
    assert.match(
      resolved.engine.reason,
      /^the built-in engine; TensorFlow is not installed; .*; it uses the CPU$/,
    );
  });
});
