import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { operations, randAugment } from '../../../src/core/image/randAugment';
import { Random } from '../../../src/core/random';

interface Fixture {
  readonly width: number;
  readonly height: number;
  readonly pixels: string;
  readonly cases: readonly { readonly operation: string; readonly sign: 1 | -1; readonly pixels: string }[];
}

describe('RandAugment', () => {
  const file = join(__dirname, '../../fixtures/augmentations.json');
  const fixture = (JSON.parse(readFileSync(file, 'utf8')) as { randAugment: Fixture }).randAugment;
  const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));
  const { width, height } = fixture;
  const raster = { width, height, pixels: bytes(fixture.pixels) };

  for (const { operation, sign, pixels } of fixture.cases) {
    it(`has torchvision's ${operation}${sign < 0 ? ', backwards' : ''}, to the last bit`, () => {
      const { magnitude, apply } = operations.find(({ name }) => name === operation)!;
      const before = raster.pixels.slice();
      const found = apply(raster, sign * (magnitude?.(raster) ?? 0));
      assert.deepEqual(found, bytes(pixels));
      assert.deepEqual(raster.pixels, before);
    });
  }

  it("has torchvision's operations in its order, and those signs", () => {
    const seen = fixture.cases.map(({ operation }) => operation);
    assert.deepEqual(
      operations.map(({ name }) => name),
      [...new Set(seen)],
    );
    for (const { name, signed } of operations) {
      assert.equal(seen.filter(each => each === name).length, signed ? 2 : 1, name);
    }
  });

  it('draws two of them, others for another picture and the same for the same', () => {
    const seen = Array.from({ length: 40 }, (_, i) => randAugment(raster, new Random('a', i)));
    assert.deepEqual(randAugment(raster, new Random('a', 7)), seen[7]);
    assert.ok(new Set(seen.map(pixels => Buffer.from(pixels).toString('base64'))).size > 30);
  });

  it('minds no picture of one colour, nor of a single pixel', () => {
    for (const side of [1, 2, 8]) {
      const flat = { width: side, height: side, pixels: new Uint8Array(3 * side * side).fill(90) };
      for (const { magnitude, apply } of operations) {
        assert.equal(apply(flat, magnitude?.(flat) ?? 0).length, flat.pixels.length);
      }
    }
  });
});
