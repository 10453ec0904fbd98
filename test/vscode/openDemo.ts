import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { REPOSITORY, startEditor } from './startEditor';

/** Opens the notebook of the four cases, which `thaw demo --notebook` has prepared, in an editor that npm brings. */
async function openDemo(): Promise<void> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    say(
      'Open this folder in VS Code and start "Extension, with the four cases" (F5): the editor that npm brings',
    );
    say('is for Linux x64 only.');
    return;
  }
  say('Starting an editor; the first time it is fetched (1.1 GB on disk)');
  const workspace = join(REPOSITORY, '.thaw', 'demo');
  const token = randomBytes(16).toString('hex');
  const editor = await startEditor({ workspace, inPlace: true, token });
  try {
    const address = editor.address(join(workspace, 'four-cases.thaw'));
    say(`Open this in a browser of this machine:\n\n  ${address}\n`);
    say('It is for whoever knows the address. Ctrl-C ends the editor, and what trains in it.');
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  } finally {
    await editor.stop();
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

void openDemo().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
