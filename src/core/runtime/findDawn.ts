import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * Dawn's binary for this machine, an addon for Node, within the npm package `webgpu`; undefined where the program came
 * without one.
 */
export function dawnBinary(): string | undefined {
  const machine = process.platform === 'darwin' ? 'darwin-universal' : `${process.platform}-${process.arch}`;
  const file = join(dawnFolder() ?? '', 'dist', machine, 'dawn.node');
  return existsSync(file) ? file : undefined;
}

/** The version of that package. */
export function dawnVersion(): string {
  const manifest = readFileSync(join(dawnFolder() ?? '', 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

function dawnFolder(): string | undefined {
  try {
    return dirname(createRequire(__filename).resolve('webgpu/package.json'));
  } catch {
    return undefined;
  }
}
