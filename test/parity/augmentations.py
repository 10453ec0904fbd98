"""What torchvision's RandAugment operations make of a small picture, and its MixUp of a small batch."""

import base64

import numpy as np
import torch
from PIL import Image
from torch import nn
from torchvision.transforms import InterpolationMode, RandAugment, autoaugment, v2

from hash_network import hash_values

WIDTH, HEIGHT = 30, 22
MAGNITUDE, MAGNITUDES = 9, 31

PICTURES, CLASSES, SIDE = 4, 3, 5
LABELS = [0, 2, 1, 2]
MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]


def augmentations():
    return {"randAugment": rand_augment(), "mixUp": [mix_up(share, s, w) for share, s, w in MIXES]}


def rand_augment():
    pixels = hash_bytes("picture", [HEIGHT, WIDTH, 3])
    # Few values in a channel, as in a dull photograph: there is something to stretch.
    pixels = (60 + pixels.astype(np.int64) * np.array([90, 120, 30]) // 255).astype(np.uint8)
    space = RandAugment()._augmentation_space(MAGNITUDES, (HEIGHT, WIDTH))
    cases = []
    for name, (magnitudes, signed) in space.items():
        magnitude = float(magnitudes[MAGNITUDE]) if magnitudes.ndim > 0 else 0.0
        for sign in [1, -1] if signed else [1]:
            picture = Image.fromarray(pixels)
            seen = autoaugment._apply_op(picture, name, sign * magnitude, InterpolationMode.NEAREST, None)
            cases.append({"operation": name, "sign": sign, "pixels": text(np.asarray(seen))})
    return {"width": WIDTH, "height": HEIGHT, "pixels": text(pixels), "cases": cases}


# The share of each picture itself, label smoothing, class weights.
MIXES = [(0.7, 0.0, None), (0.25, 0.1, [2.0, 1.0, 0.5]), (0.5, 0.0, None)]


def mix_up(share, smoothing, weights):
    pixels = hash_bytes("batch", [PICTURES, SIDE, SIDE, 3])
    images = torch.from_numpy(pixels).permute(0, 3, 1, 2).float().div(255)
    images = (images - torch.tensor(MEAN)[:, None, None]) / torch.tensor(STD)[:, None, None]
    transform = v2.MixUp(num_classes=CLASSES)
    params = {"lam": share, "labels": torch.tensor(LABELS), "batch_size": PICTURES}
    mixed = transform.transform(images, params)
    targets = transform.transform(params["labels"], params)
    logits = torch.from_numpy(hash_values("logits", PICTURES * CLASSES)).reshape(PICTURES, CLASSES)
    weight = None if weights is None else torch.tensor(weights)
    loss = nn.CrossEntropyLoss(weight=weight, label_smoothing=smoothing)(logits, targets)
    return {
        "share": share,
        "labelSmoothing": smoothing,
        "weights": weights,
        "labels": LABELS,
        "pixels": text(pixels),
        "mixed": text(mixed.permute(0, 2, 3, 1).contiguous().numpy().astype("<f4")),
        "logProbabilities": [float(f"{value:.9g}") for value in logits.log_softmax(1).flatten().tolist()],
        "loss": float(f"{loss.item():.9g}"),
    }


def hash_bytes(key, shape):
    values = hash_values(key, int(np.prod(shape)))
    return ((values + 1) * 127.5).astype(np.uint8).reshape(shape)


def text(values):
    return base64.b64encode(values.tobytes()).decode()
