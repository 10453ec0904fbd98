"""Opens a run folder in PyTorch alone and says how far its predictions are from those that the run kept.

    python checkRun.py RUN

Loads best.safetensors strictly into torchvision's model, classifies the test pictures with torchvision's transforms
and prints JSON: how many pictures, how many predicted classes agree, the largest difference of a probability.
"""

import json
import pathlib
import sys

import torch
from PIL import Image
from safetensors.torch import load_file
from torchvision import transforms

from torch_models import build


def main():
    run = pathlib.Path(sys.argv[1])
    settings = json.loads((run / "recipe.json").read_text(encoding="utf-8"))
    classes, preprocessing = settings["resolved"]["classes"], settings["resolved"]["preprocessing"]
    model = build(settings["model"], len(classes))
    model.load_state_dict(load_file(run / "best.safetensors"), strict=True)
    model.eval()
    transform = transforms.Compose(
        [
            transforms.Resize(preprocessing["resize"], transforms.InterpolationMode(preprocessing["interpolation"])),
            transforms.CenterCrop(preprocessing["crop"]),
            transforms.ToTensor(),
            transforms.Normalize(preprocessing["mean"], preprocessing["std"]),
        ]
    )
    lines = (run / "best.predictions.jsonl").read_text(encoding="utf-8").splitlines()
    agree, difference = 0, 0.0
    for prediction in map(json.loads, lines):
        image = transform(Image.open(prediction["file"]).convert("RGB"))
        with torch.inference_mode():
            probabilities = model(image[None]).softmax(1)[0]
        agree += classes[int(probabilities.argmax())] == prediction["predicted"]
        kept = torch.tensor(prediction["probabilities"])
        difference = max(difference, (probabilities - kept).abs().max().item())
    print(json.dumps({"pictures": len(lines), "agree": agree, "difference": difference}))


if __name__ == "__main__":
    main()
