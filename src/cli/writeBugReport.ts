import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { cacheFolder } from '../core/cacheFolder';

/** Writes what went wrong, with its stack and where it ran, to a file of its own and returns its path. */
export function writeBugReport(error: unknown, version: string, args: readonly string[]): string {
  const folder = cacheFolder('logs');
  mkdirSync(folder, { recursive: true });
  const time = new Date().toISOString();
  const file = join(folder, `thaw-${time.replaceAll(':', '-')}-${process.pid}.log`);
  const lines = [
    `thaw ${version}, Node ${process.version}, ${process.platform} ${process.arch}`,
    time,
    `thaw ${args.map(arg => JSON.stringify(arg)).join(' ')}`,
    '',
    inspect(error, { depth: 4 }),
    '',
  ];
  writeFileSync(file, lines.join('\n'));
  return file;
}
