import Mocha from 'mocha';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { HostTest } from './runInHost';

/** What the extension host calls: runs the files of THAW_TEST_FILES and writes what became of their tests. */
export async function run(): Promise<void> {
  const mocha = new Mocha({
    timeout: 60_000,
    forbidOnly: true,
    forbidPending: true,
    reporter: Mocha.reporters.Base,
  });
  for (const file of JSON.parse(process.env.THAW_TEST_FILES!) as string[]) mocha.addFile(file);
  const tests: HostTest[] = [];
  await new Promise<void>(resolve => {
    const runner = mocha.run(() => resolve());
    runner.on('pass', test => tests.push({ title: test.fullTitle(), duration: test.duration ?? 0 }));
    runner.on('fail', (test, error: Error) => {
      tests.push({
        title: test.fullTitle(),
        duration: test.duration ?? 0,
        error: error.stack ?? String(error),
      });
    });
  });
  const [folder] = vscode.workspace.workspaceFolders!;
  await writeFile(join(folder!.uri.fsPath, '..', 'tests.json'), JSON.stringify(tests));
}
