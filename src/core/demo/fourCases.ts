import { access, copyFile, mkdir, readFile, rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { t } from '../../protocol/language';
import { writeFileAtomically } from '../atomicWrite';
import { makeStagingFolder, removeFolder } from '../download/stagingFolder';
import type { Work } from '../progress';
import { UserError } from '../userError';
import { fetchSolarCells } from './solarCells';

/** What the sample `four-cases.thaw` trains on, below `solar-cells` beside it: of every n-th photograph a copy. */
const parts = [
  { name: 'few', every: 7 },
  { name: 'many', every: 1 },
] as const;

export interface FourCasesOptions {
  readonly signal: AbortSignal;
  /** Fetches the photographs: a folder with `labels.csv` (image, label). `fetchSolarCells` unless a test gives another. */
  fetch?(options: { readonly signal: AbortSignal }): Work<string>;
}

/**
 * Puts the notebook of the four cases into `folder` and its photographs beside it, in a folder for each class; what is
 * there already stays. `sample`: the notebook's file. Returns the path of the notebook.
 */
export async function* prepareFourCases(
  folder: string,
  sample: string,
  { signal, fetch = fetchSolarCells }: FourCasesOptions,
): Work<string> {
  const notebook = join(folder, basename(sample));
  const photographs = join(folder, 'solar-cells');
  await mkdir(folder, { recursive: true });
  if (!(await exists(photographs))) {
    const data = yield* fetch({ signal });
    const staging = await makeStagingFolder(folder);
    try {
      for (const { name, every } of parts) yield* copyEvery(every, data, join(staging, name), signal);
      await rename(staging, photographs);
    } finally {
      await removeFolder(staging);
    }
  }
  if (!(await exists(notebook))) await writeFileAtomically(notebook, await readFile(sample));
  return notebook;
}

async function* copyEvery(every: number, data: string, target: string, signal: AbortSignal): Work<void> {
  const [, ...rows] = (await readFile(join(data, 'labels.csv'), 'utf8')).trimEnd().split('\n');
  const chosen = rows.filter((_, index) => index % every === 0);
  const classes = new Set<string>();
  for (const [index, row] of chosen.entries()) {
    signal.throwIfAborted();
    const [image, label] = row.split(',');
    if (!image || !label)
      throw new UserError(t('{0} is damaged: delete {1} and try again.', join(data, 'labels.csv'), data));
    const place = join(target, label);
    if (!classes.has(label)) await mkdir(place, { recursive: true });
    classes.add(label);
    await copyFile(join(data, image), join(place, basename(image)));
    if (index % 50 === 0) {
      yield { task: t('Sorting the photographs'), done: index, total: chosen.length, unit: 'images' };
    }
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
