import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of the package: above `dist` when bundled, above `src` when run from source. */
export function programFolder(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

/** The program that computes features in processes of its own. */
export function featureProgram(): string {
  return join(programFolder(), 'dist', 'worker.js');
}

/** The version in the package's own manifest. */
export function programVersion(): string {
  const { version } = JSON.parse(readFileSync(join(programFolder(), 'package.json'), 'utf8')) as {
    version: string;
  };
  return version;
}
