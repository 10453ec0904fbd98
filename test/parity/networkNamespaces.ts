import { execFileSync } from 'node:child_process';

/** Two machines as network namespaces of this one, each with an address on a cable between them. */
export interface TwoMachines {
  /** The words that start a program on a machine. */
  readonly prefixes: readonly [readonly string[], readonly string[]];
  readonly addresses: readonly [string, string];
  remove(): void;
}

/** Makes them; undefined where the system does not let this process. */
export function makeTwoMachines(): TwoMachines | undefined {
  const name = `thaw${process.pid}`;
  const [a, b] = [`${name}a`, `${name}b`] as const;
  const addresses = ['10.123.45.1', '10.123.45.2'] as const;
  const ip = (...args: readonly string[]): void => {
    execFileSync('ip', args, { stdio: 'ignore' });
  };
  const remove = (): void => {
    for (const machine of [a, b]) {
      try {
        ip('netns', 'delete', machine);
      } catch {
        // It was never made.
      }
    }
  };
  try {
    for (const machine of [a, b]) ip('netns', 'add', machine);
    ip('-n', a, 'link', 'add', 'cable0', 'type', 'veth', 'peer', 'name', 'cable0', 'netns', b);
    for (const [i, machine] of [a, b].entries()) {
      ip('-n', machine, 'address', 'add', `${addresses[i]}/24`, 'dev', 'cable0');
      for (const link of ['cable0', 'lo']) ip('-n', machine, 'link', 'set', link, 'up');
    }
  } catch {
    remove();
    return undefined;
  }
  const prefix = (machine: string): readonly string[] => ['ip', 'netns', 'exec', machine];
  return { prefixes: [prefix(a), prefix(b)], addresses, remove };
}
