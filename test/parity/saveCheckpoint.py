"""Writes a model's hash weights as `torch.save` does, for the test that loads them. Is asked [NAME, GAIN, FILE]."""

import torch

from answers import answer_all
from hash_network import load_hash_weights
from torch_models import build


def save(name, gain, file):
    model = build(name, 10)
    load_hash_weights(model, gain)
    torch.save(model.state_dict(), file)


if __name__ == "__main__":
    answer_all(save)
