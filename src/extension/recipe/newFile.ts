import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../core/userError';

/**
 * Writes a new file, numbered where there is one of its name already: nothing is overwritten. A UserError says when it
 * cannot be written.
 */
export async function writeNewFile(
  folder: string,
  name: string,
  ending: string,
  content: string | Uint8Array,
): Promise<vscode.Uri> {
  for (let count = 1; ; count++) {
    const file = join(folder, `${name}${count === 1 ? '' : `-${count}`}${ending}`);
    try {
      await writeFile(file, content, { flag: 'wx' });
      return vscode.Uri.file(file);
    } catch (error) {
      const taken = error instanceof Error && 'code' in error && error.code === 'EEXIST';
      if (!taken) throw new UserError(vscode.l10n.t('{0} cannot be written: {1}', file, String(error)));
    }
  }
}
