import { access, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { t } from '../../protocol/language';
import { writeFileAtomically } from '../atomicWrite';
import { cacheFolder } from '../cacheFolder';
import { fetchWheel } from '../download/fetchWheel';
import { unpackWheel } from '../download/unpackWheel';
import type { Work } from '../progress';
import { ELPV_DATASET } from '../runtime/pins';
import { UserError } from '../userError';

const DEFECTIVE_FROM = 0.5;
const PUBLISHED_LABELS = 'published-labels.csv';
const LABELS = 'labels.csv';

/**
 * Fetches photographs of solar cells (Deitsch et al., Solar Energy 2019, CC BY-NC-SA 4.0) into the cache, once.
 * Returns a folder with `images/` and `labels.csv` (image, label): a cell is defective when the published probability
 * of a defect is 0.5 or more.
 */
export async function* fetchSolarCells(options: { readonly signal: AbortSignal }): Work<string> {
  const folder = cacheFolder('data', `${ELPV_DATASET.name}-${ELPV_DATASET.version}`);
  const labels = join(folder, LABELS);
  if (await exists(labels)) return folder;
  await mkdir(cacheFolder('data'), { recursive: true });
  const wheel = yield* fetchWheel(ELPV_DATASET, cacheFolder('data'), options);
  yield* unpackWheel(
    wheel,
    folder,
    entry => {
      const below = entry.replace(/^elpv_dataset\/data\//, '');
      if (below === 'labels.csv') return PUBLISHED_LABELS;
      return below.startsWith('images/') && below.endsWith('.png') ? below : false;
    },
    options,
  );
  await rm(wheel, { force: true });
  const published = await readFile(join(folder, PUBLISHED_LABELS), 'utf8');
  await writeFileAtomically(labels, labelTable(published));
  return folder;
}

/** From lines `image probability celltype`, separated by spaces, to a CSV with a header. */
export function labelTable(published: string): string {
  const rows = published
    .split(/\r?\n/)
    .filter(line => line.trim() !== '')
    .map((line, index) => {
      const [image, probability] = line.trim().split(/\s+/);
      const value = Number(probability);
      if (!image || !(value >= 0 && value <= 1)) {
        throw new UserError(t('The published labels are not as expected in line {0}: {1}', index + 1, line));
      }
      return `${image},${value >= DEFECTIVE_FROM ? 'defective' : 'functional'}`;
    });
  return ['image,label', ...rows, ''].join('\n');
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
