"""Layers that see the whole batch, of which each process holds some rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.distributed as dist
from torch import nn
from torchvision.ops import StochasticDepth

from sfc32 import Random


@dataclass
class Rows:
    """Which rows of the batch in hand this process has, and how many steps were taken before. One for all layers."""

    start: int = 0
    stop: int = 0
    total: int = 0
    step: int = 0
    # Sums over batches go through a group of their own, so that they never meet the gradients on their way.
    group: dist.ProcessGroup | None = None

    def __deepcopy__(self, memo: object) -> Rows:
        # A copy of the model sees the same batch.
        return self

    @property
    def are_all(self) -> bool:
        return self.stop - self.start == self.total


class SumOfProcesses(torch.autograd.Function):
    """The sum of what the processes hold; the gradient of each is the sum of the gradients of all."""

    @staticmethod
    def forward(ctx, value: torch.Tensor, group: dist.ProcessGroup | None) -> torch.Tensor:
        ctx.group = group
        total = value.clone()
        dist.all_reduce(total, group=group)
        return total

    @staticmethod
    def backward(ctx, gradient: torch.Tensor) -> tuple[torch.Tensor, None]:
        total = gradient.clone()
        dist.all_reduce(total, group=ctx.group)
        return total, None


class WholeBatchNorm2d(nn.BatchNorm2d):
    """Batch norm over the batch of all processes, which may have different numbers of rows, or none. torch's own
    SyncBatchNorm computes on GPUs alone."""

    rows: Rows

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        values = self.rows.total * input.shape[2] * input.shape[3]
        if not self.training or (self.rows.are_all and values > 1):
            return super().forward(input)

        def over_all(value: torch.Tensor) -> torch.Tensor:
            return SumOfProcesses.apply(value.float().sum((0, 2, 3)), self.rows.group) / values

        mean = over_all(input)
        centred = input - mean[:, None, None]
        variance = over_all(centred.square())
        with torch.no_grad():
            self.running_mean.lerp_(mean, self.momentum)
            self.running_var.lerp_(variance * (values / max(values - 1, 1)), self.momentum)
            self.num_batches_tracked.add_(1)
        scale = self.weight * torch.rsqrt(variance + self.eps)
        return (centred * scale[:, None, None] + self.bias[:, None, None]).to(input.dtype)


class WholeBatchDropout(nn.Dropout):
    """Dropout whose mask belongs to a row of the whole batch: it does not depend on which process has the row."""

    rows: Rows
    path: str
    seed: int

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return _dropped(self, input, input.shape[1:])


class WholeBatchStochasticDepth(StochasticDepth):
    """Stochastic depth of whole rows, drawn as WholeBatchDropout draws."""

    rows: Rows
    path: str
    seed: int

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return _dropped(self, input, [1] * (input.dim() - 1))


def _dropped(
    layer: WholeBatchDropout | WholeBatchStochasticDepth, input: torch.Tensor, shape: Sequence[int]
) -> torch.Tensor:
    """What training leaves of a layer's input; for each of this process's rows numbers of that shape are drawn."""
    if not layer.training or layer.p == 0:
        return input
    rows = layer.rows
    generator = torch.Generator().manual_seed(Random(layer.seed, "dropout", rows.step, layer.path).uint32())
    drawn = torch.rand((rows.total, *shape), generator=generator)[rows.start : rows.stop]
    return input * (drawn >= layer.p).to(input.device, input.dtype) / (1 - layer.p)
