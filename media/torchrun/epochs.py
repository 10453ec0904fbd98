"""The training loop of src/core/training/runEpochs.ts, on many processes."""

from __future__ import annotations

import inspect
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Literal

import numpy
import torch
import torch.distributed as dist
from torch import nn
from torch.nn import functional
from torch.nn.parallel import DistributedDataParallel
from torch.optim.swa_utils import AveragedModel

from checkpoint import Best, Improvement, Position, Reached
from layers import Rows
from network import set_training
from pictures import Batch, PictureReader
from plan import Plan
from run_folder import RunFolder
from safetensors_file import State
from sfc32 import Random
from world import Failure, World

# The name changed in torch 2.15.
SYNC_BUFFERS = next(
    name
    for name in ("forward_sync_buffers", "broadcast_buffers")
    if name in inspect.signature(DistributedDataParallel).parameters
)

Phase = Literal["train", "test"]

# Batches are told of at most this often.
BATCH_EVENT_EVERY = 0.1


class Epochs:
    """For each epoch a train phase, then a test phase; the weights of the best test phase are kept."""

    def __init__(
        self,
        plan: Plan,
        world: World,
        model: nn.Module,
        optimizer: torch.optim.Optimizer,
        reader: PictureReader,
        rows: Rows,
        folder: RunFolder | None,
        averaged: AveragedModel | None,
    ) -> None:
        self._plan, self._world, self._model, self._optimizer = plan, world, model, optimizer
        self._reader, self._rows, self._folder = reader, rows, folder
        self._averaged, self._tested = averaged, averaged.module if averaged else model
        devices = [world.local_rank] if world.device.type == "cuda" else None
        # Statistics are the same everywhere already.
        self._parallel = DistributedDataParallel(model, device_ids=devices, **{SYNC_BUFFERS: False})
        mean, std = (torch.tensor(value) for value in (plan.preprocessing.mean, plan.preprocessing.std))
        self._mean, self._std = (value[:, None, None].to(world.device) for value in (mean, std))
        self._stopped = False
        self._begun, self._seconds_before = time.monotonic(), 0.0
        self._reached = Reached()

    def run(self, reached: Reached) -> str:
        """Trains from where a run is; returns whether it came to its end: `completed` or `cancelled`."""
        self._reached, self._seconds_before = reached, reached.seconds
        self._rows.step = reached.steps
        if self._averaged:
            self._averaged.n_averaged.fill_(reached.steps)
        status = self._run()
        self._save("end")
        return status

    def _run(self) -> str:
        while self._reached.position.epoch < len(self._plan.learning_rates):
            position = self._reached.position
            epoch = position.epoch
            if self._has_waited(position):
                if self._folder:
                    self._world.tell({"kind": "stoppedEarly", "epoch": epoch - 1, "improved": position.improved.epoch})
                break
            lr = self._plan.learning_rates[epoch]
            for group in self._optimizer.param_groups:
                group["lr"] = lr * group["scale"]
            set_training(self._model, self._plan)
            batches = self._reader.train_batches(epoch, position.batch)
            train = self._phase("train", position, batches, self._train_step)
            if train is None:
                return "cancelled"
            if not math.isfinite(train[0]):
                raise Failure("lossRanAway", epoch=epoch, lr=lr)
            self._tested.eval()
            test = self._phase("test", Position(epoch), self._reader.test_batches(), self._test_step)
            if test is None:
                return "cancelled"
            loss, accuracy, log_probabilities = test
            best = self._reached.best
            tested = Best(epoch, accuracy, loss)
            if tested.is_better(best):
                best = tested
                if self._folder:
                    self._folder.keep_best(best, self._copy_of_tested(), numpy.exp(log_probabilities))
                    self._world.tell({"kind": "bestEpoch", "epoch": epoch, "accuracy": accuracy})
            improved = self._improvement(position.improved, Improvement(epoch, accuracy))
            position = Position(epoch + 1, improved=improved)
            self._reached = replace(self._reached, position=position, best=best)
            self._save("epoch")
        return "completed"

    def _improvement(self, before: Improvement | None, epoch: Improvement) -> Improvement | None:
        """The last epoch that was an improvement, once another has ended."""
        rule = self._plan.early_stopping
        if rule is None:
            return None
        return before if before and epoch.accuracy - rule["minDelta"] <= before.accuracy else epoch

    def _has_waited(self, position: Position) -> bool:
        rule, improved = self._plan.early_stopping, position.improved
        return bool(rule and improved and position.epoch - 1 - improved.epoch >= rule["patience"])

    def _phase(
        self, phase: Phase, position: Position, batches: Iterator[Batch], step: Callable[[Batch], torch.Tensor]
    ) -> tuple[float, float, numpy.ndarray] | None:
        """Means of loss and accuracy, and all log-probabilities [pictures, classes]; None when it was to stop."""
        pictures = self._plan.train if phase == "train" else self._plan.test
        count = math.ceil(len(pictures.files) / self._plan.batch_size)
        epoch, before = position.epoch, position
        all_rows = []
        start = time.monotonic()
        told = 0.0
        for batch in batches:
            rows = self._gather(batch, step(batch))
            labels = numpy.array(batch.labels)
            now = time.monotonic()
            position = Position(
                epoch,
                position.batch + 1,
                position.loss_sum + self._mean_loss(phase, rows, labels) * len(labels),
                position.correct + int((rows.argmax(1) == labels).sum()),
                position.samples + len(labels),
                before.seconds + now - start,
                before.improved,
            )
            if phase == "train":
                self._reached = replace(self._reached, position=position, steps=self._rows.step)
                self._save("batch")
            else:
                all_rows.append(rows)
            if position.batch == count or now - told >= BATCH_EVENT_EVERY:
                told = now
                speed = (position.samples - before.samples) / max(now - start, 1e-9)
                event = {"kind": "batchEnded", "epoch": epoch, "phase": phase, "batch": position.batch - 1}
                self._tell_means({**event, "batches": count, "imagesPerSecond": speed}, position)
            if self._stopped:
                return None
        event = {"kind": "phaseEnded", "epoch": epoch, "phase": phase}
        event |= {"samples": position.samples, "seconds": position.seconds}
        self._tell_means(event | ({"lr": self._plan.learning_rates[epoch]} if phase == "train" else {}), position)
        loss, accuracy = position.loss_sum / position.samples, position.correct / position.samples
        return loss, accuracy, numpy.concatenate(all_rows) if all_rows else numpy.empty((0, 0))

    def _mean_loss(self, phase: Phase, rows: numpy.ndarray, labels: numpy.ndarray) -> float:
        """What torch.nn.CrossEntropyLoss gives of a whole batch. Log-probabilities are logits that give themselves."""
        losses = self._losses(phase, torch.from_numpy(rows).double(), torch.from_numpy(labels))
        return losses.item() / self._weight(phase, labels.tolist())

    def _losses(self, phase: Phase, logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """The sum of some pictures' losses. A test loss is plain, so that it is that of other recipes."""
        if phase == "test":
            return functional.cross_entropy(logits, labels, reduction="sum")
        weights, smoothing = self._plan.class_weights, self._plan.label_smoothing
        weight = None if weights is None else torch.tensor(weights).to(logits)
        return functional.cross_entropy(logits, labels, weight, reduction="sum", label_smoothing=smoothing)

    def _weight(self, phase: Phase, labels: list[int]) -> float:
        """What the mean over a whole batch divides by; of pictures that all weigh nothing, nothing is learned."""
        weights = self._plan.class_weights
        return float(len(labels)) if phase == "test" or weights is None else sum(weights[i] for i in labels) or 1.0

    def _tell_means(self, event: dict[str, Any], position: Position) -> None:
        loss, accuracy = position.loss_sum / position.samples, position.correct / position.samples
        # JSON has no word for a loss that is no number any more, which is told when the phase has ended.
        if self._folder and math.isfinite(loss):
            self._world.tell({**event, "loss": loss, "accuracy": accuracy})

    def _save(self, at: Literal["batch", "epoch", "end"]) -> None:
        if self._folder:
            seconds = self._seconds_before + time.monotonic() - self._begun
            self._folder.save(replace(self._reached, seconds=seconds), at, self._state)

    def _train_step(self, batch: Batch) -> torch.Tensor:
        # For layers that draw from torch's own numbers: a start from the middle draws what the first would have.
        torch.manual_seed(Random(self._plan.seed, "torch", self._rows.step, self._world.rank).uint32())
        logits = self._logits(self._parallel, batch)
        labels = torch.tensor(batch.labels[batch.start : batch.stop], device=self._world.device)
        # The gradients of the processes are averaged; the mean is to be that over the whole batch.
        share = self._world.size / self._weight("train", batch.labels)
        self._optimizer.zero_grad(set_to_none=True)
        (self._losses("train", logits, labels) * share).backward()
        self._optimizer.step()
        if self._averaged:
            self._averaged.update_parameters(self._model)
        self._rows.step += 1
        return functional.log_softmax(logits.detach(), 1)

    @torch.no_grad()
    def _test_step(self, batch: Batch) -> torch.Tensor:
        return functional.log_softmax(self._logits(self._tested, batch), 1)

    def _logits(self, model: nn.Module, batch: Batch) -> torch.Tensor:
        self._rows.start, self._rows.stop, self._rows.total = batch.start, batch.stop, len(batch.indices)
        pixels = batch.pixels.to(self._world.device).float().div(255).sub(self._mean).div(self._std).contiguous()
        with torch.autocast(self._world.device.type, torch.bfloat16, enabled=self._plan.precision == "bfloat16"):
            return model(pixels).float()

    def _gather(self, batch: Batch, log_probabilities: torch.Tensor) -> numpy.ndarray:
        """The rows of all processes. With them goes who is to stop, and who met a picture that cannot be read."""
        total, classes = len(batch.indices), len(self._plan.classes)
        sums = torch.zeros(total * classes + 2, device=self._world.device)
        sums[batch.start * classes : batch.stop * classes] = log_probabilities.flatten()
        sums[-2] = float(self._world.is_asked_to_stop)
        sums[-1] = float(batch.lost is not None)
        dist.all_reduce(sums)
        values = sums.cpu().numpy()
        self._stopped = values[-2] > 0
        if values[-1] > 0:
            image, reason = next(lost for lost in self._world.gather(batch.lost) if lost)
            raise Failure("imageLost", image=image, reason=reason)
        return values[:-2].reshape(total, classes)

    def _copy_of_tested(self) -> State:
        return {key: value.detach().cpu().clone() for key, value in self._tested.state_dict().items()}

    def _state(self) -> tuple[State, State]:
        remembered = {
            f"{key}.{name}": value
            for key, parameter in self._model.named_parameters()
            for name, value in self._optimizer.state.get(parameter, {}).items()
            if isinstance(value, torch.Tensor)
        }
        if self._averaged:
            averages = self._averaged.module.named_parameters()
            remembered |= {f"{key}.averaged": value.detach() for key, value in averages if value.requires_grad}
        return self._model.state_dict(), remembered
