import type { Random } from '../../src/core/random';

/** A value of a JSON document, or text that is written into it as it is: `1e999`, a key a second time, half a string. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json } | Raw;

export class Raw {
  constructor(readonly text: string) {}
}

/** Lengths and numbers at which readers tend to break. */
const NUMBERS = [
  ...[0, -0, 1, -1, 2, 63, 64, 255, 256, 65535, 65536, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32],
  ...[2 ** 53 - 1, 2 ** 53, 2 ** 63, 1e100, -1e308, 5e-324, 0.5, 1.5],
];

/** Names that mean something to the program, to a terminal, to a file system or to HTML. */
const TEXTS = [
  ...['', '0', '-1', '__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '__metadata__'],
  ...[
    '..',
    '../../etc/passwd',
    '/etc/passwd',
    '\\\\host\\share',
    'C:\\Windows',
    'a/b',
    '.',
    '\0',
    'con',
    'a\0b',
  ],
  ...['\u001b[2J', '\u009b31m', '\u202egpj', '\r\n', '\u2028', '\ud800', '\ufeff', 'é', 'e\u0301', '👍'],
  ...['<img src=x onerror=alert(1)>', '[a](command:x)', '$(flame)', '=1+1', '`', '${x}', '%s', '"', "'", ','],
  ...['x'.repeat(300), 'x'.repeat(70_000), 'sgd', 'imagenet', 'none', 'resnet18', 'NaN', 'Infinity'],
];

const RAW = [
  '1e999',
  '-1e999',
  'NaN',
  'undefined',
  '01',
  '"',
  '"\\u12"',
  '[',
  '{',
  '}',
  ',',
  '/*',
  '//',
  '\t',
];

export function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[random.integer(items.length)]!;
}

/** A few random changes of a document's values, names and structure. `names`: fields that the format knows. */
export function mutateJson(value: Json, random: Random, names: readonly string[]): Json {
  let mutated = value;
  for (let i = random.integer(2) * random.integer(4); i >= 0; i--)
    mutated = mutateOnce(mutated, random, names);
  return mutated;
}

function mutateOnce(value: Json, random: Random, names: readonly string[]): Json {
  const isNested = typeof value === 'object' && value !== null && !(value instanceof Raw);
  if (isNested && random.uniform() < 0.75) {
    if (Array.isArray(value)) return mutateList(value, random, names);
    return mutateObject(value, random, names);
  }
  return strangeValue(value, random, names);
}

function mutateList(list: readonly Json[], random: Random, names: readonly string[]): Json {
  const copy = [...list];
  const at = random.integer(Math.max(1, copy.length));
  switch (random.integer(5)) {
    case 0:
      copy.splice(at, 1);
      return copy;
    case 1:
      copy.splice(at, 0, strangeValue(null, random, names));
      return copy;
    case 2:
      return Array.from({ length: pick(random, [2, 100, 2000]) }, (_, i) => copy[i % copy.length] ?? null);
    default:
      if (copy.length > 0) copy[at] = mutateOnce(copy[at]!, random, names);
      return copy;
  }
}

function mutateObject(
  object: { readonly [key: string]: Json },
  random: Random,
  names: readonly string[],
): Json {
  const entries = Object.entries(object);
  const at = random.integer(Math.max(1, entries.length));
  const name = random.integer(2) === 0 ? pick(random, names) : pick(random, TEXTS);
  switch (random.integer(6)) {
    case 0:
      entries.splice(at, 1);
      break;
    case 1:
      entries.push([name, strangeValue(null, random, names)]);
      break;
    case 2:
      if (entries[at]) entries[at] = [name, entries[at][1]];
      break;
    case 3:
      // The same key twice: only text can say it.
      if (entries[at]) return new Raw(writeObject([...entries, entries[at]]));
      break;
    default:
      if (entries[at]) entries[at] = [entries[at][0], mutateOnce(entries[at][1], random, names)];
  }
  // An object would make a prototype of `__proto__`.
  return entries.some(([key]) => key === '__proto__')
    ? new Raw(writeObject(entries))
    : Object.fromEntries(entries);
}

function strangeValue(value: Json, random: Random, names: readonly string[]): Json {
  switch (random.integer(9)) {
    case 0:
      return null;
    case 1:
      return random.integer(2) === 0;
    case 2:
    case 3:
      return pick(random, NUMBERS);
    case 4:
      return typeof value === 'number' ? value + pick(random, [-1, 1, 0.5, 1e16]) : pick(random, NUMBERS);
    case 5:
      return pick(random, TEXTS);
    case 6:
      return { [pick(random, names)]: pick(random, NUMBERS), constructor: { polluted: true } };
    case 7:
      return new Raw(`${'['.repeat(pick(random, [2, 40, 5000]))}`);
    default:
      return new Raw(pick(random, RAW));
  }
}

/** The text of a document; raw parts as they are. */
export function writeJson(value: Json): string {
  if (value instanceof Raw) return value.text;
  if (Array.isArray(value)) return `[${value.map(writeJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) return writeObject(Object.entries(value));
  return JSON.stringify(value);
}

function writeObject(entries: readonly (readonly [string, Json])[]): string {
  return `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${writeJson(value)}`).join(',')}}`;
}

/** Changes of a text that know nothing of its structure. `words`: what its format is made of. */
export function mutateText(text: string, random: Random, words: readonly string[]): string {
  const at = random.integer(text.length + 1);
  const end = Math.min(text.length, at + random.integer(30));
  switch (random.integer(6)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(0, at) + text.slice(end);
    case 2:
      return text.slice(0, at) + text.slice(at, end).repeat(pick(random, [2, 50, 3000])) + text.slice(end);
    case 3:
      return text.slice(0, at) + pick(random, TEXTS) + text.slice(end);
    default:
      return text.slice(0, at) + pick(random, words) + text.slice(end);
  }
}

/** Changes of bytes that know nothing of their structure. */
export function mutateBytes(source: Uint8Array, random: Random): Buffer {
  const bytes = Buffer.from(source);
  const anywhere = (): number => random.integer(bytes.length);
  if (bytes.length === 0) return Buffer.from([random.integer(256)]);
  switch (random.integer(6)) {
    case 0:
      return bytes.subarray(0, anywhere());
    case 1:
      for (let i = random.integer(8); i >= 0; i--) bytes[anywhere()] = random.integer(256);
      return bytes;
    case 2:
      // The start, where headers are.
      for (let i = random.integer(4); i >= 0; i--)
        bytes[random.integer(Math.min(bytes.length, 100))] = pick(random, [0, 1, 0x7f, 0x80, 0xff]);
      return bytes;
    case 3: {
      const length = pick(random, [1, 2, 4, 8]);
      const number = Buffer.alloc(8);
      number.writeBigInt64LE(BigInt(pick(random, [0, -1, 1, 2 ** 31 - 1, 2 ** 32, 2 ** 53 - 1])));
      const at = anywhere();
      number.copy(bytes, at, 0, Math.min(length, bytes.length - at));
      return bytes;
    }
    case 4: {
      const [from, to] = [anywhere(), anywhere()];
      bytes.copyWithin(to, from, from + random.integer(64));
      return bytes;
    }
    default:
      return Buffer.concat([bytes, bytes.subarray(anywhere())]);
  }
}
