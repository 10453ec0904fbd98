"""What the leader leaves in the run folder, in the formats of src/core/training/bestWeights.ts."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy
import torch

from atomic_write import write_atomically
from plan import Plan
from safetensors_file import read_safetensors, write_safetensors

# Writing may take at most this share of the time of a run.
WRITE_SHARE = 0.1
LAST = "torchrun/last.safetensors"

State = dict[str, torch.Tensor]


@dataclass(frozen=True)
class Progress:
    """Epochs and steps that were taken, and the best epoch of the test phase so far (-1: none)."""

    epochs: int = 0
    steps: int = 0
    best_epoch: int = -1
    best_accuracy: float = 0.0


@dataclass(frozen=True)
class Last:
    """What a run had come to: the weights, and the optimizer's tensors under `<key of the weight>.<name>`."""

    progress: Progress
    model: State
    optimizer: State


class RunFolder:
    """Keeps the best epoch and the last one: on disk when writing costs little, and at the end."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        self._plan, self._folder = plan, folder
        self._best: State | None = None
        self._unwritten: tuple[Progress, numpy.ndarray] | None = None
        self._write_again_at = 0.0

    def read_last(self) -> Last | None:
        """Where a start of this run that was cut off had come to."""
        if not (self._folder / LAST).exists():
            return None
        tensors, metadata = read_safetensors(self._folder / LAST)
        progress = Progress(**json.loads(metadata["progress"]))
        if progress.best_epoch >= 0:
            self._best, _ = read_safetensors(self._folder / "best.safetensors")
        model, optimizer = (_under(prefix, tensors) for prefix in ("model.", "optimizer."))
        return Last(progress, model, optimizer)

    def keep_best(self, progress: Progress, state: State, probabilities: numpy.ndarray) -> None:
        """Takes the best epoch so far: a copy of its weights, its probabilities [test pictures, classes]."""
        self._best, self._unwritten = state, (progress, probabilities)

    def keep_last(self, last: Callable[[], Last]) -> None:
        """Writes what an epoch came to, and the best so far."""
        start = time.monotonic()
        if start < self._write_again_at:
            return
        # The best goes first: the last one must not speak of a best epoch that is not there.
        self._write_best()
        found = last()
        tensors = {f"model.{key}": value for key, value in found.model.items()}
        tensors |= {f"optimizer.{key}": value for key, value in found.optimizer.items()}
        write_safetensors(self._folder / LAST, tensors, {"progress": json.dumps(asdict(found.progress))})
        end = time.monotonic()
        self._write_again_at = end + (end - start) / WRITE_SHARE

    def finish(self) -> None:
        """Writes the best epoch if it is not on disk yet, and how far it moved each layer from the start."""
        self._write_best()
        if self._best is None or self._plan.weights is None:
            return
        start, _ = read_safetensors(self._plan.weights)
        layers = []
        for layer in self._plan.layers:
            changes = [(self._best[key].double() - start[key].double()).abs().max().item() for key in layer.keys]
            layers.append(
                {
                    "path": layer.path,
                    "frozen": layer.frozen,
                    "parameters": layer.parameters,
                    "maxChange": max(changes),
                }
            )
        text = json.dumps({"layers": layers}, indent=2, ensure_ascii=False)
        write_atomically(self._folder / "layers.json", [f"{text}\n".encode()])

    def _write_best(self) -> None:
        if self._unwritten is None or self._best is None:
            return
        progress, probabilities = self._unwritten
        plan = self._plan
        metadata = {
            "epoch": str(progress.best_epoch),
            "accuracy": json.dumps(progress.best_accuracy),
            "classes": json.dumps(plan.classes, ensure_ascii=False, separators=(",", ":")),
        }
        write_safetensors(self._folder / "best.safetensors", self._best, metadata)
        lines = []
        for image, file, label, row in zip(plan.test.images, plan.test.files, plan.test.labels, probabilities):
            prediction = {
                "image": image,
                "file": file,
                "label": plan.classes[label],
                "predicted": plan.classes[int(row.argmax())],
                "probabilities": [float(f"{value:.7g}") for value in row],
            }
            lines.append(json.dumps(prediction, ensure_ascii=False, separators=(",", ":")) + "\n")
        write_atomically(self._folder / "best.predictions.jsonl", ["".join(lines).encode()])
        self._unwritten = None


def _under(prefix: str, tensors: State) -> State:
    return {key.removeprefix(prefix): value for key, value in tensors.items() if key.startswith(prefix)}
