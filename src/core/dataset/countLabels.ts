import { basename } from 'node:path';
import { CsvError, parse } from 'csv-parse';
import { t } from '../../protocol/language';
import { openRegularFile } from '../regularFile';
import { UserError } from '../userError';
import { alphabetical } from './alphabetical';

/** Largest file of labels, in bytes. */
export const MAX_LABELS_BYTES = 2 ** 28;
/** Longest row of one, in characters. */
export const MAX_ROW_CHARACTERS = 2 ** 20;
const MAX_HEADER_BYTES = 2 ** 16;
/** Most labels that are told apart. */
const MAX_LABELS = 100_000;
/** Bytes parsed at a time: a few milliseconds. */
const CHUNK = 64 * 1024;

/** The names of a labels file's columns. Throws a UserError when it cannot be read. */
export async function labelColumns(file: string): Promise<readonly string[]> {
  const text = await beginning(file);
  const delimiter = delimiterOf(text);
  const options = { bom: true, delimiter, to_line: 1, relax_column_count: true, trim: true };
  try {
    for await (const row of parse(text, options)) return row as string[];
    return [];
  } catch (error) {
    throw asUserError(error, file);
  }
}

function asUserError(error: unknown, file: string): unknown {
  if (!(error instanceof CsvError)) return error;
  return new UserError(t('{0} is not a CSV file: {1}', basename(file), error.message));
}

/**
 * Counts the rows of each label, in alphabetical order, without looking for the images. Yields to other work as it
 * reads. Throws a UserError when the file cannot be read or has no such column.
 */
export async function countLabels(
  file: string,
  column: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const columns = await labelColumns(file);
  const index = columns.indexOf(column);
  if (index < 0) throw new UserError(t('{0} has no column {1}', basename(file), JSON.stringify(column)));
  const parser = parse({
    bom: true,
    delimiter: delimiterOf(await beginning(file)),
    from_line: 2,
    max_record_size: MAX_ROW_CHARACTERS,
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
  });
  const handle = await openLabels(file);
  const source = handle.createReadStream({
    highWaterMark: CHUNK,
    end: MAX_LABELS_BYTES - 1,
    autoClose: false,
    signal,
  });
  source.once('error', error => parser.destroy(error));
  const counts = new Map<string, number>();
  try {
    for await (const row of source.pipe(parser)) {
      const label = (row as string[])[index] ?? '';
      if (label !== '') counts.set(label, (counts.get(label) ?? 0) + 1);
      if (counts.size > MAX_LABELS) {
        throw new UserError(
          t(
            '{0} has more than {1} labels in its column {2}',
            basename(file),
            MAX_LABELS,
            JSON.stringify(column),
          ),
        );
      }
    }
  } catch (error) {
    signal.throwIfAborted();
    throw asUserError(error, file);
  } finally {
    source.destroy();
    await handle.close();
  }
  return new Map([...counts].sort(([a], [b]) => alphabetical(a, b)));
}

async function beginning(file: string): Promise<string> {
  const handle = await openLabels(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAX_HEADER_BYTES), 0, MAX_HEADER_BYTES, 0);
    return buffer.toString('utf8', 0, bytesRead).replace(/[\r\n][^]*$/, '');
  } finally {
    await handle.close();
  }
}

async function openLabels(file: string): ReturnType<typeof openRegularFile> {
  return openRegularFile(file, MAX_LABELS_BYTES).catch((error: unknown) => {
    if (error instanceof UserError) throw error;
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw new UserError(
      t('{0} cannot be read: {1}', file, missing ? t('there is no such file') : String(error)),
    );
  });
}

function delimiterOf(header: string): string {
  const unquoted = header.replace(/"[^"]*"/g, '');
  const count = (delimiter: string): number => unquoted.split(delimiter).length;
  return [',', ';', '\t'].reduce((best, next) => (count(next) > count(best) ? next : best));
}
