"""The order of the training pictures, that of src/core/training/trainingOrder.ts."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter

from sfc32 import Random


def shuffled_order(count: int, seed: int, epoch: int) -> list[int]:
    """Each picture once."""
    return Random(seed, "shuffle", epoch).shuffle(list(range(count)))


def weighted_order(labels: list[int], seed: int, epoch: int) -> list[int]:
    """As many draws as there are pictures, with replacement, every class as likely as any other. A picture that comes
    again is `picture + k * len(labels)` the k-th time. torch's WeightedRandomSampler draws other numbers."""
    counts = Counter(labels)
    ends, total = [], 0.0
    for label in labels:
        total += 1 / counts[label]
        ends.append(total)
    random = Random(seed, "weighted", epoch)
    seen: Counter[int] = Counter()
    order = []
    for _ in labels:
        picture = min(bisect_right(ends, random.uniform(0, total)), len(labels) - 1)
        order.append(picture + seen[picture] * len(labels))
        seen[picture] += 1
    return order
