/** Pieces of a pickle, joined: text is taken as latin1, so that '\x80\x02' is two bytes. */
export function pickle(...pieces: readonly string[]): Buffer {
  return Buffer.from(pieces.join(''), 'latin1');
}

export function text(value: string): string {
  return `X${uint32(value.length)}${value}`;
}

export function integer(value: number): string {
  return `J${uint32(value)}`;
}

export function uint32(value: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes.toString('latin1');
}

export interface TensorParts {
  readonly key?: string;
  readonly elements?: number;
  readonly offset?: number;
  readonly size: readonly string[];
  readonly stride: readonly string[];
  readonly type?: string;
}

/** The operations by which torch.save writes a tensor of float32. */
export function tensor({
  key = '0',
  elements = 4,
  offset = 0,
  size,
  stride,
  type = 'FloatStorage',
}: TensorParts): string {
  return [
    'ctorch._utils\n_rebuild_tensor_v2\n((',
    text('storage'),
    `ctorch\n${type}\n`,
    text(key),
    text('cpu'),
    integer(elements),
    'tQ',
    integer(offset),
    `(${size.join('')}t(${stride.join('')}t`,
    '\x89ccollections\nOrderedDict\n)RtR',
  ].join('');
}

/** A dict of the given operations by key. */
export function dict(items: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(items).map(([key, value]) => text(key) + value);
  return `}(${pairs.join('')}u`;
}

/** The pickles that come before the object in the form torch.save wrote before 1.6. */
export const legacyStart =
  '\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.' +
  '\x80\x02M\xe9\x03.' +
  `\x80\x02${dict({ protocol_version: 'M\xe9\x03', little_endian: '\x88', type_sizes: '}' })}.`;
