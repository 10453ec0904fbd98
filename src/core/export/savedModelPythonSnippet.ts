import { pythonCentre } from './snippetParts';

/** A Python program that classifies pictures with the SavedModel in whose folder it is. */
export function savedModelPythonSnippet(model: string): string {
  return `"""Classifies pictures with the fine-tuned ${model} in this folder.

    pip install tensorflow pillow
    python THIS_FILE picture.jpg ...
"""

import json
import pathlib
import sys

import numpy
import tensorflow
from PIL import Image

here = pathlib.Path(__file__).parent
details = json.loads((here / "assets.extra" / "details.json").read_text(encoding="utf-8"))
classes, preprocessing = details["classes"], details["preprocessing"]
model = tensorflow.saved_model.load(str(here))
classify = model.signatures["serving_default"]


${pythonCentre}


for picture in sys.argv[1:]:
    # [1, crop, crop, 3] in 0..1; the model itself normalizes.
    image = numpy.asarray(centre_of(picture), dtype=numpy.float32)[None] / 255
    (probabilities,) = classify(image=tensorflow.constant(image))["probabilities"].numpy()
    best = int(probabilities.argmax())
    print(f"{picture}: {classes[best]} {100 * probabilities[best]:.1f} %")
`;
}
