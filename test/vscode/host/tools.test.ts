import { strict as assert } from 'node:assert';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { plainPictures } from '../plainPictures';
import { tinyRecipe } from '../tinyRecipe';
import { until } from '../until';

describe('the tools of chat assistants', function () {
  this.timeout(120_000);
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(vscode.workspace.workspaceFolders![0]!.uri.fsPath, 'tools-'));
    await plainPictures(join(folder, 'pictures'), ['blue', 'red'], 5);
    await writeFile(
      join(folder, 'colours.thaw.json'),
      tinyRecipe({ imageSize: 32, batchSize: 4, epochs: 1 }),
    );
    await vscode.extensions.getExtension('thaw.thaw')!.activate();
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await rm(folder, { recursive: true });
  });

  const call = async (name: string, input: object): Promise<string> => {
    const { content } = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined });
    const [part] = content;
    assert.ok(part instanceof vscode.LanguageModelTextPart);
    return part.value;
  };
  const runs = async (): Promise<readonly Readonly<Record<string, unknown>>[]> =>
    JSON.parse(await call('thaw_listRuns', {})) as readonly Record<string, unknown>[];

  it('are announced', () => {
    const names = vscode.lm.tools.map(({ name }) => name).filter(name => name.startsWith('thaw_'));
    assert.deepEqual(names.sort(), ['thaw_listRuns', 'thaw_readRun', 'thaw_startFineTune']);
  });

  it('start a fine-tune, tell how it goes and what came out', async () => {
    const recipe = join(basename(folder), 'colours.thaw.json');
    const said = await call('thaw_startFineTune', { recipe });
    const name = /^Started the run (\S+-colours)\./.exec(said)?.[1];
    assert.ok(name, said);
    const run = await until(
      async () => (await runs()).find(({ run, status }) => run === name && status === 'completed'),
      'its end',
      60_000,
    );
    assert.equal(run['model'], 'squeezenet1_1');
    assert.equal(run['bestEpoch'], 0);
    const report = await call('thaw_readRun', { run: name });
    assert.match(report, /^# colours\n/);
    assert.match(report, /\| Test accuracy \| \*\*\d/);
  });

  it('start nothing that lies elsewhere or is no recipe, and read no run that is not listed', async () => {
    const before = (await runs()).length;
    for (const recipe of ['/etc/passwd', '/tmp/elsewhere.thaw.json', '../../elsewhere.thaw.json']) {
      await assert.rejects(call('thaw_startFineTune', { recipe }), /recipe must be the path|does not lie/);
    }
    await assert.rejects(call('thaw_readRun', { run: '../..' }), /There is no run \.\.\/\.\./);
    assert.equal((await runs()).length, before);
  });
});
