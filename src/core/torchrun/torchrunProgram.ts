import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A program of the package's `media/torchrun`, which lies above `dist` when this is bundled and above `src` when not. */
export function torchrunProgram(name: 'train.py' | 'check.py'): string {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    const file = join(folder, 'media', 'torchrun', name);
    if (existsSync(file)) return file;
    if (folder === dirname(folder)) throw new Error(`The package has no media/torchrun/${name}`);
  }
}
