import assert from 'node:assert/strict';
import type { Preprocessing } from '../../../src/core/image/preprocessing';
import { evaluationView, trainingView, wholeView } from '../../../src/core/image/transforms';
import { Random } from '../../../src/core/random';

const preprocessing: Preprocessing = {
  resize: 256,
  crop: 224,
  interpolation: 'bilinear',
  mean: [0, 0, 0],
  std: [1, 1, 1],
};

describe('the evaluation view', () => {
  // Sizes and offsets as torchvision 0.29 gives them.
  for (const [width, height, resized, left, top] of [
    [500, 375, '341x256', 58, 16],
    [375, 500, '256x341', 16, 58],
    [385, 256, '385x256', 80, 16],
    [256, 383, '256x383', 16, 80],
    [224, 224, '256x256', 16, 16],
    [100, 37, '691x256', 234, 16],
  ] as const) {
    it(`of ${width}x${height} is ${resized}, cut at ${left}, ${top}`, () => {
      assert.deepEqual(evaluationView(width, height, preprocessing), {
        region: { left: 0, top: 0, width, height },
        resize: { width: Number(resized.split('x')[0]), height: Number(resized.split('x')[1]) },
        interpolation: 'bilinear',
        crop: { left, top, width: 224, height: 224 },
        flip: false,
      });
    });
  }

  it('refuses a crop larger than the resized image', () => {
    assert.throws(() => evaluationView(10, 10, { ...preprocessing, resize: 200 }), RangeError);
  });
});

describe('the training view', () => {
  const view = (augment: 'none' | 'flip' | 'crop-flip', index: number, width = 500, height = 375) =>
    trainingView(augment, new Random(7, 'augment', 3, index), width, height, preprocessing);
  const indices = Array.from({ length: 1000 }, (_, index) => index);

  it('is the evaluation view without augmentation', () => {
    assert.deepEqual(view('none', 4), evaluationView(500, 375, preprocessing));
  });

  it('with flip is the evaluation view, mirrored half of the time', () => {
    const flips = indices.filter(index => view('flip', index).flip).length;
    assert.ok(flips > 450 && flips < 550, `${flips} of 1000`);
    assert.deepEqual({ ...view('flip', 4), flip: false }, evaluationView(500, 375, preprocessing));
  });

  it('with crop-flip sees between 8 and 100 % of the image, no narrower than 3:4 and no wider than 4:3', () => {
    const areas: number[] = [];
    for (const index of indices) {
      const { region, resize, crop } = view('crop-flip', index);
      assert.ok(region.left >= 0 && region.left + region.width <= 500);
      assert.ok(region.top >= 0 && region.top + region.height <= 375);
      // Whole pixels move the ratio of a small region a little.
      assert.ok(region.width / region.height > 0.74 && region.width / region.height < 1.35);
      assert.deepEqual(resize, { width: 224, height: 224 });
      assert.deepEqual(crop, { left: 0, top: 0, width: 224, height: 224 });
      areas.push((region.width * region.height) / (500 * 375));
    }
    assert.ok(Math.min(...areas) > 0.079 && Math.min(...areas) < 0.1);
    assert.ok(Math.max(...areas) > 0.9 && Math.max(...areas) <= 1);
    const mean = areas.reduce((sum, area) => sum + area, 0) / areas.length;
    // torchvision's get_params gives 0.4376 over 5,000 draws.
    assert.ok(Math.abs(mean - 0.4376) < 0.02, `mean ${mean}`);
  });

  it('falls back to the widest centred region of an image too long to draw one', () => {
    assert.deepEqual(view('crop-flip', 0, 2000, 30).region, { left: 980, top: 0, width: 40, height: 30 });
    assert.deepEqual(view('crop-flip', 0, 30, 2000).region, { left: 0, top: 980, width: 30, height: 40 });
  });
});

describe('the whole view', () => {
  it('only ever shrinks', () => {
    assert.deepEqual(wholeView(500, 20, 32), {
      region: { left: 0, top: 0, width: 500, height: 20 },
      resize: { width: 32, height: 20 },
      interpolation: 'bilinear',
      crop: { left: 0, top: 0, width: 32, height: 20 },
      flip: false,
    });
  });
});
