"""Writes a model's hash weights as `torch.save` does, for the test that loads them: saveCheckpoint.py NAME GAIN FILE."""

import sys

import torch

from hash_network import load_hash_weights
from torch_models import build


def main():
    name, gain, file = sys.argv[1:]
    model = build(name, 10)
    load_hash_weights(model, float(gain))
    torch.save(model.state_dict(), file)


if __name__ == "__main__":
    main()
