"""Where a run can go on from: `last/` of the run folder, in the format of src/core/run/checkpoint.ts."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from atomic_write import write_atomically
from safetensors_file import State, read_safetensors, write_safetensors

CHECKPOINT = "checkpoint.json"


@dataclass(frozen=True)
class Improvement:
    epoch: int
    accuracy: float


@dataclass(frozen=True)
class Position:
    """A place between two steps of training: an epoch, batches of its train phase that are done, and what they gave:
    the sum of cross-entropies, right answers, pictures, and the seconds they took."""

    epoch: int = 0
    batch: int = 0
    loss_sum: float = 0.0
    correct: int = 0
    samples: int = 0
    seconds: float = 0.0
    # Where a run may stop early: the last epoch before this one whose test accuracy was an improvement.
    improved: Improvement | None = None


@dataclass(frozen=True)
class Best:
    epoch: int
    accuracy: float
    loss: float

    def is_better(self, than: Best | None) -> bool:
        """The greater test accuracy is better, of equal ones the lower test loss. An epoch that an earlier start has found
        to be the best is found to be so once more."""
        if than is None or self.accuracy != than.accuracy:
            return than is None or self.accuracy > than.accuracy
        return self.loss < than.loss or self == than


@dataclass(frozen=True)
class Reached:
    """How far a run has come. `steps` of the optimizer, `seconds` that the run has taken, its best epoch so far."""

    position: Position = Position()
    steps: int = 0
    seconds: float = 0.0
    best: Best | None = None


@dataclass(frozen=True)
class NewBest:
    """Functions that write the files of a best epoch that is not on the disk yet."""

    best: Best
    write_weights: Callable[[Path], None]
    write_predictions: Callable[[Path], None]


def write_checkpoint(
    folder: Path,
    reached: Reached,
    weights: State | None,
    optimizer: State | None,
    new_best: NewBest | None,
) -> None:
    """Writes all or nothing: the files come first, under names of their own; `checkpoint.json`, replaced at once, makes
    them count; then the best epoch's files move to where they are looked for, and what is old is deleted. `weights`
    that training has changed and `optimizer` may be left out where the checkpoint before has the same steps."""
    last = folder / "last"
    last.mkdir(exist_ok=True)
    before = _read(folder) or {}

    def tensors(kind: str, state: State | None) -> dict[str, Any]:
        if state is None:
            return before[kind]
        file = f"{kind}-{reached.steps}.safetensors"
        write_safetensors(last / file, state, {"steps": str(reached.steps)})
        return {"file": file, **_fingerprint(last / file)}

    position = reached.position
    checkpoint = {
        "version": 1,
        "position": {
            "epoch": position.epoch,
            "batch": position.batch,
            "lossSum": position.loss_sum,
            "correct": position.correct,
            "samples": position.samples,
            "seconds": position.seconds,
            **({"improved": vars(position.improved)} if position.improved else {}),
        },
        "steps": reached.steps,
        "seconds": reached.seconds,
        "weights": tensors("weights", weights),
        "optimizer": tensors("optimizer", optimizer),
    }
    if new_best:
        best = new_best.best
        (staged_weights, _), (staged_predictions, _) = _staged(best.epoch)
        new_best.write_weights(last / staged_weights)
        new_best.write_predictions(last / staged_predictions)
        checkpoint["best"] = {
            "epoch": best.epoch,
            "accuracy": best.accuracy,
            "loss": best.loss,
            "weights": _fingerprint(last / staged_weights),
            "predictions": _fingerprint(last / staged_predictions),
        }
    elif "best" in before:
        checkpoint["best"] = before["best"]
    write_atomically(last / CHECKPOINT, [f"{json.dumps(checkpoint, indent=2)}\n".encode()])
    _settle(folder, checkpoint)


def read_checkpoint(folder: Path) -> tuple[Reached, State, State] | None:
    """How far a run has come, the weights that differ from the start's, and the optimizer's tensors."""
    checkpoint = _read(folder)
    if checkpoint is None:
        return None
    _settle(folder, checkpoint)
    position, best = checkpoint["position"], checkpoint.get("best")
    reached = Reached(
        Position(
            position["epoch"],
            position["batch"],
            position["lossSum"],
            position["correct"],
            position["samples"],
            position["seconds"],
            Improvement(**position["improved"]) if "improved" in position else None,
        ),
        checkpoint["steps"],
        checkpoint["seconds"],
        best and Best(best["epoch"], best["accuracy"], best["loss"]),
    )
    weights, optimizer = (
        read_safetensors(folder / "last" / checkpoint[kind]["file"])[0] for kind in ("weights", "optimizer")
    )
    return reached, weights, optimizer


def _read(folder: Path) -> dict[str, Any] | None:
    file = folder / "last" / CHECKPOINT
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None


def _settle(folder: Path, checkpoint: dict[str, Any]) -> None:
    """Ends what a process may have left half done after its checkpoint counted; clears away what never did."""
    last = folder / "last"
    if "best" in checkpoint:
        for staged, name in _staged(checkpoint["best"]["epoch"]):
            if (last / staged).exists():
                os.replace(last / staged, folder / name)
    kept = {CHECKPOINT, checkpoint["weights"]["file"], checkpoint["optimizer"]["file"]}
    for file in last.iterdir():
        if file.name not in kept:
            file.unlink()


def _staged(epoch: int) -> tuple[tuple[str, str], tuple[str, str]]:
    """The best epoch's files before they count, and after."""
    return (
        (f"best-{epoch}.safetensors", "best.safetensors"),
        (f"best-{epoch}.predictions.jsonl", "best.predictions.jsonl"),
    )


def _fingerprint(file: Path) -> dict[str, Any]:
    digest = hashlib.sha256()
    with open(file, "rb") as source:
        while chunk := source.read(2**20):
            digest.update(chunk)
    return {"bytes": file.stat().st_size, "sha256": digest.hexdigest()}
