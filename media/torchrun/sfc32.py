"""The random numbers of src/core/random.ts, bit for bit."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

MASK = 0xFFFFFFFF

Item = TypeVar("Item")


class Random:
    """sfc32, seeded by keys: `Random(seed, "shuffle", epoch)`. What is drawn in an epoch depends on no other epoch."""

    def __init__(self, *keys: int | str) -> None:
        draw = _hash(keys)
        self._a, self._b, self._c, self._counter = draw(), draw(), draw(), 1
        for _ in range(12):
            self.uint32()

    def uint32(self) -> int:
        """An integer in [0, 2^32)."""
        total = (self._a + self._b + self._counter) & MASK
        self._counter = (self._counter + 1) & MASK
        # Node shifts b right with zeros, as Python does with what is never negative.
        self._a = self._b ^ (self._b >> 9)
        self._b = (self._c + (self._c << 3)) & MASK
        self._c = (((self._c << 21) | (self._c >> 11)) + total) & MASK
        return total

    def uniform(self, low: float = 0.0, high: float = 1.0) -> float:
        """A number in [low, high)."""
        return low + (high - low) * (self.uint32() / 2**32)

    def integer(self, end: int) -> int:
        """An integer in [0, end)."""
        return int(self.uniform(0, end))

    def shuffle(self, items: list[Item]) -> list[Item]:
        """Shuffles in place (Fisher-Yates) and returns the same list."""
        for i in range(len(items) - 1, 0, -1):
            j = self.integer(i + 1)
            items[i], items[j] = items[j], items[i]
        return items


def _hash(keys: tuple[int | str, ...]) -> Callable[[], int]:
    """FNV-1a over the keys' text, finished per draw with murmur3's mixer."""
    state = 0x811C9DC5
    for character in "\0".join(f"{'string' if isinstance(key, str) else 'number'}:{key}" for key in keys):
        state = ((state ^ ord(character)) * 0x01000193) & MASK

    def draw() -> int:
        nonlocal state
        state = (state + 0x9E3779B9) & MASK
        mixed = ((state ^ (state >> 16)) * 0x85EBCA6B) & MASK
        mixed = ((mixed ^ (mixed >> 13)) * 0xC2B2AE35) & MASK
        return mixed ^ (mixed >> 16)

    return draw
