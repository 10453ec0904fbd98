"""What Node settled of a run: the file that `src/core/torchrun/torchrunPlan.ts` writes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FORMAT = 3


@dataclass(frozen=True)
class Pictures:
    """Of one phase: absolute paths, as a person names them, indices into the classes."""

    files: list[str]
    images: list[str]
    labels: list[int]


@dataclass(frozen=True)
class Preprocessing:
    resize: int
    crop: int
    # "bilinear" or "bicubic".
    interpolation: str
    mean: list[float]
    std: list[float]


@dataclass(frozen=True)
class Layer:
    """A layer with parameters, for `layers.json`; `keys` are those of the state dict."""

    path: str
    frozen: bool
    parameters: int
    keys: list[str]


@dataclass(frozen=True)
class Plan:
    """`folder` and `weights` are None on machines that help: they get the weights from the one that leads."""

    folder: Path | None
    weights: Path | None
    # Of all that must be the same on all machines.
    digest: str
    model: str
    classes: list[str]
    freeze: list[str]
    frozen_batch_norm: str
    label_smoothing: float
    # By class; None: all the same.
    class_weights: list[float] | None
    sampling: str
    # Its groups have a learning rate of their own, of `modules` and all below them.
    optimizer: dict[str, Any]
    # Decay of the average that is tested and kept; None: the weights themselves are.
    averaging_decay: float | None
    # Of each epoch.
    learning_rates: list[float]
    # Epochs without improvement, and the least improvement; None: trains to the end.
    early_stopping: dict[str, Any] | None
    batch_size: int
    seed: int
    augment: str
    # Crops of a picture that are used in turn; None: new ones in every epoch.
    cached_views: int | None
    precision: str
    preprocessing: Preprocessing
    train: Pictures
    test: Pictures
    layers: list[Layer]


def read_plan(file: str) -> Plan:
    """Reads a plan; one of another version is a ValueError."""
    value = json.loads(Path(file).read_text(encoding="utf-8"))
    if value["format"] != FORMAT:
        raise ValueError(f"{file} has the format {value['format']}, this program reads {FORMAT}")
    return Plan(
        folder=None if value["folder"] is None else Path(value["folder"]),
        weights=None if value["weights"] is None else Path(value["weights"]),
        digest=value["digest"],
        model=value["model"],
        classes=value["classes"],
        freeze=value["freeze"],
        frozen_batch_norm=value["frozenBatchNorm"],
        label_smoothing=value["labelSmoothing"],
        class_weights=value["classWeights"],
        sampling=value["sampling"],
        optimizer=value["optimizer"],
        averaging_decay=value["averagingDecay"],
        learning_rates=value["learningRates"],
        early_stopping=value["earlyStopping"],
        batch_size=value["batchSize"],
        seed=value["seed"],
        augment=value["augment"],
        cached_views=value["cachedViews"],
        precision=value["precision"],
        preprocessing=Preprocessing(**value["preprocessing"]),
        train=Pictures(**value["train"]),
        test=Pictures(**value["test"]),
        layers=[Layer(**layer) for layer in value["layers"]],
    )
