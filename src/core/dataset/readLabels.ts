import { basename, relative, sep } from 'node:path';
import { CsvError, parse, type Options } from 'csv-parse/sync';
import { t } from '../../protocol/language';
import { printableName } from '../../protocol/printable';
import { someOf } from '../../protocol/someOf';
import type { Work } from '../progress';
import type { DataRecipe, LabelsRecipe } from '../recipe/recipe';
import { nearestName } from '../recipe/nearestName';
import { readRegularFile } from '../regularFile';
import { UserError } from '../userError';
import { counted } from './alphabetical';
import { correctionsFile } from './corrections';
import { MAX_LABELS_BYTES, MAX_ROW_CHARACTERS } from './countLabels';
import type { SkippedImage } from './dataset';
import { imagesBelow, LeftOut, type ImageFile } from './listImages';
import { requireClasses, type LabelledImage, type LabelledImages } from './scanFolder';

/** Most rows that are read; only the columns that count are kept of each. */
const MAX_ROWS = 2_000_000;
/** Longest name of a class, in characters: what a folder may be called. */
const MAX_LABEL_CHARACTERS = 255;

/**
 * Labels the images below the data folder from a CSV. Rows find their image by its path below the folder or by its
 * file name, with or without extension. Throws a UserError when the file or a column is missing, or no two classes
 * have images.
 */
export async function* readLabels(
  data: DataRecipe,
  labels: LabelsRecipe,
  signal: AbortSignal,
): Work<LabelledImages> {
  const rows = readRows(await readText(labels.file), labels);
  const { folder } = data;
  const below = (file: string): string => relative(folder, file).replaceAll(sep, '/');
  const leftOut = new LeftOut([labels.file, correctionsFile(data)].map(below));
  const files: ImageFile[] = [];
  for await (const file of imagesBelow(folder, '', leftOut, signal)) {
    files.push(file);
    if (files.length % 1000 === 0) {
      yield { task: t('Looking for images'), done: files.length, total: undefined, unit: 'images' };
    }
  }
  const { images, skipped, withoutFile, unlisted } = label(rows, indexFiles(files));

  const csv = basename(labels.file);
  const notes: string[] = [];
  if (withoutFile.length > 0) {
    notes.push(
      t('{0} of {1} without an image: {2}', counted(withoutFile.length, 'row'), csv, someOf(withoutFile)),
    );
  }
  if (unlisted.length > 0) {
    notes.push(
      t('{0} without a row in {1}, left out: {2}', counted(unlisted.length, 'image'), csv, someOf(unlisted)),
    );
  }
  if (images.length === 0 && skipped.length === 0 && files.length > 0 && withoutFile.length > 0) {
    throw new UserError(
      t(
        '{0} names no image that is below {1}: its first row names {2}; the column {3} must hold file names or paths below that folder',
        csv,
        folder,
        someOf(withoutFile.slice(0, 1)),
        JSON.stringify(labels.image),
      ),
    );
  }
  requireClasses(images, t('{0}, labelled by {1},', folder, csv));
  return { train: images, test: undefined, skipped, notes: [...notes, ...leftOut.notes()] };
}

async function readText(file: string): Promise<string> {
  try {
    return (await readRegularFile(file, MAX_LABELS_BYTES)).toString('utf8');
  } catch (error) {
    if (error instanceof UserError) throw new UserError(t('data.labels.file: {0}', error.message));
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const why = missing ? t('there is no such file') : error instanceof Error ? error.message : String(error);
    throw new UserError(t('data.labels.file: {0} cannot be read: {1}', file, why));
  }
}

/** What counts of a row: image, label and group. */
type LabelRow = readonly string[];

function readRows(text: string, labels: LabelsRecipe): readonly LabelRow[] {
  const { file } = labels;
  const options = {
    bom: true,
    delimiter: delimiterOf(text),
    max_record_size: MAX_ROW_CHARACTERS,
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
  };
  const parsed = (more: Options<string[]>): string[][] => {
    try {
      return parse(text, { ...options, ...more });
    } catch (error) {
      if (!(error instanceof CsvError)) throw error;
      throw new UserError(
        t('data.labels.file: {0} is not a CSV file: {1}', file, printableName(error.message, 1000)),
      );
    }
  };
  const [header] = parsed({ to: 1 });
  if (!header)
    throw new UserError(t('data.labels.file: {0} is empty; its first row must name the columns', file));
  const { image, label, group } = columnsOf(header, labels);
  const rows = parsed({
    from: 2,
    to: MAX_ROWS + 2,
    on_record: row => [image, label, group].map(column => (column === undefined ? '' : (row[column] ?? ''))),
  });
  if (rows.length <= MAX_ROWS) return rows;
  throw new UserError(t('data.labels.file: {0} has more than {1} rows, which are not read', file, MAX_ROWS));
}

function delimiterOf(text: string): string {
  const header = text.slice(0, MAX_ROW_CHARACTERS).split(/\r\n|\n|\r/, 1)[0]!;
  const unquoted = header.replace(/"[^"]*"/g, '');
  const count = (delimiter: string): number => unquoted.split(delimiter).length;
  return [',', ';', '\t'].reduce((best, next) => (count(next) > count(best) ? next : best));
}

interface Columns {
  readonly image: number;
  readonly label: number;
  readonly group: number | undefined;
}

function columnsOf(header: readonly string[], labels: LabelsRecipe): Columns {
  const find = (field: 'image' | 'label' | 'group', name: string): number => {
    const index = header.indexOf(name);
    if (index >= 0) return index;
    const nearest = nearestName(name, header);
    const hint = nearest === undefined ? '' : t('; did you mean {0}?', JSON.stringify(nearest));
    throw new UserError(
      t(
        'data.labels.{0}: {1} has no column {2}, its columns are {3}{4}',
        field,
        basename(labels.file),
        JSON.stringify(name),
        someOf(header, 30),
        hint,
      ),
    );
  };
  return {
    image: find('image', labels.image),
    label: find('label', labels.label),
    group: labels.group === undefined ? undefined : find('group', labels.group),
  };
}

/** Files by what a row may call them; undefined where a name fits several. */
interface FileIndex {
  readonly files: readonly ImageFile[];
  readonly byPath: ReadonlyMap<string, ImageFile | undefined>;
  readonly byName: ReadonlyMap<string, ImageFile | undefined>;
}

function indexFiles(files: readonly ImageFile[]): FileIndex {
  const byPath = new Map<string, ImageFile | undefined>();
  const byName = new Map<string, ImageFile | undefined>();
  const add = (index: typeof byPath, name: string, file: ImageFile): void => {
    const key = name.normalize();
    index.set(key, index.has(key) && index.get(key) !== file ? undefined : file);
  };
  for (const file of files) {
    const name = file.image.slice(file.image.lastIndexOf('/') + 1);
    add(byPath, withoutExtension(file.image), file);
    add(byName, name, file);
    add(byName, withoutExtension(name), file);
  }
  // A whole path names one file, whatever else has the same path but for the extension.
  for (const file of files) byPath.set(file.image.normalize(), file);
  return { files, byPath, byName };
}

function withoutExtension(name: string): string {
  return name.replace(/\.[^./]+$/, '');
}

interface Labelled {
  readonly images: readonly LabelledImage[];
  readonly skipped: readonly SkippedImage[];
  readonly withoutFile: readonly string[];
  readonly unlisted: readonly string[];
}

function label(rows: readonly LabelRow[], index: FileIndex): Labelled {
  const images = new Map<string, LabelledImage>();
  const skipped = new Map<string, string>();
  const withoutFile: string[] = [];
  for (const row of rows) {
    const [name = '', className = '', group = ''] = row;
    const id = name.replaceAll('\\', '/').replace(/^\.\//, '').normalize();
    const found = index.byPath.has(id) ? index.byPath : index.byName;
    if (id === '' || !found.has(id)) {
      withoutFile.push(id === '' ? t('(no name)') : id);
      continue;
    }
    const file = found.get(id);
    if (!file) {
      skipped.set(id, t('several images have this name; the row must give the path below the data folder'));
      continue;
    }
    const earlier = images.get(file.image);
    if (className === '') skipped.set(file.image, t('its row has no label'));
    else if (className.length > MAX_LABEL_CHARACTERS)
      skipped.set(file.image, t('its label has more than {0} characters', MAX_LABEL_CHARACTERS));
    else if (earlier && earlier.className !== className) {
      skipped.set(file.image, t('it is labelled both {0} and {1}', earlier.className, className));
    } else if (earlier && (earlier.group ?? '') !== group) {
      skipped.set(
        file.image,
        t('it is in both group {0} and {1}', earlier.group ?? '""', group === '' ? '""' : group),
      );
    } else images.set(file.image, { ...file, className, ...(group === '' ? {} : { group }) });
  }
  for (const image of skipped.keys()) images.delete(image);
  const unlisted = index.files.filter(({ image }) => !images.has(image) && !skipped.has(image));
  return {
    images: [...images.values()],
    skipped: [...skipped].map(([image, reason]) => ({ image, reason })),
    withoutFile,
    unlisted: unlisted.map(({ image }) => image),
  };
}
