"""The processes that train together."""

from __future__ import annotations

import datetime
import json
import os
import sys
import threading
import time
from collections.abc import Mapping
from typing import Any

import torch
import torch.distributed as dist

# What one process does while the others wait, such as writing large weights, takes less than this.
PATIENCE = datetime.timedelta(minutes=30)

# Seconds from the end of torchrun to that of its processes.
STOP_WITHIN = 60


class Failure(Exception):
    """What went wrong: a name for which Thaw has a sentence (workerLine.ts), and the values in it. All processes raise
    the same one."""

    def __init__(self, why: str, **values: Any) -> None:
        super().__init__(why)
        self.why, self.values = why, values


class World:
    """This process among those that torchrun started. The leader is the one that tells and writes: it runs on the
    machine that has the run folder, whatever its rank."""

    def __init__(self, is_leader: bool) -> None:
        self.is_asked_to_stop = False
        threading.Thread(target=self._end_with_torchrun, daemon=True).start()
        self.local_rank = int(os.environ["LOCAL_RANK"])
        local_size = int(os.environ["LOCAL_WORLD_SIZE"])
        on_gpu = torch.cuda.is_available() and torch.cuda.device_count() >= local_size
        self.device = torch.device("cuda", self.local_rank) if on_gpu else torch.device("cpu")
        if on_gpu:
            torch.cuda.set_device(self.device)
        dist.init_process_group("cpu:gloo,cuda:nccl" if on_gpu else "gloo", timeout=PATIENCE)
        self.rank, self.size = dist.get_rank(), dist.get_world_size()
        # Sums within the forward pass, and words between processes, never meet the gradients on their way; but on GPUs,
        # where two groups at once may wait for each other, and one keeps the order.
        self.layers_group = None if on_gpu else dist.new_group(timeout=PATIENCE)
        self._words = dist.new_group(backend="gloo", timeout=PATIENCE)
        self.is_leader = is_leader and self.local_rank == 0
        self.leader = self.gather(self.is_leader).index(True)

    def gather(self, word: Any) -> list[Any]:
        """What each process says, by rank."""
        words: list[Any] = [None] * self.size
        dist.all_gather_object(words, word, group=self._words)
        return words

    def from_leader(self, word: Any) -> Any:
        """What the leader says."""
        words = [word]
        dist.broadcast_object_list(words, src=self.leader, group=self._words)
        return words[0]

    def copy_from_leader(self, tensors: Mapping[str, torch.Tensor]) -> None:
        """Fills the tensors of the others, on the CPU and of the same shapes, with the leader's."""
        for tensor in tensors.values():
            dist.broadcast(tensor, src=self.leader, group=self._words)

    def tensors_from_leader(self, tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        """The leader's tensors, on the CPU, whatever the others have."""
        shapes = self.from_leader({key: (tuple(value.shape), value.dtype) for key, value in tensors.items()})
        copies = {key: torch.empty(shape, dtype=dtype) for key, (shape, dtype) in shapes.items()}
        for key, copy in copies.items():
            if key in tensors:
                copy.copy_(tensors[key])
        self.copy_from_leader(copies)
        return copies

    def tell(self, event: Mapping[str, Any]) -> None:
        """Says an event to Node: a line of JSON. When nobody reads any more, that is the end."""
        try:
            sys.stdout.write(json.dumps(event, ensure_ascii=False, separators=(",", ":")) + "\n")
            sys.stdout.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            self.is_asked_to_stop = True

    def _end_with_torchrun(self) -> None:
        """A torchrun that is killed leaves its processes behind: they stop, or end where they wait for each other."""
        parent = os.getppid()
        while os.getppid() == parent:
            time.sleep(1)
        self.is_asked_to_stop = True
        time.sleep(STOP_WITHIN)
        os._exit(1)

    def close(self) -> None:
        dist.destroy_process_group()
