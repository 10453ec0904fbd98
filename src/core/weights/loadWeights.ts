import { t } from '../../protocol/language';
import { UserError } from '../userError';
import { RandomAccessFile } from './randomAccessFile';
import { readSafetensorsFrom, type LoadedWeights } from './safetensors';
import { MAX_HEADER_BYTES } from './safetensorsHeader';
import type { StateDict, TensorValue } from './stateDict';
import { readTorchCheckpoint } from './torchCheckpoint';

/** What wrappers of a model put before every key: DataParallel, torch.compile. */
const WRAPPER_PREFIXES = ['module.', '_orig_mod.'];

/**
 * Reads a `.safetensors`, `.pth` or `.pt` file, told apart by content. Keys that all begin with `module.` (DataParallel)
 * or `_orig_mod.` (torch.compile) lose that. A file that is missing, damaged, hostile or something else is a UserError.
 */
export async function loadWeights(file: string): Promise<LoadedWeights> {
  const opened = await RandomAccessFile.open(file);
  try {
    const { tensors, metadata } = await readByContent(opened);
    return { tensors: withoutWrapperPrefix(tensors), metadata };
  } finally {
    await opened.close();
  }
}

async function readByContent(file: RandomAccessFile): Promise<LoadedWeights> {
  const start = Buffer.from(await file.read(0, Math.min(file.size, 64)));
  if (start.toString('latin1', 0, 2) === 'PK') {
    return { tensors: await readTorchCheckpoint(file, 'zip'), metadata: {} };
  }
  const isSafetensors = start.length > 8 && start[8] === 0x7b && start.readBigUInt64LE() <= MAX_HEADER_BYTES;
  if (isSafetensors || file.path.toLowerCase().endsWith('.safetensors')) return readSafetensorsFrom(file);
  if (start[0] === 0x80) return { tensors: await readTorchCheckpoint(file, 'legacy'), metadata: {} };
  throw new UserError(t('{0} is no file of weights: {1}.', file.path, whatItIs(start)));
}

function whatItIs(start: Buffer): string {
  const text = start.toString('latin1').trimStart().toLowerCase();
  if (text.startsWith('<'))
    return t('it is a web page, perhaps an error page saved in place of the download');
  if (text.startsWith('version https://git-lfs')) return t('it is a Git LFS pointer; run git lfs pull');
  return t('it is neither safetensors nor what torch.save writes');
}

function withoutWrapperPrefix(tensors: StateDict): StateDict {
  for (const prefix of WRAPPER_PREFIXES) {
    if (![...tensors.keys()].every(key => key.startsWith(prefix))) continue;
    const pairs = [...tensors].map(([key, tensor]): [string, TensorValue] => [
      key.slice(prefix.length),
      tensor,
    ]);
    tensors = new Map(pairs);
  }
  return tensors;
}
