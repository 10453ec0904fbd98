import { ZipFile } from 'yazl';
import { writeFileAtomically } from '../atomicWrite';
import { elementCount, type StateDict, type TensorValue } from './stateDict';

/** What torch itself gives to all files it writes, so that the same weights are the same bytes. */
const TIME = new Date(1980, 0, 1);

/**
 * Writes a state dict as torch.save does, whole or not at all: it opens with `torch.load(file, weights_only=True)`.
 * A zip archive that stores and does not compress, with `archive/data.pkl` (pickle protocol 2) and a file per tensor.
 */
export async function writeTorchCheckpoint(file: string, tensors: StateDict): Promise<void> {
  const zip = new ZipFile();
  const add = (name: string, bytes: Buffer): void =>
    zip.addBuffer(bytes, `archive/${name}`, { compress: false, mtime: TIME });
  add('data.pkl', pickleStateDict(tensors));
  add('byteorder', Buffer.from('little'));
  for (const [index, { data }] of [...tensors.values()].entries()) {
    add(`data/${index}`, Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  }
  add('version', Buffer.from('3\n'));
  zip.end();
  await writeFileAtomically(file, zip.outputStream as AsyncIterable<Buffer>);
}

/** Each tensor has a storage of its own, named by its place in the dict. */
function pickleStateDict(tensors: StateDict): Buffer {
  const items = [...tensors].map(([key, tensor], index) =>
    Buffer.concat([text(key), pickleTensor(tensor, String(index))]),
  );
  return Buffer.concat([PROTOCOL_2, EMPTY_DICT, op('('), ...items, op('u.')]);
}

/** `torch._utils._rebuild_tensor_v2(storage, offset, size, stride, requires_grad, backward_hooks)` */
function pickleTensor({ dtype, shape }: TensorValue, storage: string): Buffer {
  const type = dtype === 'float32' ? 'FloatStorage' : 'LongStorage';
  return Buffer.concat([
    op('ctorch._utils\n_rebuild_tensor_v2\n('),
    tuple(
      text('storage'),
      op(`ctorch\n${type}\n`),
      text(storage),
      text('cpu'),
      integer(elementCount(shape)!),
    ),
    op('Q'),
    integer(0),
    tuple(...shape.map(integer)),
    tuple(...stridesOf(shape).map(integer)),
    op('\x89'),
    EMPTY_DICT,
    op('tR'),
  ]);
}

/** Row-major, in elements. */
function stridesOf(shape: readonly number[]): readonly number[] {
  return shape.map((_, axis) => elementCount(shape.slice(axis + 1))!);
}

const PROTOCOL_2 = op('\x80\x02');
const EMPTY_DICT = op('ccollections\nOrderedDict\n)R');

function op(codes: string): Buffer {
  return Buffer.from(codes, 'latin1');
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([op('X'), int32(bytes.length), bytes]);
}

function integer(value: number): Buffer {
  return Buffer.concat([op('J'), int32(value)]);
}

function tuple(...items: readonly Buffer[]): Buffer {
  return Buffer.concat([op('('), ...items, op('t')]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}
