import { build } from 'esbuild';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { REPOSITORY, startEditor, type EditorOptions } from './startEditor';

/** What became of one test in the extension host. */
export interface HostTest {
  /** Its title below those of its suites. */
  readonly title: string;
  /** Milliseconds. */
  readonly duration: number;
  /** Its error's stack, where it failed. */
  readonly error?: string;
}

/** Runs test files, named by their absolute paths, in the extension host of one new window. */
export async function runInHost(
  files: readonly string[],
  options: EditorOptions = {},
): Promise<readonly HostTest[]> {
  const folder = join(REPOSITORY, 'dist', 'test');
  await build({
    entryPoints: [join(__dirname, 'hostMain.ts'), ...files],
    outdir: folder,
    entryNames: '[name]',
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    sourcemap: 'inline',
    external: ['vscode', 'mocha'],
    // Its main file hides its own requires from bundlers.
    alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
    keepNames: true,
    logLevel: 'warning',
  });
  const bundled = files.map(file => join(folder, `${basename(file, '.ts')}.js`));
  const editor = await startEditor({
    ...options,
    environment: { ...options.environment, THAW_TEST_FILES: JSON.stringify(bundled) },
  });
  try {
    await editor.runInHost(join(folder, 'hostMain.js'));
    return JSON.parse(await readFile(join(editor.workspace, '..', 'tests.json'), 'utf8')) as HostTest[];
  } finally {
    await editor.stop();
  }
}
