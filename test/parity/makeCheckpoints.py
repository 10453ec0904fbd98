"""Makes test/fixtures/checkpoints: small files as torch.save and safetensors write them, and what is in them.

Run by hand after a change: python makeCheckpoints.py (needs torch and safetensors).
"""

import json
from collections import Counter, OrderedDict
from pathlib import Path

import torch
from safetensors.torch import save_file

FOLDER = Path(__file__).parent.parent / "fixtures" / "checkpoints"


def values(tensor):
    numbers = tensor.detach().to(torch.float64 if tensor.is_floating_point() else torch.int64)
    return {
        "dtype": "float32" if tensor.is_floating_point() else "int64",
        "shape": list(tensor.shape),
        "data": numbers.contiguous().flatten().tolist(),
    }


def numeric_types():
    halves = [0.0, -0.0, 1.5, -2.25, 65504.0, 6e-8, 1e-5, 0.333251953125]
    return OrderedDict(
        float32=torch.tensor([[0.5, -1.25, 3e-38], [16777216.0, 0.0, -7.0]]),
        float16=torch.tensor(halves, dtype=torch.float16),
        bfloat16=torch.tensor([1.0, -3.140625, 2.0**100, 2.0**-130], dtype=torch.bfloat16),
        float64=torch.tensor([0.1, -1e10], dtype=torch.float64).to(torch.float32).to(torch.float64),
        int64=torch.tensor([2**40, -1, 0]),
        int32=torch.tensor([2**31 - 1, -(2**31)], dtype=torch.int32),
        int16=torch.tensor([-(2**15), 5], dtype=torch.int16),
        int8=torch.tensor([-128, 127], dtype=torch.int8),
        uint8=torch.tensor([0, 255, 7], dtype=torch.uint8),
        bool=torch.tensor([True, False, True]),
        scalar=torch.tensor(3),
        empty=torch.zeros(0, 3),
    )


def views():
    base = torch.arange(24, dtype=torch.float32).reshape(2, 3, 4)
    return OrderedDict(
        [
            ("whole", base),
            ("transposed", base.transpose(0, 2)),
            ("sliced", base[:, 1:, ::2]),
            ("tied", base),
            ("expanded", torch.tensor([4.0]).expand(3, 2)),
            ("channels_last", torch.arange(24.0).reshape(1, 2, 3, 4).to(memory_format=torch.channels_last)),
            ("parameter", torch.nn.Parameter(torch.tensor([1.0, 2.0]))),
        ]
    )


def module():
    torch.manual_seed(0)
    return torch.nn.Sequential(
        torch.nn.Conv2d(1, 2, 3, bias=False), torch.nn.BatchNorm2d(2), torch.nn.Linear(2, 2)
    )


def checkpoint():
    """As training scripts keep it: DataParallel's keys, an optimizer that has stepped, a scheduler, plain values."""
    model = module()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for parameter in model.parameters():
        parameter.grad = torch.ones_like(parameter)
    optimizer.step()
    scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, [2, 4])
    return {
        "epoch": 7,
        "arch": "small",
        "best_acc1": 0.75,
        "finished": False,
        "note": None,
        "big": 2**80,
        "shape": torch.Size([1, 2]),
        "device": torch.device("cpu"),
        "kind": torch.float16,
        "seen": {1, 2},
        "raw": b"bytes",
        "counts": Counter("abca"),
        "state_dict": OrderedDict((f"module.{key}", value) for key, value in model.state_dict().items()),
        "optimizer": optimizer.state_dict(),
        "scheduler": scheduler.state_dict(),
    }


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    expected = {}

    def save(name, saved, tensors, **options):
        torch.save(saved, FOLDER / name, **options)
        expected[name] = {key: values(tensor) for key, tensor in tensors.items()}

    legacy = {"_use_new_zipfile_serialization": False}
    for suffix, options in [("", {}), ("-legacy", legacy)]:
        save(f"types{suffix}.pth", numeric_types(), numeric_types(), **options)
        save(f"views{suffix}.pth", views(), views(), **options)
        save(f"module{suffix}.pt", module().state_dict(), module().state_dict(), **options)
        saved = checkpoint()
        tensors = {key.removeprefix("module."): value for key, value in saved["state_dict"].items()}
        save(f"checkpoint{suffix}.pth", saved, tensors, **options)
    save("protocol4.pth", {"model": views()}, views(), pickle_protocol=4)
    unsigned = {"uint16": torch.tensor([65535, 1], dtype=torch.uint16)}
    save("untyped.pth", unsigned, unsigned)

    torch.save(module(), FOLDER / "whole-model.pth")
    torch.save({"epoch": 3, "loss": [0.5, 0.25]}, FOLDER / "no-tensors.pth")

    tensors = dict(numeric_types())
    save_file(tensors, FOLDER / "types.safetensors", metadata={"format": "pt", "made by": "safetensors"})
    expected["types.safetensors"] = {key: values(tensor) for key, tensor in tensors.items()}

    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(content)}" for name, content in expected.items())
    (FOLDER / "expected.json").write_text("{\n" + lines + "\n}\n")


if __name__ == "__main__":
    main()
