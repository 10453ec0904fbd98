import type { Random } from '../random';
import type { Recipe } from '../recipe/recipe';
import type { Preprocessing } from './preprocessing';
import type { View } from './view';

const CROP_AREA = [0.08, 1] as const;
const CROP_ASPECT = [3 / 4, 4 / 3] as const;
const CROP_TRIES = 10;

/** torchvision's evaluation transform of an image of that size: `Resize(resize)`, then `CenterCrop(crop)`. */
export function evaluationView(width: number, height: number, preprocessing: Preprocessing): View {
  const { resize: short, crop, interpolation } = preprocessing;
  if (crop > short) throw new RangeError(`A crop of ${crop} pixels does not fit in a side of ${short}`);
  const resize =
    width <= height
      ? { width: short, height: Math.trunc((short * height) / width) }
      : { width: Math.trunc((short * width) / height), height: short };
  return {
    region: { left: 0, top: 0, width, height },
    resize,
    interpolation,
    crop: {
      left: roundHalfEven((resize.width - crop) / 2),
      top: roundHalfEven((resize.height - crop) / 2),
      width: crop,
      height: crop,
    },
    flip: false,
  };
}

/**
 * The view of one epoch: `none` is the evaluation view, `flip` mirrors it half of the time, `crop-flip` is
 * torchvision's `RandomResizedCrop(crop)` mirrored half of the time, which `randaugment` goes on from.
 */
export function trainingView(
  augment: Recipe['augment'],
  random: Random,
  width: number,
  height: number,
  preprocessing: Preprocessing,
): View {
  switch (augment) {
    case 'none':
      return evaluationView(width, height, preprocessing);
    case 'flip':
      return { ...evaluationView(width, height, preprocessing), flip: random.uniform() < 0.5 };
    case 'crop-flip':
    case 'randaugment': {
      const size = preprocessing.crop;
      return {
        region: randomRegion(random, width, height),
        resize: { width: size, height: size },
        interpolation: preprocessing.interpolation,
        crop: { left: 0, top: 0, width: size, height: size },
        flip: random.uniform() < 0.5,
      };
    }
  }
}

/** The image as it is, brought to at most `side` pixels each way: to look at every pixel once, cheaply. */
export function wholeView(width: number, height: number, side: number): View {
  const resize = { width: Math.min(width, side), height: Math.min(height, side) };
  return {
    region: { left: 0, top: 0, width, height },
    resize,
    interpolation: 'bilinear',
    crop: { left: 0, top: 0, ...resize },
    flip: false,
  };
}

function randomRegion(random: Random, width: number, height: number): View['region'] {
  const [narrowest, widest] = CROP_ASPECT;
  for (let attempt = 0; attempt < CROP_TRIES; attempt++) {
    const area = width * height * random.uniform(...CROP_AREA);
    const aspect = Math.exp(random.uniform(Math.log(narrowest), Math.log(widest)));
    const cropWidth = roundHalfEven(Math.sqrt(area * aspect));
    const cropHeight = roundHalfEven(Math.sqrt(area / aspect));
    if (cropWidth < 1 || cropWidth > width || cropHeight < 1 || cropHeight > height) continue;
    return {
      top: random.integer(height - cropHeight + 1),
      left: random.integer(width - cropWidth + 1),
      width: cropWidth,
      height: cropHeight,
    };
  }
  const aspect = width / height;
  const cropWidth = aspect > widest ? Math.max(1, roundHalfEven(height * widest)) : width;
  const cropHeight = aspect < narrowest ? Math.max(1, roundHalfEven(width / narrowest)) : height;
  return {
    top: Math.floor((height - cropHeight) / 2),
    left: Math.floor((width - cropWidth) / 2),
    width: cropWidth,
    height: cropHeight,
  };
}

/** Python's `round`: halves go to the even neighbour. */
function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}
