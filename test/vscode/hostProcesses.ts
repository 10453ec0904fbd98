import { readdir, readFile } from 'node:fs/promises';

/** What a process holds, as Linux tells it. */
export interface HeldByProcess {
  readonly pid: number;
  /** Resident memory, in MB. */
  readonly megabytes: number;
  /** Open files, pipes and sockets. */
  readonly files: number;
}

/** The extension hosts of the editors whose environment has `THAW_TEST_EDITOR=mark`, one for each open window. */
export async function hostProcesses(mark: string): Promise<readonly HeldByProcess[]> {
  const hosts: HeldByProcess[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const [command, environment] = await Promise.all(
      ['cmdline', 'environ'].map(name => readFile(`/proc/${entry}/${name}`, 'latin1').catch(() => '')),
    );
    if (!command!.split('\0').includes('--type=extensionHost')) continue;
    if (environment!.split('\0').includes(`THAW_TEST_EDITOR=${mark}`))
      hosts.push(await heldBy(Number(entry)));
  }
  return hosts;
}

/** What a process of this machine holds now. */
export async function heldBy(pid: number): Promise<HeldByProcess> {
  const status = await readFile(`/proc/${pid}/status`, 'latin1');
  const megabytes = Math.round((Number(/VmRSS:\s+(\d+) kB/.exec(status)![1]) * 1024) / 1e6);
  return { pid, megabytes, files: (await readdir(`/proc/${pid}/fd`)).length };
}
