import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Writes a shell script that stands in for a program in `folder`. */
export async function fakeProgram(folder: string, name: string, script: string): Promise<void> {
  const file = join(folder, name);
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
}

/** Runs `action` with some environment variables set or, where undefined, unset. */
export async function withEnvironment<Result>(
  variables: Readonly<Record<string, string | undefined>>,
  action: () => Promise<Result>,
): Promise<Result> {
  const saved = Object.keys(variables).map(name => [name, process.env[name]] as const);
  const set = (name: string, value: string | undefined): void => {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  };
  for (const [name, value] of Object.entries(variables)) set(name, value);
  try {
    return await action();
  } finally {
    for (const [name, value] of saved) set(name, value);
  }
}
