"""Runs ONNX files of a model's hash weights in ONNX Runtime and says how far they are from PyTorch.

Is asked [NAME, CLASSES, FILE]. Checks the file by the onnx package, shapes included, and answers with the largest
difference of a logit over the largest logit, for batches of one and of three images, and of a probability.
"""

import json

import numpy as np
import onnx
import onnxruntime
import torch

from answers import answer_all
from hash_network import hash_pixels, load_hash_weights
from torch_models import ARCHITECTURES, build


def check(name, classes, file):
    onnx.checker.check_model(file, full_check=True)
    size, gain = ARCHITECTURES[name]
    model = build(name, classes)
    load_hash_weights(model, gain)
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    preprocessing = json.loads(session.get_modelmeta().custom_metadata_map["preprocessing"])
    mean, std = (np.float32(preprocessing[key]).reshape(1, 3, 1, 1) for key in ("mean", "std"))
    found = {}
    for count in (1, 3):
        image = hash_pixels("pixels", count, size).numpy() * std + mean
        logits, probabilities = session.run(["logits", "probabilities"], {"image": image})
        with torch.inference_mode():
            expected = model.eval()(torch.from_numpy((image - mean) / std))
        found[f"batch{count}"] = float(np.abs(logits - expected.numpy()).max() / expected.abs().max())
        found["probabilities"] = float(np.abs(probabilities - expected.softmax(1).numpy()).max())
    return found


if __name__ == "__main__":
    answer_all(check)
