"""Grad-CAM (Selvaraju et al. 2017) by hooks on the models as PyTorch has them."""

import math

import torch
from torch.nn import functional

from hash_network import hash_pixels, load_hash_weights
from torch_models import ARCHITECTURES, build

CLASSES = 10
# Where the convolutions end, the side of the input and the class that is explained of each of two pictures.
TARGETS = {
    "resnet18": ("layer4", 160, [3, 7]),
    "resnet50": ("layer4", 128, [0, 9]),
    "vgg11_bn": ("features", 128, [4, 1]),
    "squeezenet1_1": ("features", 96, [5, 2]),
    "mobilenet_v2": ("features", 160, [8, 6]),
    # Called many times: the last output is the one before the pooling.
    "efficientnet_lite0": ("_swish", 160, [5, 1]),
    "convnext_tiny": ("features", 96, [2, 6]),
    # What the last block looks at.
    "vitSmall": ("encoder.layers.encoder_layer_0", 64, [7, 3]),
}
UPSAMPLED = 12


def grad_cam_fixtures():
    return {"classes": CLASSES, "upsampled": UPSAMPLED, "cases": [grad_cam(name) for name in TARGETS]}


def grad_cam(name):
    path, size, classes = TARGETS[name]
    _, gain = ARCHITECTURES[name]
    model = build(name, CLASSES)
    load_hash_weights(model, gain)
    model.eval()
    kept = {}

    def keep(_module, _inputs, output):
        kept["features"] = output
        # A later module may change it in place, and so may a second call: only the last output counts.
        output.retain_grad()

    handle = model.get_submodule(path).register_forward_hook(keep)
    logits = model(hash_pixels("gradcam", len(classes), size))
    handle.remove()
    logits[torch.arange(len(classes)), classes].sum().backward()
    features, gradients = (as_images(each) for each in (kept["features"].detach(), kept["features"].grad))
    weights = gradients.mean(dim=(2, 3), keepdim=True)
    maps = (weights * features).sum(dim=1).relu()
    print(f"{name}: maps of {tuple(maps.shape)}, largest {[float(f'{m.max():.4g}') for m in maps]}")
    heat = maps / maps.amax(dim=(1, 2), keepdim=True).clamp(min=1e-30)
    upsampled = functional.interpolate(heat[:1, None], UPSAMPLED, mode="bilinear", align_corners=False)
    return {
        "name": name,
        "features": path,
        "imageSize": size,
        "gain": gain,
        "explained": classes,
        "maps": [[[float(f"{value:.7g}") for value in row] for row in m] for m in maps.tolist()],
        "upsampled": [[float(f"{value:.6g}") for value in row] for row in upsampled[0, 0].tolist()],
    }


def as_images(values):
    """Tokens [batch, 1 + places, channels] without the first, as a square [batch, channels, rows, columns]; images as they are."""
    if values.dim() == 4:
        return values
    side = math.isqrt(values.shape[1] - 1)
    return values[:, 1:].transpose(1, 2).unflatten(2, (side, side))
