import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder that lives as long as the tests of the enclosing `describe`. */
export function temporaryFolder(): {
  path(...below: string[]): string;
  write(name: string, data: Uint8Array | string): Promise<string>;
} {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'thaw-test-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));
  return {
    path: (...below) => join(folder, ...below),
    write: async (name, data) => {
      await writeFile(join(folder, name), data);
      return join(folder, name);
    },
  };
}
