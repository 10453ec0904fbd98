"""Reads and writes .safetensors files. The format is a header of JSON before the numbers; Python packages that PyTorch
does not bring along are not asked for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy
import torch

from atomic_write import write_atomically

State = dict[str, torch.Tensor]

TYPES = {"F32": torch.float32, "I64": torch.int64}
NAMES = {dtype: name for name, dtype in TYPES.items()}


def read_safetensors(file: Path) -> tuple[State, dict[str, str]]:
    """The tensors of a file that Thaw wrote, and the texts beside them."""
    with open(file, "rb") as source:
        header = json.loads(source.read(int.from_bytes(source.read(8), "little")))
        data = numpy.fromfile(source, numpy.uint8)
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for key, entry in header.items():
        begin, end = entry["data_offsets"]
        tensors[key] = torch.from_numpy(data[begin:end].copy()).view(TYPES[entry["dtype"]]).view(entry["shape"])
    return tensors, metadata


def write_safetensors(file: Path, tensors: Mapping[str, torch.Tensor], metadata: Mapping[str, str]) -> None:
    """Writes float32 and int64 tensors, whole or not at all; int64 comes first, so that all is aligned."""
    order = sorted(tensors, key=lambda key: tensors[key].dtype == torch.float32)
    offsets, end = {}, 0
    for key in order:
        begin, end = end, end + tensors[key].numel() * tensors[key].element_size()
        offsets[key] = [begin, end]
    header = {"__metadata__": {"format": "pt", **metadata}}
    for key, tensor in tensors.items():
        header[key] = {"dtype": NAMES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": offsets[key]}
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    chunks = (tensors[key].detach().cpu().contiguous().numpy().tobytes() for key in order)
    write_atomically(file, [len(text).to_bytes(8, "little"), text], chunks)
