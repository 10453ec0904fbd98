"""Loads a .pth of a model's hash weights in PyTorch, strictly and as weights only.

Is asked [NAME, CLASSES, FILE]; answers how many tensors are equal in every bit, and how many the model has.
"""

import torch

from answers import answer_all
from hash_network import hash_tensor
from torch_models import build


def check(name, classes, file):
    model = build(name, classes)
    model.load_state_dict(torch.load(file, weights_only=True), strict=True)
    state = model.state_dict()
    equal = sum(torch.equal(tensor, hash_tensor(key, tuple(tensor.shape), 1.0)) for key, tensor in state.items())
    return [equal, len(state)]


if __name__ == "__main__":
    answer_all(check)
