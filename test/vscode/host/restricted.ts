import { strict as assert } from 'node:assert';
import childProcess from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';

/** How long a command may take before what it asks is dismissed. */
const ASKED_AFTER_MS = 700;
/** What starts programs; the extension finds it where this puts its own. */
const STARTERS = ['spawn', 'fork', 'exec', 'execFile', 'spawnSync', 'execSync', 'execFileSync'] as const;
/** Commands of the extension that are in no menu. */
const INNER = ['thaw.ensureEngine', 'thaw.runCell', 'thaw.runCellAgain'];

describe('in Restricted Mode', () => {
  const { extensionPath, packageJSON } = vscode.extensions.getExtension('thaw.thaw')!;
  const { commands } = (packageJSON as { contributes: { commands: { command: string }[] } }).contributes;
  const workspace = vscode.workspace.workspaceFolders![0]!.uri;
  const started: string[] = [];
  const originals = new Map<string, unknown>();

  before(() => {
    const starters = childProcess as unknown as Record<string, unknown>;
    for (const name of STARTERS) {
      const original = starters[name] as (...args: unknown[]) => unknown;
      originals.set(name, original);
      starters[name] = (...args: unknown[]) => {
        // The editor itself looks for ports that programs listen on.
        const callers = new Error().stack!.split('\n').slice(2).join('\n');
        if (callers.includes(join(extensionPath, 'dist'))) started.push(`${name} ${String(args[0])}`);
        return original(...args);
      };
    }
  });
  after(() => Object.assign(childProcess, Object.fromEntries(originals)));
  beforeEach(() => void started.splice(0));

  /** Runs a command as one that gives up at any question; what it returns, or that it never did. */
  async function run(command: string, ...args: readonly unknown[]): Promise<unknown> {
    const running = Promise.resolve(vscode.commands.executeCommand(command, ...args)).catch(() => undefined);
    const soon = new Promise(resolve => setTimeout(resolve, ASKED_AFTER_MS, 'asked'));
    const outcome = await Promise.race([running, soon]);
    await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
    await vscode.commands.executeCommand('notifications.clearAll');
    return outcome;
  }

  it('the workspace is not trusted, and a program that is started is noticed', () => {
    assert.equal(vscode.workspace.isTrusted, false);
    childProcess.spawnSync(process.execPath, ['--version']);
    assert.equal(started.length, 1);
  });

  it('every command of the manifest is tried here', () => {
    assert.ok(commands.length >= 25, `${commands.length} commands`);
  });

  for (const command of [...commands.map(({ command }) => command), ...INNER]) {
    it(`${command} starts no program`, async () => {
      await run(command);
      assert.deepEqual(started, []);
    });
  }

  it('no tool of a chat assistant trains', async () => {
    const input = { recipe: 'a.thaw.json' };
    const asked = vscode.lm.invokeTool('thaw_startFineTune', { input, toolInvocationToken: undefined });
    await assert.rejects(Promise.resolve(asked), /The workspace is not trusted/);
    assert.deepEqual(started, []);
  });

  it('no run comes of a recipe that is named, nor of the last one', async () => {
    const runs = (): string[] => {
      const folder = join(workspace.fsPath, '.thaw', 'runs');
      return existsSync(folder) ? readdirSync(folder) : [];
    };
    const before = runs();
    await run('thaw.startFineTune', vscode.Uri.joinPath(workspace, 'a.thaw.json'));
    await run('thaw.rerunLast');
    await run('thaw.runCellAgain', join(workspace.fsPath, '.thaw', 'runs', before[0]!));
    const { fetchTasks } = vscode.tasks;
    for (const task of await Promise.race([fetchTasks({ type: 'thaw' }), never()]))
      await Promise.resolve(vscode.tasks.executeTask(task)).catch(() => undefined);
    await new Promise(resolve => setTimeout(resolve, ASKED_AFTER_MS));
    assert.deepEqual(started, []);
    assert.deepEqual(runs(), before);
  });

  it('the folder of a run of a stranger stays as it is, whatever its files say', async () => {
    const folder = join(workspace.fsPath, '.thaw', 'runs', '2026-01-01T00-00-00-stranger');
    const names = ['events.jsonl', 'live.json', 'start.json', 'worker.log'];
    assert.deepEqual(readdirSync(folder).sort(), names);
    await run('thaw.showRunLog', folder);
    assert.deepEqual(readdirSync(folder).sort(), names);
  });
});

function never(): Promise<readonly vscode.Task[]> {
  return new Promise(resolve => setTimeout(resolve, 5_000, []));
}
