"""Trains a recipe on PyTorch's DistributedDataParallel, one of the processes that torchrun starts.

    torchrun --nproc-per-node 4 train.py PLAN

Node wrote the plan, and reads what this says on stdout: events of the training, a line of JSON each. See
docs/torchrun.md.
"""

from __future__ import annotations

import os
import signal
import sys

import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from checkpoint import Reached
from epochs import Epochs
from layers import Rows
from network import build_network, create_optimizer
from pictures import PictureReader
from plan import Plan, read_plan
from run_folder import RunFolder
from safetensors_file import State, read_safetensors
from world import Failure, World


def main(file: str) -> None:
    plan = read_plan(file)
    world = World(is_leader=plan.folder is not None)

    def stop(*_: object) -> None:
        world.is_asked_to_stop = True

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, stop)
    speaks = world.local_rank == 0
    if speaks:
        # Whoever is to stop all processes needs to ask only one, and leaves torchrun alone.
        world.tell({"kind": "worker", "pid": os.getpid()})
    try:
        end = {"kind": "ended", "status": train(plan, world)}
    except Failure as failure:
        # Trying again would end the same, so that torchrun is to take it for an end.
        end = {"kind": "failed", "why": failure.why, **failure.values}
    if speaks:
        world.tell(end)
    world.close()


def train(plan: Plan, world: World) -> str:
    """Trains until it ends or is to stop; returns which: `completed` or `cancelled`."""
    if len(set(world.gather(plan.digest))) > 1:
        raise Failure("machinesDiffer")
    rows = Rows(group=world.layers_group)
    model = build_network(plan, rows)
    folder, reached, remembered = None, Reached(), {}
    if world.is_leader and plan.folder and plan.weights:
        state, _ = read_safetensors(plan.weights)
        folder = RunFolder(plan, plan.folder, state)
        if last := folder.read_last():
            reached, state, remembered = last
        model.load_state_dict(state)
        if int(os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")) > 0:
            position = reached.position
            world.tell({"kind": "startedAgain", "epoch": position.epoch, "batch": position.batch})
    world.copy_from_leader(model.state_dict())
    reached = world.from_leader(reached)
    optimizer = create_optimizer(model.to(world.device), plan)
    remembered = world.tensors_from_leader(remembered)
    averaged = None
    if plan.averaging_decay is not None:
        averaged = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(plan.averaging_decay))
        averages = {key: remembered.pop(key) for key in list(remembered) if key.endswith(".averaged")}
        state = {key.removesuffix(".averaged"): value for key, value in averages.items()}
        averaged.module.load_state_dict(state, strict=False)
    load_optimizer(optimizer, model, remembered)
    threads = max(1, (os.cpu_count() or 1) // int(os.environ["LOCAL_WORLD_SIZE"]))
    reader = PictureReader(plan, world.rank, world.size, threads)
    try:
        return Epochs(plan, world, model, optimizer, reader, rows, folder, averaged).run(reached)
    finally:
        reader.close()
        if folder:
            folder.finish()


def load_optimizer(optimizer: torch.optim.Optimizer, model: nn.Module, tensors: State) -> None:
    """Gives an optimizer its tensors back, under `<key of the weight>.<name>`."""
    parameters = dict(model.named_parameters())
    for path, tensor in tensors.items():
        key, _, name = path.rpartition(".")
        parameter = parameters[key]
        # Counters of steps stay where torch has them: on the CPU.
        optimizer.state[parameter][name] = tensor.to(parameter.device) if tensor.dim() > 0 else tensor


if __name__ == "__main__":
    main(sys.argv[1])
