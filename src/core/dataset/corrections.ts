import { basename, join } from 'node:path';
import { CsvError, parse } from 'csv-parse/sync';
import { correctionText } from '../../protocol/correctionText';
import { csvText } from '../../protocol/csvText';
import { t } from '../../protocol/language';
import { printableName } from '../../protocol/printable';
import { someOf } from '../../protocol/someOf';
import { nearestName } from '../recipe/nearestName';
import type { DataRecipe } from '../recipe/recipe';
import { readRegularFile } from '../regularFile';
import { UserError } from '../userError';
import type { CorrectionCounts } from './dataset';
import { CORRECTIONS_FILE } from './listImages';
import type { LabelledImage } from './scanFolder';
import type { Split } from './splitDataset';

/** Largest file of corrections, in bytes. */
const MAX_CORRECTIONS_BYTES = 2 ** 24;
const MAX_ROW_CHARACTERS = 2 ** 16;
const HEADER = ['image', 'label'];

/** A line of a file of corrections. */
export interface Correction {
  /** The image's path below the data folder, with forward slashes. */
  readonly image: string;
  /** The class that it is; empty: it is to be left out. */
  readonly label: string;
  /** Counts from 1. */
  readonly line: number;
}

/** Corrections, and the file that they are in. */
export interface Corrections {
  readonly file: string;
  readonly lines: readonly Correction[];
}

/** Where the corrections of data are, or would be. */
export function correctionsFile({ folder, corrections }: Pick<DataRecipe, 'folder' | 'corrections'>): string {
  return corrections ?? join(folder, CORRECTIONS_FILE);
}

/**
 * Reads the corrections of data; undefined where there are none. A UserError names the line that is wrong, or the file
 * that a recipe names and that is not there.
 */
export async function correctionsOf(
  data: Pick<DataRecipe, 'folder' | 'corrections'> & Partial<Pick<DataRecipe, 'labels'>>,
): Promise<Corrections | undefined> {
  const file = correctionsFile(data);
  // Whoever calls the labels so means the labels.
  if (data.corrections === undefined && file === data.labels?.file) return undefined;
  const text = await readCorrectionsText(file);
  if (text !== undefined) return { file, lines: parseCorrections(text, file) };
  if (data.corrections === undefined) return undefined;
  throw new UserError(
    t('data.corrections: there is no file {0}; leave the field out until there is one', file),
  );
}

/** The text of a file of corrections; undefined where there is none. */
export async function readCorrectionsText(file: string): Promise<string | undefined> {
  try {
    return (await readRegularFile(file, MAX_CORRECTIONS_BYTES)).toString('utf8');
  } catch (error) {
    if (error instanceof UserError) throw error;
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new UserError(
      t('{0} cannot be read: {1}', file, error instanceof Error ? error.message : String(error)),
    );
  }
}

/** Reads the text of a file of corrections: CSV whose first line is `image,label`. A UserError names the line that is wrong. */
export function parseCorrections(text: string, file: string): readonly Correction[] {
  const lines = new Map<string, number>();
  return rowsOf(text, file).rows.map(({ record: [image = '', label = ''], line }) => {
    const at = t('{0}, line {1}:', basename(file), line);
    if (image === '')
      throw new UserError(t('{0} no image is named; write its path below the data folder', at));
    const earlier = lines.get(image);
    if (earlier !== undefined) {
      throw new UserError(
        t('{0} {1} is in line {2} already; keep one of the two', at, printableName(image), earlier),
      );
    }
    lines.set(image, line);
    return { image, label, line };
  });
}

/**
 * The text of a file of corrections after one more: `label` is the class of the image, empty to leave it out, undefined
 * to take back what was said of it. Other lines stay. A UserError names what is wrong with the text.
 */
export function withCorrection(text: string, file: string, image: string, label: string | undefined): string {
  const { header, rows } = text === '' ? { header: HEADER, rows: [] } : rowsOf(text, file);
  const records = rows.map(({ record }) => record);
  const at = records.findIndex(([name]) => name === image);
  const [, , ...rest] = records[at] ?? [];
  if (label === undefined) records.splice(at, at < 0 ? 0 : 1);
  else records.splice(at < 0 ? records.length : at, 1, [image, label, ...rest]);
  const end = text.includes('\r\n') ? '\r\n' : '\n';
  return [header, ...records].map(record => `${record.map(field).join(',')}${end}`).join('');
}

/** Spaces around a text that is not quoted are no part of it. */
function field(text: string): string {
  return /^\s|\s$/.test(text) && !/["\r\n,]/.test(text) ? `"${text}"` : csvText(text);
}

interface Row {
  /** Image and label, and whatever else the line has. */
  readonly record: readonly string[];
  readonly line: number;
}

function rowsOf(
  text: string,
  file: string,
): { readonly header: readonly string[]; readonly rows: readonly Row[] } {
  let found: readonly { readonly record: string[]; readonly info: { readonly lines: number } }[];
  try {
    found = parse(text, {
      bom: true,
      info: true,
      max_record_size: MAX_ROW_CHARACTERS,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as typeof found;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new UserError(t('{0} is not a CSV file: {1}', basename(file), printableName(error.message, 1000)));
  }
  const [header, ...rows] = found;
  if (!header || HEADER.some((name, column) => header.record[column] !== name)) {
    throw new UserError(
      t('{0} is no file of corrections: its first line must be {1}', basename(file), HEADER.join(',')),
    );
  }
  const named = rows.map(({ record: [image = '', ...rest], info }) => ({
    record: [nameOf(image), ...rest.map(plain)],
    line: info.lines,
  }));
  return { header: header.record, rows: named };
}

/** As images are named: forward slashes, from the data folder. */
function nameOf(image: string): string {
  return plain(image).replaceAll('\\', '/').replace(/^\.\//, '');
}

/** Without the apostrophe that keeps spreadsheets from taking a text for a formula. */
function plain(text: string): string {
  return text.replace(/^'(?=[=+\-@])/, '');
}

/**
 * A split with corrected labels: what is excluded is gone, all others stay in the phase that they are in, so that runs
 * before and after corrections are tested on the same images. `others` are images that were found, but left out already.
 * A UserError names the line of an image or class that does not exist, and a class that is left with no image in a phase.
 */
export function correctLabels(
  { train, test }: Split,
  others: readonly { readonly image: string }[],
  { file, lines }: Corrections,
): { readonly split: Split; readonly counts: CorrectionCounts } {
  const images = new Map([...train, ...test].map(image => [image.image.normalize(), image]));
  const leftOut = new Set(others.map(({ image }) => image.normalize()));
  const classes = [...new Set([...images.values()].map(({ className }) => className))];
  const labels = new Map<string, string>();
  for (const { image, label, line } of lines) {
    const name = image.normalize();
    const at = t('{0}, line {1}:', basename(file), line);
    if (!images.has(name)) {
      if (leftOut.has(name)) continue;
      throw new UserError(
        t(
          '{0} the data has no image {1}{2}; write its path below the data folder, or take the line out',
          at,
          printableName(image),
          hint(name, images.keys()),
        ),
      );
    }
    if (label !== '' && !classes.includes(label)) {
      throw new UserError(
        t(
          '{0} there is no class {1}{2}; the classes are {3}',
          at,
          printableName(label),
          hint(label, classes),
          someOf(classes, 20),
        ),
      );
    }
    labels.set(images.get(name)!.image, label);
  }
  let [relabelled, excluded] = [0, 0];
  const corrected = (phase: readonly LabelledImage[]): readonly LabelledImage[] =>
    phase.flatMap(image => {
      const label = labels.get(image.image) ?? image.className;
      if (label === '') excluded++;
      else if (label !== image.className) relabelled++;
      return label === '' ? [] : [{ ...image, className: label }];
    });
  const split = { train: corrected(train), test: corrected(test) };
  requireClasses(train, split.train, file, test.length > 0 ? t(' in the train phase') : '');
  requireClasses(test, split.test, file, t(' in the test phase'));
  return { split, counts: { file, relabelled, excluded } };
}

function requireClasses(
  before: readonly LabelledImage[],
  after: readonly LabelledImage[],
  file: string,
  phase: string,
): void {
  const left = new Set(after.map(({ className }) => className));
  const lost = before.find(({ className }) => !left.has(className));
  if (!lost) return;
  throw new UserError(
    t(
      '{0} leaves the class {1} without an image{2}: take a line out, or add images of it',
      basename(file),
      printableName(lost.className),
      phase,
    ),
  );
}

function hint(name: string, names: Iterable<string>): string {
  const nearest = nearestName(name, names);
  return nearest === undefined ? '' : t(' (did you mean {0}?)', printableName(nearest));
}

/** What a run says of its corrections; nothing where none changed anything. */
export function correctionNotes({ file, relabelled, excluded }: CorrectionCounts): readonly string[] {
  if (relabelled + excluded === 0) return [];
  return [`${basename(file)}: ${correctionText(relabelled, excluded)}`];
}
