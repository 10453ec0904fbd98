import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Where downloads and the installed engine live, outside every workspace: `THAW_CACHE` when it is set, else the
 * platform's cache folder (XDG on Linux, Library/Caches on macOS, LOCALAPPDATA on Windows).
 */
export function cacheFolder(...below: readonly string[]): string {
  return join(baseFolder(), ...below);
}

function baseFolder(): string {
  const { THAW_CACHE, XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (THAW_CACHE) return THAW_CACHE;
  if (process.platform === 'win32') return join(LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'thaw');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'thaw');
  return join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'thaw');
}
