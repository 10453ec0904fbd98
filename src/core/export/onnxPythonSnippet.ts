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


def prepare(picture):
    """The centre of the resized picture, [3, crop, crop] in 0..1; the model itself normalizes."""
    image = Image.open(picture).convert("RGB")
    short, crop = preprocessing["resize"], preprocessing["crop"]
    width, height = image.size
    size = (short, short * height // width) if width <= height else (short * width // height, short)
    left, top = round((size[0] - crop) / 2), round((size[1] - crop) / 2)
    image = image.resize(size, Image.Resampling.BILINEAR).crop((left, top, left + crop, top + crop))
    return numpy.asarray(image, dtype=numpy.float32).transpose(2, 0, 1) / 255


for picture in sys.argv[1:]:
    (probabilities,) = session.run(["probabilities"], {"image": prepare(picture)[None]})
    best = int(probabilities[0].argmax())
    print(f"{picture}: {classes[best]} {100 * probabilities[0][best]:.1f} %")
`;
}
