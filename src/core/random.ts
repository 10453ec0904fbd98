/**
 * Seeded random numbers: sfc32 (Chris Doty-Humphrey's Small Fast Counting generator, 32-bit form).
 * Streams are named by their keys, so that the numbers of epoch 7 do not depend on how many were drawn before it:
 * `new Random(seed, 'shuffle', epoch)`.
 */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;
  private spareNormal: number | undefined;

  constructor(...keys: readonly (number | string)[]) {
    const hash = hashKeys(keys);
    [this.a, this.b, this.c] = [hash(), hash(), hash()];
    for (let i = 0; i < 12; i++) this.nextUint32();
  }

  /** An integer in [0, 2^32). */
  nextUint32(): number {
    const sum = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** Goes on as if so many integers had been taken. */
  skip(count: number): this {
    for (let i = 0; i < count; i++) this.nextUint32();
    return this;
  }

  /** A number in [low, high). */
  uniform(low = 0, high = 1): number {
    return low + (high - low) * (this.nextUint32() / 2 ** 32);
  }

  /** An integer in [0, end). */
  integer(end: number): number {
    return Math.floor(this.uniform(0, end));
  }

  /** A sample of the normal distribution, by Marsaglia's polar method. */
  normal(mean = 0, standardDeviation = 1): number {
    if (this.spareNormal !== undefined) {
      const spare = this.spareNormal;
      this.spareNormal = undefined;
      return mean + standardDeviation * spare;
    }
    for (;;) {
      const u = this.uniform(-1, 1);
      const v = this.uniform(-1, 1);
      const square = u * u + v * v;
      if (square === 0 || square >= 1) continue;
      const scale = Math.sqrt((-2 * Math.log(square)) / square);
      this.spareNormal = v * scale;
      return mean + standardDeviation * u * scale;
    }
  }

  /** A sample of Beta(alpha, alpha), in [0, 1]; alpha > 0. */
  symmetricBeta(alpha: number): number {
    // Of small alphas both would be too small for a number: their logarithms are not.
    const [x, y] = [this.logGamma(alpha), this.logGamma(alpha)];
    return 1 / (1 + Math.exp(y - x));
  }

  /** The logarithm of a sample of the gamma distribution with that shape (Marsaglia and Tsang 2000). */
  private logGamma(shape: number): number {
    if (shape < 1) return this.logGamma(shape + 1) + Math.log(1 - this.uniform()) / shape;
    const d = shape - 1 / 3;
    for (;;) {
      const x = this.normal();
      const v = (1 + x / Math.sqrt(9 * d)) ** 3;
      if (v > 0 && Math.log(1 - this.uniform()) < x ** 2 / 2 + d * (1 - v + Math.log(v)))
        return Math.log(d * v);
    }
  }

  /** Fills with numbers in [-bound, bound). */
  fillUniform(values: Float32Array, bound: number): void {
    for (let i = 0; i < values.length; i++) values[i] = this.uniform(-bound, bound);
  }

  /** Fills with samples of the normal distribution of mean 0. */
  fillNormal(values: Float32Array, standardDeviation: number): void {
    for (let i = 0; i < values.length; i++) values[i] = this.normal(0, standardDeviation);
  }

  /** Shuffles in place (Fisher-Yates) and returns the same array. */
  shuffle<T>(items: T[]): T[] {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      [items[i], items[j]] = [items[j]!, items[i]!];
    }
    return items;
  }
}

/** FNV-1a over the keys' text, finished per draw with murmur3's mixer. */
function hashKeys(keys: readonly (number | string)[]): () => number {
  let state = 0x811c9dc5;
  for (const character of keys.map(key => `${typeof key}:${key}`).join('\u0000')) {
    state = Math.imul(state ^ character.codePointAt(0)!, 0x01000193);
  }
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return mixed ^ (mixed >>> 16);
  };
}
