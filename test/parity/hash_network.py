"""Weights, images and digests made from hashes of names and positions: the twin of hashNetwork.ts, bit for bit."""

import math

import numpy as np
import torch

CHUNK = 1 << 22


def hash_bits(key, start, count):
    """uint32 [count]: position start + i of the stream named `key` (FNV-1a of the name, murmur3's mixer)."""
    name = 0x811C9DC5
    for byte in key.encode():
        name = ((name ^ byte) * 0x01000193) & 0xFFFFFFFF
    bits = np.arange(start, start + count, dtype=np.uint32)
    bits *= np.uint32(0x9E3779B9)
    bits += np.uint32(name)
    bits ^= bits >> np.uint32(16)
    bits *= np.uint32(0x85EBCA6B)
    bits ^= bits >> np.uint32(13)
    bits *= np.uint32(0xC2B2AE35)
    bits ^= bits >> np.uint32(16)
    return bits


def hash_values(key, count):
    """float32 [count] in [-1, 1), multiples of 2^-23."""
    values = np.empty(count, dtype=np.float32)
    for start in range(0, count, CHUNK):
        end = min(count, start + CHUNK)
        values[start:end] = (hash_bits(key, start, end - start) >> np.uint32(8)).astype(np.float32)
    values *= np.float32(2.0**-23)
    values -= np.float32(1)
    return values


def hash_tensor(key, shape, gain):
    """One tensor of a state dict; `gain` scales weights of convolutions and linear layers."""
    name = key.rpartition(".")[2]
    if name == "num_batches_tracked":
        return torch.zeros((), dtype=torch.int64)
    values = hash_values(key, math.prod(shape))
    if name == "running_var":
        values = np.float32(1) + values * np.float32(0.5)
    elif name.endswith("weight") and len(shape) == 1:
        values = np.float32(1) + values * np.float32(0.1)
    elif name.endswith("weight"):
        values *= np.float32(math.sqrt(3 / math.prod(shape[1:])) * gain)
    else:
        values *= np.float32(0.1)
    return torch.from_numpy(values.reshape(shape))


def load_hash_weights(model, gain):
    for key, tensor in model.state_dict().items():
        with torch.no_grad():
            tensor.copy_(hash_tensor(key, tuple(tensor.shape), gain))


def hash_pixels(key, count, size):
    """float32 [count, 3, size, size]: noise on blocks of 8 pixels on a colour per image. Hashed in [n, h, w, c] order."""
    noise = hash_values(f"{key}:noise", count * size * size * 3).reshape(count, size, size, 3)
    blocks = -(-size // 8)
    coarse = hash_values(f"{key}:blocks", count * blocks * blocks * 3).reshape(count, blocks, blocks, 3)
    coarse = coarse.repeat(8, axis=1).repeat(8, axis=2)[:, :size, :size]
    colour = hash_values(f"{key}:colour", count * 3).reshape(count, 1, 1, 3)
    pixels = (noise * np.float32(0.5) + coarse) + colour
    return torch.from_numpy(np.ascontiguousarray(pixels.transpose(0, 3, 1, 2)))


def digest(key, tensor):
    """Sum, sum of magnitudes, product with a hash vector, 8 samples: numbers that show any difference."""
    values = tensor.detach().double().numpy().reshape(-1)
    vector = hash_values(f"digest:{key}", values.size).astype(np.float64)
    positions = hash_bits(f"sample:{key}", 0, 8) % np.uint32(values.size)
    numbers = [values.sum(), np.abs(values).sum(), values @ vector, *values[positions]]
    return [float(f"{number:.9g}") for number in numbers]
