import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realPhotos } from '../realPhotos';
import { startEditor, type Editor } from '../startEditor';
import type { Workbench } from '../workbench';

/** What was opened; the folder and the editor are whoever's that opened it. */
export interface OpenedCells {
  readonly folder: string;
  readonly editor: Editor;
  readonly workbench: Workbench;
}

/** An editor with photographs of solar cells, so many of each class, and a recipe for them, which is open with its layers. */
export async function openCells(photos: number, recipe: object): Promise<OpenedCells> {
  const folder = await mkdtemp(join(tmpdir(), 'thaw-editor-'));
  await realPhotos(join(folder, 'cells'), photos);
  await writeFile(join(folder, 'cells.thaw.json'), JSON.stringify(recipe, undefined, 2));
  const editor = await startEditor({ workspace: folder });
  const workbench = await editor.openWindow();
  await workbench.openFile('cells.thaw.json');
  await workbench.openContainer('Thaw');
  await workbench.treeRow('Layers', '_fc').waitFor();
  return { folder, editor, workbench };
}
