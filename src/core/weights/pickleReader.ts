import { t } from '../../protocol/language';

/** What is wrong with a pickle, as the rest of a sentence about its file. */
export class PickleError extends Error {}

/** The bytes end before the pickle does. */
export class PickleEndedEarly extends PickleError {
  constructor() {
    super(t('its pickle ends too early: the file is truncated or damaged'));
  }
}

const MAX_LINE_BYTES = 2 ** 16;

/** Reads the arguments of pickle's opcodes, never past the end. */
export class PickleReader {
  private readonly view: DataView;

  constructor(
    private readonly bytes: Uint8Array,
    /** Where the next byte is. */
    public position = 0,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  take(length: number): Uint8Array {
    return this.bytes.subarray(this.advance(length), this.position);
  }

  utf8(length: number): string {
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(this.take(length));
  }

  /** The text up to the next newline, without it. */
  line(): string {
    const window = this.bytes.subarray(this.position, this.position + MAX_LINE_BYTES);
    const length = window.indexOf(0x0a);
    if (length < 0 && window.length < MAX_LINE_BYTES) throw new PickleEndedEarly();
    if (length < 0) throw new PickleError(t('its pickle has a line of more than {0} bytes', MAX_LINE_BYTES));
    const text = this.utf8(length);
    this.position++;
    return text;
  }

  uint8(): number {
    return this.view.getUint8(this.advance(1));
  }

  uint16(): number {
    return this.view.getUint16(this.advance(2), true);
  }

  int32(): number {
    return this.view.getInt32(this.advance(4), true);
  }

  uint32(): number {
    return this.view.getUint32(this.advance(4), true);
  }

  /** A length of eight bytes. */
  uint64(): number {
    const value = this.view.getBigUint64(this.advance(8), true);
    if (value > Number.MAX_SAFE_INTEGER) throw new PickleError(t('its pickle has a length that no file has'));
    return Number(value);
  }

  /** Big-endian, unlike all else in a pickle. */
  float64(): number {
    return this.view.getFloat64(this.advance(8), false);
  }

  private advance(length: number): number {
    const start = this.position;
    if (length > this.bytes.length - start) throw new PickleEndedEarly();
    this.position += length;
    return start;
  }
}
