"""The pictures of a phase in batches, of which each process decodes its share."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import torch
from PIL import Image

import views
from order import shuffled_order, weighted_order
from plan import Pictures, Plan
from sfc32 import Random

# Batches that are decoded ahead of the one in hand.
PREFETCH = 2


@dataclass(frozen=True)
class Batch:
    """This process's rows, `start` up to `stop`, of a batch of all processes. `indices` are the pictures of the whole
    batch and `labels` theirs; `pixels` [stop - start, 3, side, side], 0 to 255. `lost` is one of them that could not be
    read, and why: its pixels are then 0."""

    indices: list[int]
    labels: list[int]
    start: int
    stop: int
    pixels: torch.Tensor
    lost: tuple[str, str] | None


class PictureReader:
    """Decodes in threads: Pillow lets go of Python's lock while it works."""

    def __init__(self, plan: Plan, rank: int, world: int, threads: int) -> None:
        self._plan, self._rank, self._world = plan, rank, world
        self._pool = ThreadPoolExecutor(threads)

    def train_batches(self, epoch: int, first: int = 0) -> Iterator[Batch]:
        """The pictures in an order of the epoch's own, without the batches before `first`."""
        plan = self._plan
        labels, seed = plan.train.labels, plan.seed
        weighted = plan.sampling == "weighted"
        order = weighted_order(labels, seed, epoch) if weighted else shuffled_order(len(labels), seed, epoch)
        return self._batches(plan.train, order[first * plan.batch_size :], epoch)

    def test_batches(self) -> Iterator[Batch]:
        return self._batches(self._plan.test, list(range(len(self._plan.test.files))), None)

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _batches(self, pictures: Pictures, order: list[int], epoch: int | None) -> Iterator[Batch]:
        size, count = self._plan.batch_size, len(pictures.files)
        pending: deque[tuple[list[int], int, int, list[Future[bytes | Exception]]]] = deque()
        for first in range(0, len(order), size):
            indices = order[first : first + size]
            start, stop = (len(indices) * rank // self._world for rank in (self._rank, self._rank + 1))
            reads = [self._pool.submit(self._read, pictures.files[i % count], i, epoch) for i in indices[start:stop]]
            pending.append(([i % count for i in indices], start, stop, reads))
            if len(pending) > PREFETCH:
                yield self._collect(pictures, *pending.popleft())
        while pending:
            yield self._collect(pictures, *pending.popleft())

    def _collect(
        self, pictures: Pictures, indices: list[int], start: int, stop: int, reads: list[Future[bytes | Exception]]
    ) -> Batch:
        side = self._plan.preprocessing.crop
        pixels = torch.zeros((len(reads), side, side, 3), dtype=torch.uint8)
        lost = None
        for row, (index, read) in enumerate(zip(indices[start:stop], reads)):
            found = read.result()
            if isinstance(found, Exception):
                lost = (pictures.images[index], str(found))
            else:
                pixels[row] = torch.frombuffer(bytearray(found), dtype=torch.uint8).view(side, side, 3)
        labels = [pictures.labels[index] for index in indices]
        return Batch(indices, labels, start, stop, pixels.permute(0, 3, 1, 2), lost)

    def _read(self, file: str, index: int, epoch: int | None) -> bytes | Exception:
        plan = self._plan
        try:
            with Image.open(file) as image:
                if epoch is None:
                    view = views.evaluation_view(*image.size, plan.preprocessing)
                else:
                    # As many crops of a picture as are kept are used in turn.
                    drawn = epoch % plan.cached_views if plan.cached_views else epoch
                    random = Random(plan.seed, "augment", drawn, index)
                    view = views.training_view(plan.augment, random, *image.size, plan.preprocessing)
                seen = views.see(image, view)
                if epoch is not None and plan.augment == "randaugment":
                    seen = views.rand_augment(seen, random)
                return seen.tobytes()
        except Exception as error:  # Whatever a damaged file makes of Pillow is said of the file.
            return error
