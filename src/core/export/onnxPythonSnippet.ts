import { pythonCentre } from './snippetParts';

/** A Python program that classifies pictures with the ONNX file beside it, found by its own name. */
export function onnxPythonSnippet(model: string): string {
  return `"""Classifies pictures with the fine-tuned ${model} beside this file.

    pip install onnxruntime numpy pillow
    python THIS_FILE picture.jpg ...
"""

import json
import pathlib
import sys

import numpy
import onnxruntime
from PIL import Image

here = pathlib.Path(__file__)
name = here.name.removesuffix(".classify.py")
session = onnxruntime.InferenceSession(str(here.with_name(name + ".onnx")), providers=["CPUExecutionProvider"])
details = session.get_modelmeta().custom_metadata_map
classes, preprocessing = json.loads(details["classes"]), json.loads(details["preprocessing"])


${pythonCentre}


def prepare(picture):
    """[3, crop, crop] in 0..1; the model itself normalizes."""
    return numpy.asarray(centre_of(picture), dtype=numpy.float32).transpose(2, 0, 1) / 255


for picture in sys.argv[1:]:
    (probabilities,) = session.run(["probabilities"], {"image": prepare(picture)[None]})
    best = int(probabilities[0].argmax())
    print(f"{picture}: {classes[best]} {100 * probabilities[0][best]:.1f} %")
`;
}
