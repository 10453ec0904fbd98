import { readdir, readFile } from 'node:fs/promises';

/** Ends the processes whose environment has `THAW_TEST_EDITOR=mark`, also those that have left their parent. */
export async function endProcesses(mark: string): Promise<void> {
  const wanted = `THAW_TEST_EDITOR=${mark}`;
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) continue;
    const environment = await readFile(`/proc/${entry}/environ`, 'latin1').catch(() => '');
    if (!environment.split('\0').includes(wanted)) continue;
    try {
      process.kill(Number(entry), 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
}
