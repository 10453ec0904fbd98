import { mkdir, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { t } from '../../protocol/language';
import { writeFileAtomically } from '../atomicWrite';
import type { CorrectionCounts } from '../dataset/dataset';
import type { DatasetFingerprint } from '../dataset/datasetFingerprint';
import type { Preprocessing } from '../image/preprocessing';
import { recipeToJson } from '../recipe/recipeToJson';
import type { Recipe } from '../recipe/recipe';
import { readRegularFile } from '../regularFile';
import { UserError } from '../userError';

/** Names of the files in a run folder. */
export const runFiles = {
  recipe: 'recipe.json',
  events: 'events.jsonl',
  bestWeights: 'best.safetensors',
  bestPredictions: 'best.predictions.jsonl',
} as const;

/** Largest `recipe.json` of a run that is read. */
const MAX_SETTINGS_BYTES = 4_000_000;
/** Largest sides that pictures are brought to, in pixels: the second is the first's resize, with room. */
const MAX_CROP = 2048;
const MAX_RESIZE = 4096;

/** Runs of versions that had one interpolation alone do not name it. */
const BEFORE_BICUBIC = { interpolation: 'bilinear' } as const;

/** What a recipe left open, as a run settled it. */
export interface ResolvedRun {
  readonly classes: readonly string[];
  readonly preprocessing: Preprocessing;
  readonly engine: {
    readonly name: string;
    readonly version: string;
    readonly device: string;
    /** Why it was taken; runs of earlier versions do not say. */
    readonly reason?: string;
  };
  /** The weights training began with: their file and its sha256, or the seed they were drawn from. */
  readonly weights: { readonly file: string; readonly sha256: string } | { readonly seed: number };
  /** The images; left out by versions that did not keep it. */
  readonly data?: DatasetFingerprint;
  /** Corrected labels among them; left out where there was no file of corrections. */
  readonly corrections?: CorrectionCounts;
  readonly versions: Readonly<Record<string, string>>;
  /** ISO 8601. */
  readonly started: string;
}

/** A run's settings, as `recipe.json` keeps them. */
export interface RunSettings {
  readonly recipe: Recipe;
  readonly resolved: ResolvedRun;
}

/**
 * Makes the folder of a new run: `out` itself, which must be new or empty, or `<time>-<name>` below `.thaw/runs` of
 * `workspace`. Returns its absolute path.
 */
export async function createRunFolder(
  recipe: Recipe,
  workspace: string,
  out: string | undefined,
  now = new Date(),
): Promise<string> {
  if (out !== undefined) {
    const folder = resolve(out);
    await requireEmpty(folder);
    await mkdir(folder, { recursive: true });
    return folder;
  }
  const runs = join(workspace, '.thaw', 'runs');
  await mkdir(runs, { recursive: true });
  const name = `${localTime(now)}-${recipe.name.replace(/[^\p{L}\p{N}._-]+/gu, '-')}`;
  for (let attempt = 1; ; attempt++) {
    const folder = join(runs, attempt === 1 ? name : `${name}-${attempt}`);
    try {
      await mkdir(folder);
      return folder;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** Throws a UserError unless a folder is empty or still to be made. */
export async function requireEmpty(folder: string): Promise<void> {
  const files = await readdir(folder).catch(() => []);
  if (files.length > 0) {
    throw new UserError(
      t(
        'The run folder {0} is not empty: choose a new one, so that nothing is overwritten.',
        resolve(folder),
      ),
    );
  }
}

export async function writeRunSettings(folder: string, { recipe, resolved }: RunSettings): Promise<void> {
  const text = JSON.stringify({ ...recipeToJson(recipe), resolved }, undefined, 2);
  await writeFileAtomically(join(folder, runFiles.recipe), `${text}\n`);
}

/** Reads the settings of a run; a UserError says when the folder is none. */
export async function readRunSettings(folder: string): Promise<RunSettings> {
  const file = join(folder, runFiles.recipe);
  let text: string;
  try {
    text = (await readRegularFile(file, MAX_SETTINGS_BYTES)).toString('utf8');
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      t(
        '{0} is not a run folder: it has no {1}. Name a folder that "thaw train" wrote.',
        folder,
        runFiles.recipe,
      ),
    );
  }
  try {
    const { resolved, ...recipe } = JSON.parse(text) as Recipe & { resolved: ResolvedRun };
    if (!isResolved(resolved)) throw new Error('nothing is resolved');
    const preprocessing = { ...BEFORE_BICUBIC, ...resolved.preprocessing };
    return { recipe, resolved: { ...resolved, preprocessing } };
  } catch (error) {
    throw new UserError(t('{0} is damaged, so the run cannot be opened.', file), { cause: error });
  }
}

function isResolved(value: unknown): value is ResolvedRun {
  if (typeof value !== 'object' || value === null) return false;
  const { classes, preprocessing } = value as Partial<ResolvedRun>;
  return (
    Array.isArray(classes) &&
    classes.every(name => typeof name === 'string') &&
    typeof preprocessing === 'object' &&
    preprocessing !== null &&
    isSide(preprocessing.resize, MAX_RESIZE) &&
    isSide(preprocessing.crop, MAX_CROP) &&
    [undefined, 'bilinear', 'bicubic'].includes(preprocessing.interpolation) &&
    [preprocessing.mean, preprocessing.std].every(
      channels => Array.isArray(channels) && channels.length === 3 && channels.every(Number.isFinite),
    )
  );
}

function isSide(pixels: number, most: number): boolean {
  return Number.isInteger(pixels) && pixels > 0 && pixels <= most;
}

/** Said by whatever finds that the folder it writes into is gone: there is no use in going on. */
export function folderDeleted(folder: string): UserError {
  return new UserError(t('The run folder {0} was deleted while it was in use, so the run ended.', folder));
}

/** Sortable and free of characters that a file system forbids: `2026-11-24T14-03-59`. */
function localTime(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day}T${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join('-')}`;
}
