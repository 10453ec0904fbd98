import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { t } from '../../protocol/language';
import { someOf } from '../../protocol/someOf';
import { UserError } from '../userError';
import { alphabetical, counted } from './alphabetical';

/** Where the corrections of a data folder are, unless a recipe names another file. */
export const CORRECTIONS_FILE = 'corrections.csv';

/** An image file and its name. */
export interface ImageFile {
  /** Absolute path. */
  readonly file: string;
  /** The path below the data folder, with forward slashes. */
  readonly image: string;
}

export interface FolderContent {
  readonly folders: readonly string[];
  readonly files: readonly string[];
  readonly hidden: readonly string[];
  readonly broken: readonly string[];
}

/** Collects what was left out on the way, to say it once. */
export class LeftOut {
  private readonly hidden: string[] = [];
  private readonly odd = new Map<string, string[]>();
  private readonly broken: string[] = [];
  private readonly loose: string[] = [];

  /** `expected` are files that are no images and need no note. */
  constructor(private readonly expected: readonly string[] = []) {}

  addHidden(path: string): void {
    // What operating systems scatter about is nobody's concern.
    if (!/(^|\/)(\.DS_Store|\._.*|Thumbs\.db|desktop\.ini)$/i.test(path)) this.hidden.push(path);
  }

  /** A file between the class folders. */
  addOutside(path: string): void {
    if (isImageName(path)) this.loose.push(path);
    else this.addFile(path);
  }

  addFile(path: string): void {
    if (this.expected.includes(path)) return;
    const kind = /\.[^./]+$/.exec(path)?.[0].toLowerCase() ?? '';
    const paths = this.odd.get(kind);
    if (paths) paths.push(path);
    else this.odd.set(kind, [path]);
  }

  addBroken(path: string): void {
    this.broken.push(path);
  }

  notes(): string[] {
    const notes = [...this.odd]
      .sort(([a], [b]) => alphabetical(a, b))
      .map(([kind, paths]) => oddNote(kind, paths));
    if (this.hidden.length > 0)
      notes.unshift(t('Hidden files and folders are left out: {0}', someOf(this.hidden)));
    if (this.loose.length > 0) {
      const images = counted(this.loose.length, 'image');
      notes.push(t('{0} outside the class folders left out: {1}', images, someOf(this.loose)));
    }
    if (this.broken.length > 0)
      notes.push(t('Links that lead nowhere are left out: {0}', someOf(this.broken)));
    return notes;
  }
}

const IMAGE = /\.(jpe?g|png|webp|gif|tiff?|avif)$/i;
const UNREAD_PHOTO = /\.(bmp|heic|heif|jp2|jxl|ppm|pgm|psd|raw|cr2|nef|dng)$/i;
const MAX_DEPTH = 64;

/** Whether a file's name says that it is an image this can read. */
export function isImageName(name: string): boolean {
  return IMAGE.test(name);
}

/** Lists a folder, links followed, names in alphabetical order. Throws a UserError if it cannot be read. */
export async function listFolder(folder: string): Promise<FolderContent> {
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    throw new UserError(t('The folder {0} cannot be read: {1}', folder, describe(error)));
  }
  const content = {
    folders: [] as string[],
    files: [] as string[],
    hidden: [] as string[],
    broken: [] as string[],
  };
  for (const entry of entries.sort((a, b) => alphabetical(a.name, b.name))) {
    if (isHidden(entry.name)) content.hidden.push(entry.name);
    else content[await kindOf(folder, entry)].push(entry.name);
  }
  return content;
}

/** Every image below a folder, at any depth, in alphabetical order; each folder is entered once, so that loops of links end. */
export async function* imagesBelow(
  folder: string,
  name: string,
  leftOut: LeftOut,
  signal: AbortSignal,
): AsyncGenerator<ImageFile, void, void> {
  yield* walk(folder, name, leftOut, signal, new Set(), 0);
}

async function* walk(
  folder: string,
  name: string,
  leftOut: LeftOut,
  signal: AbortSignal,
  visited: Set<string>,
  depth: number,
): AsyncGenerator<ImageFile, void, void> {
  signal.throwIfAborted();
  const real = await realpath(folder);
  if (visited.has(real) || depth > MAX_DEPTH) return;
  visited.add(real);
  const below = (child: string): string => (name === '' ? child : `${name}/${child}`);
  const content = await listFolder(folder);
  content.hidden.forEach(child => leftOut.addHidden(below(child)));
  content.broken.forEach(child => leftOut.addBroken(below(child)));
  for (const file of content.files) {
    if (isImageName(file)) yield { file: join(folder, file), image: below(file) };
    else leftOut.addFile(below(file));
  }
  for (const child of content.folders) {
    yield* walk(join(folder, child), below(child), leftOut, signal, visited, depth + 1);
  }
}

function isHidden(name: string): boolean {
  return name.startsWith('.') || name === '__MACOSX' || /^(thumbs\.db|desktop\.ini)$/i.test(name);
}

async function kindOf(folder: string, entry: Dirent): Promise<'folders' | 'files' | 'broken'> {
  if (entry.isDirectory()) return 'folders';
  if (entry.isFile()) return 'files';
  try {
    const target = await stat(join(folder, entry.name));
    return target.isDirectory() ? 'folders' : target.isFile() ? 'files' : 'broken';
  } catch {
    return 'broken';
  }
}

function oddNote(kind: string, paths: readonly string[]): string {
  const files = t('{0} left out ({1})', counted(paths.length, 'file'), someOf(paths));
  if (UNREAD_PHOTO.test(kind))
    return t('{0} images cannot be read, convert them to .png or .jpg: {1}', kind, files);
  return kind === ''
    ? t('Files without an extension are no images: {0}', files)
    : t('{0} files are no images: {1}', kind, files);
}

function describe(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return t('there is no such folder');
  if (code === 'ENOTDIR') return t('it is not a folder');
  if (code === 'EACCES' || code === 'EPERM') return t('its permissions do not allow it');
  return error instanceof Error ? error.message : String(error);
}
