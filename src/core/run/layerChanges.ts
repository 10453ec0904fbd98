import { join } from 'node:path';
import { t } from '../../protocol/language';
import type { LayerChange } from '../../protocol/pageMessages';
import { writeFileAtomically } from '../atomicWrite';
import { readRegularFile } from '../regularFile';
import { UserError } from '../userError';

/** How far a run moved each layer: a file of the run folder. */
export const LAYERS_FILE = 'layers.json';

const MAX_BYTES = 4_000_000;
const MAX_LAYERS = 10_000;

export async function writeLayerChanges(folder: string, layers: readonly LayerChange[]): Promise<void> {
  await writeFileAtomically(join(folder, LAYERS_FILE), `${JSON.stringify({ layers }, undefined, 2)}\n`);
}

/** How far the layers moved; undefined for a run that did not write it. A UserError says when the file is damaged. */
export async function readLayerChanges(folder: string): Promise<readonly LayerChange[] | undefined> {
  const file = join(folder, LAYERS_FILE);
  let text: string;
  try {
    text = (await readRegularFile(file, MAX_BYTES)).toString('utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw damaged(file, error);
  }
  const layers = parse(text);
  if (!layers) throw damaged(file);
  return layers;
}

function parse(text: string): readonly LayerChange[] | undefined {
  try {
    const { layers } = JSON.parse(text) as { layers?: unknown };
    const sound = Array.isArray(layers) && layers.length <= MAX_LAYERS && layers.every(isLayerChange);
    return sound ? layers : undefined;
  } catch {
    return undefined;
  }
}

function isLayerChange(value: unknown): value is LayerChange {
  if (typeof value !== 'object' || value === null) return false;
  const { path, frozen, parameters, maxChange } = value as Partial<LayerChange>;
  return (
    typeof path === 'string' &&
    typeof frozen === 'boolean' &&
    Number.isSafeInteger(parameters) &&
    typeof maxChange === 'number'
  );
}

function damaged(file: string, cause?: unknown): UserError {
  return new UserError(t('{0} is damaged, so how far the layers moved is not known.', file), { cause });
}
