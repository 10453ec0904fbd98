"""Runs SavedModels in TensorFlow and answers with their outputs: each [pictures, classes].

Is asked [FOLDER, IMAGES, SIZE]; IMAGES: float32 values, [pictures, SIZE, SIZE, 3]. PyTorch is not imported: one process
cannot hold both, each with an LLVM of its own.
"""

import numpy as np
import tensorflow as tf

from answers import answer_all


def run(folder, images, size):
    # Kept: its functions live as long as it does.
    loaded = tf.saved_model.load(folder)
    image = np.fromfile(images, dtype="<f4").reshape(-1, size, size, 3)
    outputs = loaded.signatures["serving_default"](image=tf.constant(image))
    return {name: value.numpy().tolist() for name, value in outputs.items()}


if __name__ == "__main__":
    answer_all(run)
