"""torchvision's models with Thaw's rules: what is frozen, and layers that see the whole batch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import torch
import torchvision
from torch import nn
from torchvision.ops import StochasticDepth

from layers import Rows, WholeBatchDropout, WholeBatchNorm2d, WholeBatchStochasticDepth
from plan import Plan


def build_network(plan: Plan, rows: Rows) -> nn.Module:
    """The model on the CPU, its values still to be loaded."""
    # RegNet computes with tensors how wide it is.
    with nullcontext() if plan.model.startswith("regnet") else torch.device("meta"):
        model = _build(plan.model, len(plan.classes))
    for path, module in list(model.named_modules()):
        if type(module) is nn.BatchNorm2d:
            with torch.device("meta"):
                norm = WholeBatchNorm2d(module.num_features, module.eps, module.momentum)
            norm.rows = rows
            _replace(model, path, norm)
        elif type(module) is nn.Dropout:
            dropout = WholeBatchDropout(module.p)
            dropout.rows, dropout.path, dropout.seed = rows, path, plan.seed
            _replace(model, path, dropout)
        elif type(module) is StochasticDepth:
            depth = WholeBatchStochasticDepth(module.p, module.mode)
            depth.rows, depth.path, depth.seed = rows, path, plan.seed
            _replace(model, path, depth)
    for key, parameter in model.named_parameters():
        if any(_is_within(key, path) for path in plan.freeze):
            parameter.requires_grad_(False)
    return model.to_empty(device="cpu")


def set_training(model: nn.Module, plan: Plan) -> None:
    """As for the train phase: a frozen module stays as at test time, unless its batch norm is to be as in training."""
    model.train()
    if plan.frozen_batch_norm == "eval":
        modules = dict(model.named_modules())
        for path in plan.freeze:
            if path in modules:
                modules[path].eval()


def create_optimizer(model: nn.Module, plan: Plan) -> torch.optim.Optimizer:
    """For what trains. The learning rate is set in each epoch: for each group, `scale` times that of the optimizer."""
    settings = plan.optimizer
    lr, weight_decay = settings["lr"], settings["weightDecay"]
    parameters = list(_parameter_groups(model, settings.get("groups", []), lr))
    if settings["type"] == "sgd":
        return torch.optim.SGD(parameters, lr=lr, momentum=settings["momentum"], weight_decay=weight_decay)
    adam = torch.optim.Adam if settings["type"] == "adam" else torch.optim.AdamW
    return adam(parameters, lr=lr, betas=tuple(settings["betas"]), eps=settings["eps"], weight_decay=weight_decay)


def _parameter_groups(model: nn.Module, groups: list[dict[str, Any]], lr: float) -> Iterator[dict[str, Any]]:
    rest = {key: parameter for key, parameter in model.named_parameters() if parameter.requires_grad}
    for group in groups:
        inside = [key for key in rest if any(_is_within(key, path) for path in group["modules"])]
        if inside:
            yield {"params": [rest.pop(key) for key in inside], "scale": group["lr"] / lr}
    if rest:
        yield {"params": list(rest.values()), "scale": 1.0}


def _is_within(key: str, path: str) -> bool:
    """Whether a parameter is a module's, or one that Thaw has as a module: `class_token`, `in_proj` of `in_proj_weight`."""
    return key == path or key.startswith(f"{path}.") or key in (f"{path}_weight", f"{path}_bias")


def _build(name: str, classes: int) -> nn.Module:
    if name == "efficientnet_lite0":
        from efficientnet_lite_pytorch import EfficientNet

        return EfficientNet.from_name("efficientnet-lite0", num_classes=classes)
    options = {"init_weights": False} if name.startswith("vgg") else {}
    return torchvision.models.get_model(name, weights=None, num_classes=classes, **options)


def _replace(model: nn.Module, path: str, module: nn.Module) -> None:
    parent, _, name = path.rpartition(".")
    setattr(model.get_submodule(parent), name, module)
