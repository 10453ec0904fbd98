"""The architectures as PyTorch has them."""

from contextlib import nullcontext

import torch
import torchvision
from efficientnet_lite_pytorch import EfficientNet
from torch import nn
from torchvision.models import VisionTransformer

# Input side and weight gain for the logits: sizes that a few seconds allow, some odd; gains that keep activations near 1.
ARCHITECTURES = {
    "resnet18": (224, 1.0),
    "resnet34": (97, 1.0),
    "resnet50": (224, 1.0),
    "resnet101": (96, 1.0),
    "resnet152": (96, 1.0),
    "vgg11": (96, 1.4),
    "vgg11_bn": (64, 1.4),
    "vgg13": (64, 1.4),
    "vgg13_bn": (64, 1.4),
    "vgg16": (96, 1.4),
    "vgg16_bn": (64, 1.4),
    "vgg19": (64, 1.4),
    "vgg19_bn": (64, 1.4),
    "squeezenet1_1": (200, 1.4),
    "mobilenet_v2": (224, 1.2),
    "efficientnet_lite0": (224, 1.2),
    "densenet121": (64, 1.3),
    "regnet_y_400mf": (64, 1.2),
    "convnext_tiny": (64, 1.0),
    "vit_b_16": (224, 1.0),
    "vitSmall": (64, 1.0),
    "mobilenet_v3_small": (96, 1.42),
    "mobilenet_v3_large": (96, 1.27),
    "efficientnet_b0": (64, 1.54),
    "efficientnet_b1": (64, 1.48),
    "efficientnet_b2": (65, 1.48),
    "efficientnet_b3": (64, 1.5),
}

# A step of training, of those that the runs of training_steps.py do not stand for: the pictures, and whether batch
# norms compute with the batch's statistics or with their own. Chosen so that rounding tells little: where the input of a
# ReLU is within rounding of zero, two correct implementations may take different gradients.
STEP_SIZE = 64
STEPS = {
    "densenet121": ("step1", "eval"),
    "regnet_y_400mf": ("step0", "eval"),
    "mobilenet_v3_small": ("step0", "train"),
    "mobilenet_v3_large": ("step0", "train"),
    "efficientnet_b0": ("step0", "train"),
    "convnext_tiny": ("step0", "train"),
    "vitSmall": ("step0", "train"),
}

SMALL_WIDTHS = [8, "M", 16, "M", 32, "M"]
SMALL_HIDDEN = 32


class SmallVgg(nn.Module):
    """A VGG with torchvision's module names, small enough to train in a test; its dropout drops nothing."""

    def __init__(self, batch_norm, classes):
        super().__init__()
        self.features = torchvision.models.vgg.make_layers(SMALL_WIDTHS, batch_norm)
        self.avgpool = nn.AdaptiveAvgPool2d((7, 7))
        self.classifier = nn.Sequential(
            nn.Linear(32 * 7 * 7, SMALL_HIDDEN),
            nn.ReLU(True),
            nn.Dropout(0.0),
            nn.Linear(SMALL_HIDDEN, SMALL_HIDDEN),
            nn.ReLU(True),
            nn.Dropout(0.0),
            nn.Linear(SMALL_HIDDEN, classes),
        )

    def forward(self, images):
        return self.classifier(torch.flatten(self.avgpool(self.features(images)), 1))


def describe(name, classes):
    """The model without values, as far as it can be built so: RegNet computes with tensors how wide it is."""
    with nullcontext() if name.startswith("regnet") else torch.device("meta"):
        return build(name, classes)


def build(name, classes):
    """The model in PyTorch's own initialisation, or without any under `torch.device("meta")`."""
    if name.startswith("vggSmall"):
        return SmallVgg(name.endswith("_bn"), classes)
    if name == "vitSmall":
        return VisionTransformer(64, 16, 2, 4, 48, 96, num_classes=classes)
    if name == "efficientnet_lite0":
        return EfficientNet.from_name("efficientnet-lite0", num_classes=classes)
    options = {"init_weights": False} if name.startswith("vgg") else {}
    return torchvision.models.get_model(name, weights=None, num_classes=classes, **options)


def modules_with_shapes(model, size):
    """`path Type AxBxC` for each named module, the shape being its last output for one image; padding modules left out."""
    shapes = {}

    def remember(path):
        def hook(_module, _inputs, output):
            # Attention also gives its weights.
            shape = (output[0] if isinstance(output, tuple) else output).shape
            shapes[path] = "x".join(map(str, shape[1:]))

        return hook

    modules = [(path, module) for path, module in model.named_modules() if path and "static_padding" not in path]
    for path, module in modules:
        module.register_forward_hook(remember(path))
    model.eval()(torch.zeros(1, 3, size, size, device=next(model.parameters()).device))
    # A ModuleList is not called itself: it gives what its last module gives.
    for path, module in modules:
        if isinstance(module, nn.ModuleList):
            shapes[path] = shapes[f"{path}.{len(module) - 1}"]
        # nor is the projection of attention, which reads its weights.
        elif type(module).__name__ == "NonDynamicallyQuantizableLinear":
            shapes[path] = shapes[path.removesuffix(".out_proj")]
    types = {"Conv2dStaticSamePadding": "Conv2d", "NonDynamicallyQuantizableLinear": "Linear"}
    names = {path: type(module).__name__ for path, module in modules}
    # What is never called, as the stochastic depth of a block without a shortcut, gives nothing.
    return [f"{path} {types.get(name, name)} {shapes.get(path, '')}".rstrip() for path, name in names.items()]
