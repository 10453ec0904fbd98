"""What part of a picture is seen, by the rules and the numbers of src/core/image/transforms.ts."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy
from PIL import Image
from torchvision.transforms import RandAugment, autoaugment

from plan import Preprocessing
from sfc32 import Random

CROP_AREA = (0.08, 1.0)
CROP_ASPECT = (3 / 4, 4 / 3)
CROP_TRIES = 10

# An image of more pixels than this was refused before training.
Image.MAX_IMAGE_PIXELS = 100_000_000

Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class View:
    """`region` of a picture is brought to the size `resize` by `interpolation`; of that `crop` is cut out, and mirrored with `flip`.
    Boxes are left, top, right, bottom."""

    region: Box
    resize: tuple[int, int]
    interpolation: str
    crop: Box
    flip: bool


def evaluation_view(width: int, height: int, preprocessing: Preprocessing) -> View:
    """torchvision's `Resize(resize)`, then `CenterCrop(crop)`."""
    short, side = preprocessing.resize, preprocessing.crop
    resize = (short, int(short * height / width)) if width <= height else (int(short * width / height), short)
    left, top = round((resize[0] - side) / 2), round((resize[1] - side) / 2)
    crop = (left, top, left + side, top + side)
    return View((0, 0, width, height), resize, preprocessing.interpolation, crop, False)


def training_view(augment: str, random: Random, width: int, height: int, preprocessing: Preprocessing) -> View:
    """`none` is the evaluation view, `flip` mirrors it half of the time, `crop-flip` is torchvision's
    `RandomResizedCrop(crop)` mirrored half of the time, which `randaugment` goes on from."""
    if augment in ("crop-flip", "randaugment"):
        side = preprocessing.crop
        region = _random_region(random, width, height)
        flip = random.uniform() < 0.5
        return View(region, (side, side), preprocessing.interpolation, (0, 0, side, side), flip)
    view = evaluation_view(width, height, preprocessing)
    return replace(view, flip=random.uniform() < 0.5) if augment == "flip" else view


def see(image: Image.Image, view: View) -> Image.Image:
    """The pixels of a view, red, green, blue: grey repeated, transparency dropped, neither EXIF orientation nor an
    embedded profile applied."""
    if image.mode.startswith("I;16"):
        image = Image.fromarray((numpy.asarray(image) >> 8).astype(numpy.uint8))
    kernel = Image.Resampling[view.interpolation.upper()]
    pixels = image.convert("RGB").crop(view.region).resize(view.resize, kernel).crop(view.crop)
    return pixels.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if view.flip else pixels


def rand_augment(image: Image.Image, random: Random) -> Image.Image:
    """torchvision's `RandAugment()`, drawn as src/core/image/randAugment.ts draws."""
    augment = RandAugment()
    space = augment._augmentation_space(augment.num_magnitude_bins, (image.height, image.width))
    for _ in range(augment.num_ops):
        name = list(space)[random.integer(len(space))]
        magnitudes, signed = space[name]
        magnitude = float(magnitudes[augment.magnitude]) if magnitudes.ndim > 0 else 0.0
        sign = -1 if signed and random.integer(2) == 1 else 1
        image = autoaugment._apply_op(image, name, sign * magnitude, augment.interpolation, augment.fill)
    return image


def _random_region(random: Random, width: int, height: int) -> Box:
    narrowest, widest = CROP_ASPECT
    for _ in range(CROP_TRIES):
        area = width * height * random.uniform(*CROP_AREA)
        aspect = math.exp(random.uniform(math.log(narrowest), math.log(widest)))
        crop_width, crop_height = round(math.sqrt(area * aspect)), round(math.sqrt(area / aspect))
        if not (1 <= crop_width <= width and 1 <= crop_height <= height):
            continue
        top = random.integer(height - crop_height + 1)
        left = random.integer(width - crop_width + 1)
        return (left, top, left + crop_width, top + crop_height)
    aspect = width / height
    crop_width = max(1, round(height * widest)) if aspect > widest else width
    crop_height = max(1, round(width / narrowest)) if aspect < narrowest else height
    left, top = (width - crop_width) // 2, (height - crop_height) // 2
    return (left, top, left + crop_width, top + crop_height)
