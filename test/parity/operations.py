"""Single operations, forward and backward, as PyTorch computes them."""

import torch
from torch import nn
from torch.nn import functional
from torchvision.models.convnext import LayerNorm2d

from hash_network import digest, hash_tensor, hash_values

BATCH = 3
CHANNELS = 6
OUT = 10
ACTIVATIONS = ["ReLU", "ReLU6", "Hardswish", "Hardsigmoid", "SiLU", "Sigmoid", "GELU"]


def operations():
    """Each case as test/unit reads it: the layer in our own terms, the side of its input, digests of what it gives."""
    for layer, size in cases():
        yield {"layer": layer, "size": size, **computed(layer, size)}


def cases():
    for kernel, stride, padding in [(1, 1, 0), (1, 2, 0), (3, 1, 1), (3, 2, 1), (3, 1, 0), (3, 2, "same"), (5, 1, 2)]:
        for size in (8, 9):
            for groups in (1, CHANNELS):
                yield conv(kernel, stride, padding, groups), size
    for kernel, stride, padding in [(7, 2, 3), (5, 2, "same"), (3, 3, 1)]:
        for groups in (1, CHANNELS):
            yield conv(kernel, stride, padding, groups), 11
    yield {**conv(3, 1, 1, 1), "bias": True}, 7
    for stride in (1, 2):
        yield {**conv(3, stride, 1, 2), "outChannels": 4}, 9
    for size in (8, 9):
        for kernel, stride, padding, ceil in [(2, 2, 0, False), (3, 2, 1, False), (3, 2, 0, True)]:
            pool = {"kernelSize": [kernel] * 2, "stride": [stride] * 2, "padding": [padding] * 2, "ceilMode": ceil}
            yield {"type": "MaxPool2d", **pool}, size
        yield {"type": "AvgPool2d", "kernelSize": [2, 2], "stride": [2, 2]}, size
        for output in (1, 3, 7):
            yield {"type": "AdaptiveAvgPool2d", "outputSize": [output] * 2}, size
    yield {"type": "BatchNorm2d", "numFeatures": CHANNELS, "eps": 1e-5, "momentum": 0.1}, 9
    yield {"type": "LayerNorm2d", "numFeatures": CHANNELS, "eps": 1e-6}, 9
    for activation in ACTIVATIONS:
        yield {"type": activation}, 7


def conv(kernel, stride, padding, groups):
    """Depthwise, with as many outputs as inputs, where groups is more than 1."""
    out = CHANNELS if groups > 1 else OUT
    window = {"kernelSize": [kernel] * 2, "stride": [stride] * 2}
    edges = padding if padding == "same" else [padding] * 2
    return {"type": "Conv2d", "inChannels": CHANNELS, "outChannels": out, **window, "padding": edges, "groups": groups, "bias": False}


def computed(layer, size):
    module, pad = build(layer, size)
    for key, tensor in module.state_dict().items():
        with torch.no_grad():
            tensor.copy_(hash_tensor(f"layer.{key}", tuple(tensor.shape), 1))
    module.train()
    # Some values lie beyond the bounds that there are.
    x = images("x", size) * (10 if layer["type"] in ACTIVATIONS else 1)
    x.requires_grad_(True)
    y = module(functional.pad(x, pad))
    dy = torch.from_numpy(hash_values("dy", y.numel())).reshape(y.permute(0, 2, 3, 1).shape).permute(0, 3, 1, 2)
    y.backward(dy)
    found = {"y": y.permute(0, 2, 3, 1), "dx": x.grad.permute(0, 2, 3, 1)}
    found |= {name: parameter.grad for name, parameter in module.named_parameters()}
    found |= {name: buffer for name, buffer in module.named_buffers() if buffer.is_floating_point()}
    return {"shape": list(found["y"].shape), "digests": {key: digest(key, t.contiguous()) for key, t in found.items()}}


def images(key, size):
    """[batch, channels, size, size], hashed in the order [n, h, w, c]."""
    values = hash_values(key, BATCH * size * size * CHANNELS).reshape(BATCH, size, size, CHANNELS)
    return torch.from_numpy(values).permute(0, 3, 1, 2).contiguous()


def build(layer, size):
    """The module, and what to pad its input by where PyTorch has no such padding: TensorFlow's `same`."""
    kind = layer["type"]
    none = (0, 0, 0, 0)
    if kind == "Conv2d":
        kernel, stride, padding = layer["kernelSize"][0], layer["stride"][0], layer["padding"]
        pad = none
        if padding == "same":
            total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
            pad, padding = (total // 2, total - total // 2) * 2, 0
        channels = layer["inChannels"], layer["outChannels"]
        return nn.Conv2d(*channels, kernel, stride, padding, groups=layer["groups"], bias=layer["bias"]), pad
    if kind == "MaxPool2d":
        return nn.MaxPool2d(layer["kernelSize"], layer["stride"], layer["padding"], ceil_mode=layer["ceilMode"]), none
    if kind == "AvgPool2d":
        return nn.AvgPool2d(layer["kernelSize"], layer["stride"]), none
    if kind == "AdaptiveAvgPool2d":
        return nn.AdaptiveAvgPool2d(layer["outputSize"]), none
    if kind == "BatchNorm2d":
        return nn.BatchNorm2d(layer["numFeatures"], layer["eps"], layer["momentum"]), none
    if kind == "LayerNorm2d":
        return LayerNorm2d(layer["numFeatures"], layer["eps"]), none
    return getattr(nn, kind)(), none
