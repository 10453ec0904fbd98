"""Writes what PyTorch says about the models, as small JSON files for the tests.

    python makeFixtures.py [FOLDER] [--choose-batches] [--full FOLDER] [--only training-vggSmall_bn]

FOLDER is test/fixtures/models unless given; transforms.json, augmentations.json and gradCam.json go beside it. Training takes the batches that the fixtures
in test/fixtures/models name; --choose-batches looks for good ones anew, which takes minutes. With --full, only the
weights after five training steps are written there, whole, as one .safetensors per run. --only writes the one file of that name.
"""

import argparse
import json
import pathlib
from functools import partial

import torch
from PIL import Image
from safetensors.torch import save_file
from torch import nn
from torch.optim import lr_scheduler
from torchvision import models, transforms
from torchvision.ops import StochasticDepth

from augmentations import augmentations
from grad_cam import grad_cam_fixtures
from hash_network import digest, hash_pixels, load_hash_weights
from operations import operations
from torch_models import ARCHITECTURES, STEP_SIZE, STEPS, build, describe, modules_with_shapes
from training_steps import BATCH, CLASSES, MODELS, largest_difference, train, training_runs

COMMITTED = pathlib.Path(__file__).resolve().parent.parent / "fixtures" / "models"

# Models whose first ImageNet weights are taken, though torchvision has newer ones.
FIRST_WEIGHTS = {"resnet50", "resnet101", "resnet152", "mobilenet_v2"}

LOGIT_CLASSES = 10
LOGIT_BATCH = 2
# Of a step, about so many are kept.
STEP_GRADIENTS = 12


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=pathlib.Path, default=COMMITTED)
    parser.add_argument("--choose-batches", action="store_true")
    parser.add_argument("--full", type=pathlib.Path)
    parser.add_argument("--only")
    options = parser.parse_args()
    torch.set_num_threads(2)
    batches = {} if options.choose_batches else committed_batches()
    if options.full:
        write_full_weights(options.full, batches)
        return
    options.folder.mkdir(parents=True, exist_ok=True)
    fixtures = {
        **{name: partial(architecture, name) for name in ARCHITECTURES},
        **{f"training-{name}": partial(training, name, batches) for name in MODELS},
        "schedulers": schedulers,
        "operations": lambda: {"operations": list(operations())},
        "../transforms": transform_geometry,
        "../augmentations": augmentations,
        "../gradCam": grad_cam_fixtures,
    }
    for name in [options.only] if options.only else fixtures:
        write(options.folder / f"{name}.json", fixtures[name]())


def committed_batches():
    """The batches of each run by its name, from the fixtures that are there."""
    files = [COMMITTED / f"training-{name}.json" for name in MODELS]
    fixtures = [json.loads(file.read_text(encoding="utf-8")) for file in files if file.exists()]
    return {run["name"]: run["batches"] for fixture in fixtures for run in fixture["runs"]}


def write_full_weights(folder, batches):
    folder.mkdir(parents=True, exist_ok=True)
    for name in MODELS:
        for run in training_runs(name):
            state = train(name, run, batches.get(run["name"]))["model"].state_dict()
            tensors = {key: tensor.contiguous() for key, tensor in state.items()}
            save_file(tensors, folder / f"{run['name']}.safetensors")


def architecture(name):
    size, gain = ARCHITECTURES[name]
    described = describe(name, 1000)
    fixture = {
        "name": name,
        "parameters": sum(parameter.numel() for parameter in described.parameters()),
        "modules": modules_with_shapes(described, 64 if name == "vitSmall" else 224),
        "stateDict": [" ".join([key, *map(str, t.shape)]) for key, t in described.state_dict().items()],
    }
    weights = published_weights(name)
    if weights:
        fixture["published"] = weights
    model = build(name, LOGIT_CLASSES)
    load_hash_weights(model, gain)
    with torch.inference_mode():
        logits = model.eval()(hash_pixels("pixels", LOGIT_BATCH, size))
    print(f"{name}: logits of std {logits.std():.3f}, images differ by {(logits[0] - logits[1]).abs().mean():.3f}")
    values = [[float(f"{value:.9g}") for value in row] for row in logits.tolist()]
    fixture["logits"] = {"classes": LOGIT_CLASSES, "imageSize": size, "gain": gain, "values": values}
    return {**fixture, "step": step(name, *STEPS[name])} if name in STEPS else fixture


def step(name, pictures, norms):
    """Loss and gradients of a batch in training, in float64; nothing is dropped, since each library draws for itself."""
    model = build(name, CLASSES)
    load_hash_weights(model, ARCHITECTURES[name][1])
    model = model.double().train()
    for module in model.modules():
        if isinstance(module, (nn.Dropout, StochasticDepth)):
            module.p = 0.0
        if isinstance(module, nn.BatchNorm2d) and norms == "eval":
            module.eval().requires_grad_(False)
    labels = torch.arange(BATCH) % CLASSES
    loss = nn.functional.cross_entropy(model(hash_pixels(pictures, BATCH, STEP_SIZE).double()), labels)
    loss.backward()
    gradients = [(key, parameter.grad) for key, parameter in model.named_parameters() if parameter.requires_grad]
    # Those of a bias or scale before batch norm are nothing but rounding.
    largest = max(gradient.abs().max() for _, gradient in gradients)
    telling = [(key, gradient) for key, gradient in gradients if gradient.abs().max() > 1e-6 * largest]
    chosen = telling[:: max(1, len(telling) // STEP_GRADIENTS)] + telling[-2:]
    digests = {key: digest(key, gradient) for key, gradient in chosen}
    print(f"{name}: a step of loss {loss.item():.4f}, {len(digests)} gradients")
    settings = {"pictures": pictures, "batchNorm": norms, "imageSize": STEP_SIZE, "batch": BATCH, "classes": CLASSES}
    return {**settings, "loss": float(f"{loss.item():.9g}"), "gradients": digests}


def published_weights(name):
    """torchvision's file for a model and the transform it comes with; None where the weights are of another package."""
    if name in ("efficientnet_lite0", "vitSmall"):
        return None
    found = models.get_model_weights(name)
    weights = found.IMAGENET1K_V1 if name in FIRST_WEIGHTS else found.DEFAULT
    transform = weights.transforms()
    names = {"resize": "resize_size", "crop": "crop_size"}
    sides = {key: getattr(transform, attribute)[0] for key, attribute in names.items()}
    channels = {"mean": list(transform.mean), "std": list(transform.std)}
    preprocessing = {**sides, "interpolation": transform.interpolation.value, **channels}
    return {"weights": weights.name, "url": weights.url, "preprocessing": preprocessing}


def training(name, batches):
    runs = []
    for run in training_runs(name):
        trained = train(name, run, batches.get(run["name"]))
        noise = largest_difference(trained["model"], train(name, run, trained["batches"], torch.float64)["model"])
        losses, (after1, after5) = trained["losses"], trained["digests"]
        print(f"{run['name']}: losses {losses[0]:.4f} to {losses[-1]:.4f}, float32 to float64 {noise:.1e}")
        results = {"losses": losses, "rounding": float(f"{noise:.2g}"), "after1": after1, "after5": after5}
        runs.append({**run, "batches": trained["batches"], **results})
    return {"model": name, "batch": BATCH, "classes": CLASSES, "runs": runs}


def schedulers():
    """Learning rates of each epoch, the scheduler stepping once after each."""
    cases = [
        ({"type": "step", "stepSize": 7, "gamma": 0.1}, 0.001, 25),
        ({"type": "step", "stepSize": 1, "gamma": 0.5}, 0.1, 6),
        ({"type": "step", "stepSize": 3, "gamma": 0.9}, 0.02, 10),
        ({"type": "cosine"}, 0.001, 25),
        ({"type": "cosine"}, 0.1, 6),
        ({"type": "cosine"}, 0.01, 1),
        ({"type": "cosine", "warmupEpochs": 3}, 0.001, 25),
        ({"type": "cosine", "warmupEpochs": 1}, 0.1, 6),
        ({"type": "step", "stepSize": 2, "gamma": 0.5, "warmupEpochs": 4}, 0.02, 10),
        ({"type": "none", "warmupEpochs": 2}, 0.02, 5),
    ]
    return {"cases": [{"scheduler": {"warmupEpochs": 0, **s}, "lr": lr, "rates": rates(s, lr, epochs)} for s, lr, epochs in cases]}


def rates(recipe, lr, epochs):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=lr)
    warmup = recipe.get("warmupEpochs", 0)
    if recipe["type"] == "step":
        scheduler = lr_scheduler.StepLR(optimizer, recipe["stepSize"], recipe["gamma"])
    elif recipe["type"] == "cosine":
        scheduler = lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs - warmup)
    else:
        scheduler = lr_scheduler.ConstantLR(optimizer, factor=1)
    if warmup > 0:
        rising = lr_scheduler.LinearLR(optimizer, total_iters=warmup)
        scheduler = lr_scheduler.SequentialLR(optimizer, [rising, scheduler], milestones=[warmup])
    result = []
    for _ in range(epochs):
        result.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return result


def transform_geometry():
    """Of Resize and CenterCrop: width and height after resizing, and the left, top, width, height of what is cut out."""
    sizes = [(256, 256), (300, 300), (500, 375), (375, 500), (640, 480), (1000, 257), (257, 1000), (333, 777)]
    sizes += [(100, 80), (81, 99), (224, 224), (1, 1), (31, 7), (1023, 767), (4000, 3000)]
    cases = []
    for resize, crop in [(256, 224), (110, 96), (73, 64), (37, 32), (232, 224)]:
        for width, height in sizes:
            resized = transforms.Resize(resize)(Image.new("L", (width, height)))
            rows, columns = torch.meshgrid(torch.arange(resized.height), torch.arange(resized.width), indexing="ij")
            cut = transforms.CenterCrop(crop)(torch.stack([columns, rows]))
            left, top = cut[:, 0, 0].tolist()
            box = [left, top, cut.shape[2], cut.shape[1]]
            case = {"size": [width, height], "resize": resize, "crop": crop, "resized": list(resized.size), "box": box}
            cases.append(case)
    return {"cases": cases}


def write(path, fixture):
    path.write_text(lines(fixture, "") + "\n", encoding="utf-8")


def lines(value, indent):
    """JSON with a line for each entry of the larger lists and objects."""
    flat = json.dumps(value)
    if len(flat) <= 200 or not isinstance(value, (list, dict)):
        return flat
    deeper = indent + " "
    if isinstance(value, dict):
        inner = [f"{deeper}{json.dumps(key)}: {lines(entry, deeper)}" for key, entry in value.items()]
        return "{\n" + ",\n".join(inner) + f"\n{indent}}}"
    return "[\n" + ",\n".join(deeper + lines(entry, deeper) for entry in value) + f"\n{indent}]"


if __name__ == "__main__":
    main()
