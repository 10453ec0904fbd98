import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fetchSolarCells } from '../../src/core/demo/solarCells';
import { finish } from '../../src/core/progress';

/** Copies `count` photographs of functional and as many of defective solar cells, the demo's, to class folders below `folder`. */
export async function realPhotos(folder: string, count: number): Promise<void> {
  const cells = await finish(fetchSolarCells({ signal: new AbortController().signal }), () => undefined);
  const rows = (await readFile(join(cells, 'labels.csv'), 'utf8')).split('\n').map(row => row.split(','));
  for (const label of ['functional', 'defective']) {
    const images = rows.flatMap(([image, its]) => (its === label ? [image!] : [])).slice(0, count);
    if (images.length < count)
      throw new Error(`There are only ${images.length} photographs that are ${label}`);
    await mkdir(join(folder, label), { recursive: true });
    for (const image of images) await copyFile(join(cells, image), join(folder, label, basename(image)));
  }
}
