"""Fine-tunes as PyTorch's transfer learning tutorial does, and says how long it took.

    python articleLoop.py DATA --model resnet18 --freeze conv1,bn1 --epochs 2 --batch-size 16

DATA has train/ and val/ with class folders. Prints one line of JSON: seconds of each epoch, seconds in all, and the
peak resident memory of this process in bytes. Weights are random: speed does not depend on their values.
"""

import argparse
import json
import resource
import time

import torch
from torch import nn
from torchvision import datasets, models, transforms

MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data")
    parser.add_argument("--model", required=True)
    parser.add_argument("--freeze", default="")
    parser.add_argument("--epochs", type=int, required=True)
    parser.add_argument("--batch-size", type=int, required=True)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()

    start = time.perf_counter()
    torch.manual_seed(0)
    model = models.get_model(options.model, weights=None)
    freeze(model, [path for path in options.freeze.split(",") if path])
    replace_head(model, 2)
    loaders = make_loaders(options)
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.SGD(trained, lr=0.001, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=7, gamma=0.1)
    epochs = []
    for _ in range(options.epochs):
        began = time.perf_counter()
        for phase in ("train", "val"):
            run_phase(model, loaders[phase], optimizer if phase == "train" else None)
        scheduler.step()
        epochs.append(time.perf_counter() - began)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"epochs": epochs, "seconds": time.perf_counter() - start, "peakBytes": peak}))


def freeze(model, paths):
    for name, parameter in model.named_parameters():
        parameter.requires_grad = not any(name.startswith(f"{path}.") for path in paths)


def replace_head(model, classes):
    if hasattr(model, "fc"):
        model.fc = nn.Linear(model.fc.in_features, classes)
    else:
        model.classifier[-1] = nn.Linear(model.classifier[-1].in_features, classes)


def make_loaders(options):
    end = [transforms.ToTensor(), transforms.Normalize(MEAN, STD)]
    steps = {
        "train": [transforms.Resize(256), transforms.CenterCrop(224), transforms.RandomHorizontalFlip(), *end],
        "val": [transforms.Resize(256), transforms.CenterCrop(224), *end],
    }
    return {
        phase: torch.utils.data.DataLoader(
            datasets.ImageFolder(f"{options.data}/{phase}", transforms.Compose(steps[phase])),
            batch_size=options.batch_size,
            shuffle=phase == "train",
            num_workers=options.workers,
        )
        for phase in steps
    }


def run_phase(model, loader, optimizer):
    model.train(optimizer is not None)
    loss_sum = correct = 0.0
    for images, labels in loader:
        with torch.set_grad_enabled(optimizer is not None):
            outputs = model(images)
            loss = nn.functional.cross_entropy(outputs, labels)
            if optimizer is not None:
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
        loss_sum += loss.item() * len(labels)
        correct += (outputs.argmax(1) == labels).sum().item()
    return loss_sum, correct


if __name__ == "__main__":
    main()
