import { randomBytes } from 'node:crypto';
import { access, mkdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { t } from '../../protocol/language';
import type { ExportCheck, ExportedModel, ExportFormat, ExportRequest } from '../../protocol/taskMessages';
import { asWriteError, writeFileAtomically } from '../atomicWrite';
import { plainName } from '../plainName';
import type { Work } from '../progress';
import { replaceWith } from '../replaceWith';
import { readRunSettings } from '../run/runFolder';
import { readTrainedWeights } from '../training/trainedWeights';
import { UserError } from '../userError';
import { compareWithRun } from './compareWithRun';
import { exportDetails } from './exportDetails';
import { exportFormats, filesOfExport, placesOfExport, suitsFormat } from './exportFormats';
import type { ExportWriter } from './exportWriter';

/** The name, with its extension, that an export of a run gets unless another is asked for. */
export async function exportedName(run: string, format: ExportFormat): Promise<string> {
  const { recipe } = await readRunSettings(run);
  return `${plainName(String(recipe.name))}.${exportFormats[format].extension}`;
}

/**
 * Exports the best epoch of a run, with a program that shows its use. The files are made in a folder beside where they
 * go, read back and compared with what the run recorded of its test pictures, and only then put into place.
 */
export async function* exportRun(request: ExportRequest, signal: AbortSignal): Work<ExportedModel> {
  const { run, format, force } = request;
  const file = resolve(request.file);
  if (!suitsFormat(file, format)) {
    throw new UserError(
      t('{0} should end in .{1}, or choose another format.', file, exportFormats[format].extension),
    );
  }
  const places = placesOfExport(file, format);
  await requirePlace(places, format, force);
  yield { task: t('Reading the run'), done: 0, total: 3, unit: 'steps' };
  const trained = await readTrainedWeights(run);
  const details = exportDetails(trained);
  const writer = await writerOf(format);
  const staging = await makeStaging(file);
  try {
    signal.throwIfAborted();
    yield { task: t('Writing'), done: 1, total: 3, unit: 'steps' };
    const [staged, ...companions] = filesOfExport(join(staging, basename(file)), format);
    await writer.write(staged!, trained, details);
    for (const [index, ending] of exportFormats[format].companions.entries())
      await writeFileAtomically(companions[index]!, writer.companion(ending, details));
    signal.throwIfAborted();
    yield { task: t('Reading back'), done: 2, total: 3, unit: 'steps' };
    const model = await writer.open(staged!, trained);
    const check = yield* checked(model, run, signal);
    signal.throwIfAborted();
    await requirePlace(places, format, force);
    for (const path of places) await replaceWith(join(staging, basename(path)), path);
    return { files: filesOfExport(file, format), check };
  } catch (error) {
    throw asWriteError(error, file);
  } finally {
    await rm(staging, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function* checked(
  model: Parameters<typeof compareWithRun>[0],
  run: string,
  signal: AbortSignal,
): Work<ExportCheck> {
  try {
    return yield* compareWithRun(model, run, signal);
  } finally {
    model.dispose();
  }
}

/** Throws a UserError where something would be overwritten unasked, or the folder is not there. */
async function requirePlace(places: readonly string[], format: ExportFormat, force: boolean): Promise<void> {
  const folder = dirname(places[0]!);
  if (!(await stat(folder).catch(() => undefined))?.isDirectory())
    throw new UserError(t('There is no folder {0}; create it first, or export to another place.', folder));
  const { mainFile } = exportFormats[format];
  for (const file of places) {
    const found = await stat(file).catch(() => undefined);
    if (found && mainFile === undefined && !found.isFile())
      throw new UserError(t('{0} is there and is no file; export to another name.', file));
    if (found && mainFile !== undefined && !(await isExportedFolder(file, mainFile)))
      throw new UserError(
        t('{0} is there and is no folder that was exported; export to another name.', file),
      );
    const isThere =
      found !== undefined ||
      (await access(file).then(
        () => true,
        () => false,
      ));
    if (isThere && !force)
      throw new UserError(
        t('{0} is there already; choose another name with --out, or replace it with --force.', file),
      );
  }
}

/** Whether it is a folder of that format: any other may hold what nobody wants to lose. */
async function isExportedFolder(folder: string, mainFile: string): Promise<boolean> {
  return stat(join(folder, mainFile)).then(
    main => main.isFile(),
    () => false,
  );
}

async function makeStaging(file: string): Promise<string> {
  const staging = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    await mkdir(staging);
    return staging;
  } catch (error) {
    throw asWriteError(error, file);
  }
}

/** Loads what a format needs. */
async function writerOf(format: ExportFormat): Promise<ExportWriter> {
  switch (format) {
    case 'safetensors':
      return (await import('./weightsWriters')).safetensorsWriter;
    case 'pth':
      return (await import('./weightsWriters')).pthWriter;
    case 'onnx':
      return (await import('./onnxWriter')).onnxWriter;
    case 'tfjs':
      return (await import('./tensorflowWriters')).tfjsWriter;
    case 'savedmodel':
      return (await import('./tensorflowWriters')).savedModelWriter;
  }
}
