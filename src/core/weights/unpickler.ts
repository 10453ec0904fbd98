import { t } from '../../protocol/language';
import { printableName } from '../../protocol/printable';
import { PickleError, PickleReader } from './pickleReader';
import { Constructor, Opaque, Tuple, type PickleValue } from './pickleValue';
import { torchGlobals } from './torchGlobals';

const MAX_OPERATIONS = 5_000_000;
const MAX_STACK = 1_000_000;
const MAX_MEMO = 1_000_000;
const MAX_INTEGER_BYTES = 128;
const NEWEST_PROTOCOL = 5;

export interface Unpickled {
  readonly value: PickleValue;
  /** Where the byte after the pickle is. */
  readonly end: number;
}

/**
 * Reads one pickle, protocols 0 to 5, without running anything: only the globals of `torchGlobals` are known, any other
 * is refused by name as soon as it is met. `loadPersistent` gives the value of a persistent id. Throws PickleError.
 */
export function unpickle(
  bytes: Uint8Array,
  start = 0,
  loadPersistent: (id: PickleValue) => PickleValue = refusePersistent,
): Unpickled {
  return new Unpickler(new PickleReader(bytes, start), loadPersistent).run();
}

function refusePersistent(): never {
  throw new PickleError(t('its pickle refers to a storage where none can be'));
}

class Unpickler {
  private readonly stack: PickleValue[] = [];
  private readonly marks: number[] = [];
  private readonly memo = new Map<number, PickleValue>();
  private operations = 0;

  constructor(
    private readonly reader: PickleReader,
    private readonly loadPersistent: (id: PickleValue) => PickleValue,
  ) {}

  run(): Unpickled {
    for (;;) {
      this.spend(1);
      const code = String.fromCharCode(this.reader.uint8());
      if (code === '.') return { value: this.pop(), end: this.reader.position };
      if (!this.pushPlain(code) && !this.collect(code)) this.build(code);
      if (this.stack.length > MAX_STACK) throw new PickleError(t('its pickle nests too much'));
    }
  }

  /** Opcodes that push a number, a text or another value without parts. */
  private pushPlain(code: string): boolean {
    const { reader } = this;
    switch (code) {
      case 'N':
        return this.push(null);
      case '\x88':
        return this.push(true);
      case '\x89':
        return this.push(false);
      case 'I':
        return this.push(integerLine(reader.line()));
      case 'L':
        return this.push(integerLine(reader.line().replace(/L$/, '')));
      case 'J':
        return this.push(reader.int32());
      case 'K':
        return this.push(reader.uint8());
      case 'M':
        return this.push(reader.uint16());
      case '\x8a':
        return this.push(this.longInteger(reader.uint8()));
      case '\x8b':
        return this.push(this.longInteger(reader.uint32()));
      case 'F':
        return this.push(Number(reader.line()));
      case 'G':
        return this.push(reader.float64());
      case 'S':
        return this.push(quotedLine(reader.line()));
      case 'V':
        return this.push(reader.line());
      case 'T':
      case 'X':
        return this.push(reader.utf8(reader.uint32()));
      case 'U':
      case '\x8c':
        return this.push(reader.utf8(reader.uint8()));
      case '\x8d':
        return this.push(reader.utf8(reader.uint64()));
      case 'B':
        return this.pushOpaque(reader.uint32());
      case 'C':
        return this.pushOpaque(reader.uint8());
      case '\x8e':
      case '\x96':
        return this.pushOpaque(reader.uint64());
      default:
        return false;
    }
  }

  /** Opcodes of tuples, lists, dicts and sets. */
  private collect(code: string): boolean {
    switch (code) {
      case '(':
        this.marks.push(this.stack.length);
        if (this.marks.length > MAX_STACK) throw new PickleError(t('its pickle nests too much'));
        return true;
      case ')':
        return this.push(new Tuple([]));
      case '\x85':
      case '\x86':
      case '\x87':
        return this.push(new Tuple(this.popMany(code.charCodeAt(0) - 0x84)));
      case 't':
        return this.push(new Tuple(this.popToMark()));
      case ']':
        return this.push([]);
      case 'l':
        return this.push(this.popToMark());
      case 'a':
        return this.extendList(this.popMany(1));
      case 'e':
        return this.extendList(this.popToMark());
      case '}':
        return this.push(new Map());
      case 'd': {
        const items = this.popToMark();
        this.push(new Map());
        return this.setItems(items);
      }
      case 's':
        return this.setItems(this.popMany(2));
      case 'u':
        return this.setItems(this.popToMark());
      case '\x8f':
        return this.push(new Opaque());
      case '\x90':
        this.popToMark();
        return this.top() instanceof Opaque || malformed();
      case '\x91':
        this.popToMark();
        return this.push(new Opaque());
      default:
        return false;
    }
  }

  /** Opcodes of the memo, of globals and objects, and of pickle itself. */
  private build(code: string): boolean {
    const { reader } = this;
    switch (code) {
      case '\x80': {
        const protocol = reader.uint8();
        return protocol <= NEWEST_PROTOCOL || malformed(t('its pickle is of protocol {0}', protocol));
      }
      case '\x95':
        return reader.uint64() >= 0;
      case '0':
        this.popMany(1);
        return true;
      case '1':
        this.popToMark();
        return true;
      case '2':
        return this.push(this.top());
      case 'p':
        return this.remember(Number(integerLine(reader.line())));
      case 'q':
        return this.remember(reader.uint8());
      case 'r':
        return this.remember(reader.uint32());
      case '\x94':
        return this.remember(this.memo.size);
      case 'g':
        return this.push(this.recall(Number(integerLine(reader.line()))));
      case 'h':
        return this.push(this.recall(reader.uint8()));
      case 'j':
        return this.push(this.recall(reader.uint32()));
      case 'c':
      case 'i': {
        const module = reader.line();
        const global = findGlobal(module, reader.line());
        return code === 'c' ? this.push(global) : malformed();
      }
      case '\x93': {
        const [module, name] = this.popMany(2);
        if (typeof module !== 'string' || typeof name !== 'string') return malformed();
        return this.push(findGlobal(module, name));
      }
      case 'R':
      case '\x81': {
        const [callee, args] = this.popMany(2);
        if (!(callee instanceof Constructor) || !(args instanceof Tuple)) return malformed();
        return this.push(callee.call(args.items, work => this.spend(work)));
      }
      case 'b': {
        // The attributes of an OrderedDict, such as a state dict's _metadata: of no use here.
        this.popMany(1);
        return (
          this.top() instanceof Map || malformed(t('its pickle sets attributes of something not a dict'))
        );
      }
      case 'Q':
        return this.push(this.loadPersistent(this.pop()));
      default:
        return malformed(
          t('its pickle has the operation 0x{0}, which torch never writes', code.charCodeAt(0).toString(16)),
        );
    }
  }

  private spend(work: number): void {
    this.operations += work;
    if (this.operations > MAX_OPERATIONS) {
      throw new PickleError(t('its pickle takes more than {0} operations', MAX_OPERATIONS));
    }
  }

  private push(value: PickleValue): true {
    this.stack.push(value);
    return true;
  }

  private pushOpaque(bytes: number): true {
    this.reader.take(bytes);
    return this.push(new Opaque());
  }

  private top(): PickleValue {
    const value = this.stack.length > (this.marks.at(-1) ?? 0) ? this.stack.at(-1) : undefined;
    return value === undefined ? malformed() : value;
  }

  private pop(): PickleValue {
    return this.popMany(1)[0]!;
  }

  private popMany(count: number): PickleValue[] {
    const start = this.stack.length - count;
    if (start < (this.marks.at(-1) ?? 0)) malformed();
    return this.stack.splice(start);
  }

  private popToMark(): PickleValue[] {
    const mark = this.marks.pop();
    return mark === undefined ? malformed() : this.stack.splice(mark);
  }

  private extendList(items: readonly PickleValue[]): true {
    const list = this.top();
    if (!Array.isArray(list)) return malformed();
    for (const item of items) list.push(item);
    return true;
  }

  private setItems(items: readonly PickleValue[]): true {
    const dict = this.top();
    if (!(dict instanceof Map) || items.length % 2 !== 0) return malformed();
    for (let i = 0; i < items.length; i += 2) dict.set(items[i]!, items[i + 1]!);
    return true;
  }

  private remember(index: number): true {
    if (this.memo.size >= MAX_MEMO)
      throw new PickleError(t('its pickle remembers more than {0} values', MAX_MEMO));
    this.memo.set(index, this.top());
    return true;
  }

  private recall(index: number): PickleValue {
    const value = this.memo.get(index);
    return value === undefined ? malformed() : value;
  }

  /** Little-endian two's complement. */
  private longInteger(bytes: number): number | bigint {
    if (bytes > MAX_INTEGER_BYTES) throw new PickleError(t('its pickle has an integer of {0} bytes', bytes));
    const hex = Buffer.from(this.reader.take(bytes)).reverse().toString('hex');
    return narrow(BigInt.asIntN(bytes * 8, BigInt(hex === '' ? 0 : `0x${hex}`)));
  }
}

function malformed(what = t('its pickle is malformed')): never {
  throw new PickleError(what);
}

function findGlobal(module: string, name: string): PickleValue {
  const full = `${module}.${name}`;
  const value = torchGlobals.get(full);
  if (value !== undefined) return value;
  const shown = printableName(JSON.stringify(full).slice(1, -1));
  const model = /^(torch\.nn|torchvision\.models|timm)\.|^__main__\./.test(full);
  throw new PickleError(
    model
      ? t(
          'it holds a whole pickled model (it asks for {0}), not a state dict; nothing was run. Save the weights alone: torch.save(model.state_dict(), "weights.pth")',
          shown,
        )
      : t(
          'its pickle asks for {0}, which no state dict needs; nothing was run. Save the weights alone with torch.save(model.state_dict(), "weights.pth"), and use no file from a source you do not trust',
          shown,
        ),
  );
}

function integerLine(line: string): number | bigint | boolean {
  if (line === '00') return false;
  if (line === '01') return true;
  if (line.length > MAX_INTEGER_BYTES || !/^[+-]?\d+$/.test(line)) return malformed();
  return narrow(BigInt(line.replace('+', '')));
}

function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Python's repr of a string; torch's own keys need no escapes. */
function quotedLine(line: string): string {
  const quoted = /^(['"])(.*)\1$/s.exec(line.trim());
  return quoted ? quoted[2]!.replace(/\\(['"\\])/g, '$1') : malformed();
}
