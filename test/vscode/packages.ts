import { execFile } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { openPromise } from 'yauzl';
import { REPOSITORY } from './startEditor';

/** The platforms that `npm run package` makes a package for. */
export const TARGETS = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'universal'] as const;

export type Target = (typeof TARGETS)[number];

/** What a package is made from. */
const INPUTS: readonly string[] = [
  ...['src', 'webview', 'media', '.config', 'esbuild.mjs', 'package.json', 'package-lock.json'],
  ...[
    'package.nls.json',
    'package.nls.zh-cn.json',
    'l10n',
    '.vscodeignore',
    'README.md',
    'CHANGELOG.md',
    'LICENSE',
  ],
];

/** The packages' absolute paths by target; they are made first where what they are made from has changed since. */
export async function madePackages(): Promise<Readonly<Record<Target, string>>> {
  const { version } = JSON.parse(await readFile(join(REPOSITORY, 'package.json'), 'utf8')) as {
    readonly version: string;
  };
  const paths = TARGETS.map(target => join(REPOSITORY, 'dist', `thaw-${target}-${version}.vsix`));
  const changed = Math.max(...INPUTS.map(name => lastChange(join(REPOSITORY, name))));
  if (paths.some(path => lastChange(path) < changed)) {
    await promisify(execFile)('npm', ['run', 'package'], { cwd: REPOSITORY });
  }
  return Object.fromEntries(TARGETS.map((target, index) => [target, paths[index]!])) as Record<
    Target,
    string
  >;
}

/** The files of a package, by their paths in it. */
export async function filesOfPackage(vsix: string): Promise<ReadonlyMap<string, Buffer>> {
  const archive = await openPromise(vsix, { autoClose: false });
  try {
    const files = new Map<string, Buffer>();
    for await (const entry of archive.eachEntry()) {
      if (!entry.fileName.endsWith('/')) {
        files.set(entry.fileName, await buffer(await archive.openReadStreamPromise(entry)));
      }
    }
    return files;
  } finally {
    archive.close();
  }
}

/** When a file, or anything in a folder, last changed: milliseconds since 1970; 0 for what is not there. */
function lastChange(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory() !== true) return found?.mtimeMs ?? 0;
  return Math.max(0, ...readdirSync(path).map(name => lastChange(join(path, name))));
}
