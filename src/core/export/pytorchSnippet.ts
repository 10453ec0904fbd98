/**
 * A Python program that classifies pictures with the weights beside it: it finds them by its own name, so that all may
 * be renamed together. `model`: a name of the catalog.
 */
export function pytorchSnippet(model: string, format: 'safetensors' | 'pth'): string {
  const lite = model.startsWith('efficientnet_lite');
  const packages = [
    'torch torchvision pillow',
    ...(format === 'safetensors' ? ['safetensors'] : []),
    ...(lite ? ['efficientnet-lite-pytorch'] : []),
  ];
  const imports = lite
    ? 'from efficientnet_lite_pytorch import EfficientNet\nfrom PIL import Image\nfrom torchvision import transforms'
    : 'from PIL import Image\nfrom torchvision import models, transforms';
  const build = lite
    ? `EfficientNet.from_name("${model.replaceAll('_', '-')}", num_classes=len(classes))`
    : `models.get_model("${model}", weights=None, num_classes=len(classes))`;
  // RegNet computes with tensors how wide it is, which needs their values.
  const construct = model.startsWith('regnet')
    ? `model = ${build}`
    : `with torch.device("meta"):\n    model = ${build}`;
  const load =
    format === 'safetensors'
      ? `with safe_open(here.with_name(name + ".safetensors"), framework="pt") as file:
    details = file.metadata()
    state = {key: file.get_tensor(key) for key in file.keys()}
classes, preprocessing = json.loads(details["classes"]), json.loads(details["preprocessing"])`
      : `state = torch.load(here.with_name(name + ".pth"), weights_only=True)
details = json.loads(here.with_name(name + ".json").read_text(encoding="utf-8"))
classes, preprocessing = details["classes"], details["preprocessing"]`;
  return `"""Classifies pictures with the fine-tuned ${model} beside this file.

    pip install ${packages.join(' ')}
    python THIS_FILE picture.jpg ...
"""

import json
import pathlib
import sys

import torch
${imports}
${format === 'safetensors' ? 'from safetensors import safe_open\n' : ''}
here = pathlib.Path(__file__)
name = here.name.removesuffix(".classify.py")
${load}

${construct}
model.load_state_dict(state, assign=True)
model.eval()

transform = transforms.Compose(
    [
        transforms.Resize(preprocessing["resize"], transforms.InterpolationMode(preprocessing["interpolation"])),
        transforms.CenterCrop(preprocessing["crop"]),
        transforms.ToTensor(),
        transforms.Normalize(preprocessing["mean"], preprocessing["std"]),
    ]
)

for picture in sys.argv[1:]:
    image = transform(Image.open(picture).convert("RGB"))
    with torch.inference_mode():
        probabilities = model(image[None]).softmax(1)[0].tolist()
    best = max(range(len(classes)), key=lambda index: probabilities[index])
    print(f"{picture}: {classes[best]} {100 * probabilities[best]:.1f} %")
`;
}
