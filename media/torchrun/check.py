"""Says whether this Python can train a model, as a line of JSON: `python check.py MODEL`."""

import importlib
import json
import platform
import sys


def main(model):
    found = {"python": platform.python_version(), "missing": {}}
    names = ["torch", "torchvision"] + (["efficientnet_lite_pytorch"] if model == "efficientnet_lite0" else [])
    for name in names:
        try:
            found[name] = getattr(importlib.import_module(name), "__version__", "")
        except Exception as error:  # A library of the system that lacks something raises whatever it likes.
            found["missing"][name] = f"{type(error).__name__}: {error}"
    if not found["missing"]:
        import torch
        import torch.distributed as dist

        available = dist.is_available()
        found["gloo"] = available and dist.is_gloo_available()
        found["nccl"] = available and dist.is_nccl_available()
        gpus = torch.cuda.device_count() if torch.cuda.is_available() else 0
        found["gpus"] = [torch.cuda.get_device_name(i) for i in range(gpus)]
    print(json.dumps(found))


main(sys.argv[1])
