import assert from 'node:assert/strict';
import { resample, sourceWindow } from '../../../src/core/image/resample';
import type { View } from '../../../src/core/image/view';

function whole(
  width: number,
  height: number,
  toWidth: number,
  toHeight: number,
  interpolation: View['interpolation'] = 'bilinear',
): View {
  return {
    region: { left: 0, top: 0, width, height },
    resize: { width: toWidth, height: toHeight },
    interpolation,
    crop: { left: 0, top: 0, width: toWidth, height: toHeight },
    flip: false,
  };
}

// The expected numbers are what Pillow 13 gives for Image.resize(size, BILINEAR), or BICUBIC.
describe('resampling, in numbers of Pillow,', () => {
  it('enlarges', () => {
    const pixels = Uint8Array.of(
      ...[0, 10, 20, 60, 70, 80, 255, 0, 128],
      ...[5, 100, 200, 30, 31, 32, 90, 180, 7],
    );
    assert.deepEqual(
      [...resample(pixels, whole(3, 2, 5, 3))],
      [
        ...[0, 10, 20, 24, 34, 44, 60, 70, 80, 177, 28, 109, 255, 0, 128],
        ...[3, 55, 110, 20, 53, 89, 45, 51, 56, 122, 74, 63, 173, 90, 68],
        ...[5, 100, 200, 15, 72, 133, 30, 31, 32, 66, 120, 17, 90, 180, 7],
      ],
    );
  });

  const grid = Uint8Array.from({ length: 72 }, (_, i) => (i * 37) % 256);

  it('shrinks with antialiasing', () => {
    assert.deepEqual(
      [...resample(grid, whole(6, 4, 3, 2))],
      [85, 106, 143, 141, 91, 115, 136, 142, 85, 113, 150, 140, 109, 118, 155, 164, 102, 123],
    );
  });

  it('enlarges by a cubic filter, which overshoots as far as a byte reaches', () => {
    const pixels = Uint8Array.of(
      ...[0, 10, 20, 60, 70, 80, 255, 0, 128],
      ...[5, 100, 200, 30, 31, 32, 90, 180, 7],
    );
    assert.deepEqual(
      [...resample(pixels, whole(3, 2, 5, 3, 'bicubic'))],
      [
        ...[0, 0, 2, 12, 32, 32, 62, 73, 83, 197, 21, 121, 255, 0, 140],
        ...[2, 55, 114, 12, 52, 91, 45, 51, 56, 130, 76, 61, 175, 96, 69],
        ...[3, 112, 226, 11, 71, 149, 28, 28, 29, 62, 131, 1, 84, 204, 0],
      ],
    );
  });

  it('shrinks by a cubic filter', () => {
    assert.deepEqual(
      [...resample(grid, whole(6, 4, 3, 2, 'bicubic'))],
      [76, 104, 147, 149, 83, 111, 134, 151, 79, 115, 156, 138, 100, 120, 162, 173, 97, 124],
    );
  });

  it('shrinks one way and enlarges the other', () => {
    assert.deepEqual(
      [...resample(grid, whole(6, 4, 4, 5))].slice(0, 24),
      [
        42, 79, 116, 169, 64, 101, 130, 139, 90, 97, 134, 75, 83, 120, 157, 117, 92, 129, 158, 87, 98, 138,
        175, 71,
      ],
    );
  });

  it('leaves an image of the right size as it is', () => {
    assert.deepEqual(resample(grid, whole(6, 4, 6, 4)), grid);
  });

  it('needs only the part of the image that the crop is made from', () => {
    const view: View = { ...whole(6, 4, 12, 8), crop: { left: 6, top: 5, width: 2, height: 2 } };
    const window = sourceWindow(view);
    assert.deepEqual(window, { left: 2, top: 2, width: 3, height: 2 });
    const part = new Uint8Array(window.width * window.height * 3);
    for (let y = 0; y < window.height; y++) {
      const row = ((window.top + y) * 6 + window.left) * 3;
      part.set(grid.subarray(row, row + window.width * 3), y * window.width * 3);
    }
    const all = resample(grid, whole(6, 4, 12, 8));
    const pixel = (x: number, y: number): number[] => [
      ...all.subarray((y * 12 + x) * 3, (y * 12 + x) * 3 + 3),
    ];
    assert.deepEqual(
      [...resample(part, view)],
      [...pixel(6, 5), ...pixel(7, 5), ...pixel(6, 6), ...pixel(7, 6)],
    );
  });
});
