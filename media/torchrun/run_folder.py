"""What the leader leaves in the run folder, as src/core/training/trainingSaves.ts does."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy
import torch

from atomic_write import write_atomically
from checkpoint import Best, NewBest, Reached, read_checkpoint, write_checkpoint
from plan import Plan
from safetensors_file import State, read_safetensors, write_safetensors

# Writing may take at most this share of the time of a run.
WRITE_SHARE = 0.1
# A long epoch is saved this often.
SAVE_EVERY = 5 * 60.0


class RunFolder:
    """The weights of the best epoch, and where the run could go on from: on disk both together, when writing costs
    little, and at the end."""

    def __init__(self, plan: Plan, folder: Path, start: State) -> None:
        self._plan, self._folder, self._start = plan, folder, start
        self._best: State | None = None
        self._unwritten: tuple[Best, numpy.ndarray] | None = None
        self._written: Reached | None = None
        self._write_again_at = 0.0
        self._saved_at = time.monotonic()

    def read_last(self) -> tuple[Reached, State, State] | None:
        """What a start of this run that was cut off had come to: its weights, whole, and the optimizer's tensors."""
        found = read_checkpoint(self._folder)
        if found is None:
            return None
        reached, changed, optimizer = found
        self._written = reached
        if reached.best:
            self._best, _ = read_safetensors(self._folder / "best.safetensors")
        return reached, {**self._start, **changed}, optimizer

    def keep_best(self, best: Best, state: State, probabilities: numpy.ndarray) -> None:
        """Takes the best epoch so far: a copy of its weights, its probabilities [test pictures, classes]."""
        self._best, self._unwritten = state, (best, probabilities)

    def save(
        self, reached: Reached, at: Literal["batch", "epoch", "end"], state: Callable[[], tuple[State, State]]
    ) -> None:
        """Writes what is new, where it is due: always at the end. `state` gives the weights and the optimizer's
        tensors."""
        start = time.monotonic()
        is_due = at != "batch" or start - self._saved_at >= SAVE_EVERY
        if not is_due or (at != "end" and start < self._write_again_at):
            return
        # Nothing was trained, or the weights have run away: what was before is better.
        if reached.steps == 0 or not math.isfinite(reached.position.loss_sum):
            return
        self._write(reached, state)
        self._saved_at = time.monotonic()
        self._write_again_at = self._saved_at + (self._saved_at - start) / WRITE_SHARE

    def finish(self) -> None:
        """Writes the best epoch if it is not on disk yet, and how far it moved each layer from the start."""
        if self._written and self._unwritten:
            self._write(self._written, None)
        if self._best is None:
            return
        layers = [
            {
                "path": layer.path,
                "frozen": layer.frozen,
                "parameters": layer.parameters,
                "maxChange": max(_largest_change(self._start[key], self._best[key]) for key in layer.keys),
            }
            for layer in self._plan.layers
        ]
        text = json.dumps({"layers": layers}, indent=2, ensure_ascii=False)
        write_atomically(self._folder / "layers.json", [f"{text}\n".encode()])

    def _write(self, reached: Reached, state: Callable[[], tuple[State, State]] | None) -> None:
        weights, optimizer = None, None
        if state and not (self._written and self._written.steps == reached.steps):
            now, optimizer = state()
            weights = {key: value for key, value in now.items() if not torch.equal(value.cpu(), self._start[key])}
        write_checkpoint(self._folder, reached, weights, optimizer, self._new_best())
        self._written, self._unwritten = reached, None

    def _new_best(self) -> NewBest | None:
        if not self._unwritten or self._best is None:
            return None
        best, probabilities = self._unwritten
        state, classes = self._best, self._plan.classes
        metadata = {
            "epoch": str(best.epoch),
            "accuracy": json.dumps(best.accuracy),
            "classes": json.dumps(classes, ensure_ascii=False, separators=(",", ":")),
        }
        return NewBest(
            best,
            lambda file: write_safetensors(file, state, metadata),
            lambda file: self._write_predictions(file, probabilities),
        )

    def _write_predictions(self, file: Path, probabilities: numpy.ndarray) -> None:
        test, classes = self._plan.test, self._plan.classes
        lines = []
        for image, path, label, row in zip(test.images, test.files, test.labels, probabilities):
            prediction = {
                "image": image,
                "file": path,
                "label": classes[label],
                "predicted": classes[int(row.argmax())],
                "probabilities": [float(f"{value:.7g}") for value in row],
            }
            lines.append(json.dumps(prediction, ensure_ascii=False, separators=(",", ":")) + "\n")
        write_atomically(file, ["".join(lines).encode()])


def _largest_change(before: torch.Tensor, after: torch.Tensor) -> float:
    return (after.double() - before.double()).abs().max().item()
