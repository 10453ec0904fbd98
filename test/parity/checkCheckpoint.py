"""Loads a .pth of a model's hash weights in PyTorch, strictly and as weights only: checkCheckpoint.py NAME CLASSES FILE.

Prints how many tensors are equal in every bit, and how many the model has.
"""

import sys

import torch

from hash_network import hash_tensor
from torch_models import build


def main():
    name, classes, file = sys.argv[1:]
    model = build(name, int(classes))
    model.load_state_dict(torch.load(file, weights_only=True), strict=True)
    state = model.state_dict()
    equal = sum(torch.equal(tensor, hash_tensor(key, tuple(tensor.shape), 1.0)) for key, tensor in state.items())
    print(equal, len(state))


if __name__ == "__main__":
    main()
