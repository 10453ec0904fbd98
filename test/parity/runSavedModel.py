"""Runs a SavedModel in TensorFlow and prints its outputs as JSON: each [pictures, classes].

    python runSavedModel.py FOLDER IMAGES SIZE

IMAGES: float32 values, [pictures, SIZE, SIZE, 3]. PyTorch is not imported: one process cannot hold both, each with an
LLVM of its own.
"""

import json
import sys

import numpy as np
import tensorflow as tf


def main():
    folder, images, size = sys.argv[1], sys.argv[2], int(sys.argv[3])
    # Kept: its functions live as long as it does.
    loaded = tf.saved_model.load(folder)
    image = np.fromfile(images, dtype="<f4").reshape(-1, size, size, 3)
    outputs = loaded.signatures["serving_default"](image=tf.constant(image))
    print(json.dumps({name: value.numpy().tolist() for name, value in outputs.items()}))


if __name__ == "__main__":
    main()
