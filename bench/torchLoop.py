"""Fine-tunes with PyTorch in one of three ways, and says how long it took.

    python torchLoop.py DATA --model resnet18 --weights w.pth --freeze conv1,bn1 --style article --epochs 2

Styles: `article`, the loop of PyTorch's transfer learning tutorial as written; `tuned`, the same by an expert:
channels_last, bfloat16 autocast where the processor multiplies in it, the frozen front under no_grad with batch norm in
eval mode; `cached`, tuned, and the frozen front's features of both views of every picture computed once and kept in memory.

DATA has train/ and val/ with class folders. Prints a line of JSON after each epoch (its seconds) and a last one with
the peak resident memory of this process in bytes. With --save FILE it writes the model's starting weights instead.
"""

import argparse
import json
import resource
import time

import torch
from torch import nn
from torchvision import datasets, models, transforms

MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
HAS_BFLOAT16 = torch.ops.mkldnn._is_mkldnn_bf16_supported()


def main():
    options = parse_options()
    torch.manual_seed(0)
    model = make_model(options.model)
    if options.save:
        torch.save(model.state_dict(), options.save)
        return
    model.load_state_dict(torch.load(options.weights, mmap=True))
    frozen = [path for path in options.freeze.split(",") if path]
    freeze(model, frozen)
    replace_head(model, 2)
    tuned = options.style != "article"
    front, rest = split(model, frozen) if tuned else (None, model)
    if tuned:
        model.to(memory_format=torch.channels_last)
    step = Step(front, rest, tuned)
    loaders = make_loaders(options)
    if options.style == "cached":
        loaders = cache_features(step, loaders, options)
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.SGD(trained, lr=0.001, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=7, gamma=0.1)
    for _ in range(options.epochs):
        began = time.perf_counter()
        for phase in ("train", "val"):
            run_phase(step, loaders[phase], optimizer if phase == "train" else None)
        scheduler.step()
        print(json.dumps({"epoch": time.perf_counter() - began}), flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"peakBytes": peak}), flush=True)


def parse_options():
    parser = argparse.ArgumentParser()
    parser.add_argument("data", nargs="?")
    parser.add_argument("--model", required=True)
    parser.add_argument("--weights")
    parser.add_argument("--save")
    parser.add_argument("--freeze", default="")
    parser.add_argument("--style", choices=["article", "tuned", "cached"], default="article")
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--workers", type=int, default=2)
    return parser.parse_args()


def make_model(name):
    if name == "efficientnet_lite0":
        from efficientnet_lite_pytorch import EfficientNet

        return EfficientNet.from_name("efficientnet-lite0")
    return models.get_model(name, weights=None)


def freeze(model, paths):
    for name, parameter in model.named_parameters():
        parameter.requires_grad = not any(name.startswith(f"{path}.") for path in paths)


def replace_head(model, classes):
    if hasattr(model, "classifier"):
        model.classifier[-1] = nn.Linear(model.classifier[-1].in_features, classes)
    else:
        head = "fc" if hasattr(model, "fc") else "_fc"
        setattr(model, head, nn.Linear(getattr(model, head).in_features, classes))


class Front(nn.Module):
    """EfficientNet-Lite's forward pass up to its pooling, which its package gives as a method."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, images):
        return self.model._avg_pooling(self.model.extract_features(images))


def units(model):
    """The model as modules that run one after another."""
    if hasattr(model, "_fc"):
        return [("_front", Front(model)), ("", nn.Flatten()), ("_dropout", model._dropout), ("_fc", model._fc)]
    children = []
    for name, child in model.named_children():
        inner = [(f"{name}.{key}", value) for key, value in child.named_children()]
        if name in ("fc", "classifier"):
            pool = [] if any(key == "avgpool" for key, _ in children) else [("", nn.AdaptiveAvgPool2d(1))]
            children += [*pool, ("", nn.Flatten())]
        children += inner if name == "classifier" else [(name, child)]
    return children


def split(model, frozen):
    """The frozen front, in eval mode for good, and the rest."""
    parts = units(model)
    count = 0
    for name, module in parts:
        if name == "_front":
            # It holds the whole model, of which it runs all but the head.
            inside = (parameter for key, parameter in model.named_parameters() if not key.startswith("_fc."))
            fixed = not any(parameter.requires_grad for parameter in inside)
        else:
            fixed = any(name == path or name.startswith(f"{path}.") for path in frozen)
        without_choice = not list(module.parameters()) and not isinstance(module, nn.Dropout)
        if not fixed and not without_choice:
            break
        count += 1
    if not frozen:
        count = 0
    front = nn.Sequential(*[module for _, module in parts[:count]]).eval() if count else None
    return front, nn.Sequential(*[module for _, module in parts[count:]])


def autocast():
    return torch.autocast("cpu", torch.bfloat16, enabled=HAS_BFLOAT16)


class Step:
    """One forward pass."""

    def __init__(self, front, rest, tuned):
        self.front, self.rest, self.tuned = front, rest, tuned

    def features(self, images):
        with torch.no_grad(), autocast():
            return self.front(images.to(memory_format=torch.channels_last))

    def __call__(self, inputs):
        if not self.tuned:
            return self.rest(inputs)
        if inputs.dim() == 4 and inputs.shape[1] == 3:
            inputs = self.features(inputs) if self.front else inputs.to(memory_format=torch.channels_last)
        with autocast():
            return self.rest(inputs).float()


def make_loaders(options, flip=None, shuffle=True):
    end = [transforms.ToTensor(), transforms.Normalize(MEAN, STD)]
    mirror = transforms.RandomHorizontalFlip(0.5 if flip is None else flip)
    steps = {
        "train": [transforms.Resize(256), transforms.CenterCrop(224), mirror, *end],
        "val": [transforms.Resize(256), transforms.CenterCrop(224), *end],
    }
    return {
        phase: torch.utils.data.DataLoader(
            datasets.ImageFolder(f"{options.data}/{phase}", transforms.Compose(steps[phase])),
            batch_size=options.batch_size,
            shuffle=shuffle and phase == "train",
            num_workers=options.workers,
        )
        for phase in steps
    }


class CachedViews:
    """Batches of features; a training picture comes from one of its two views at random."""

    def __init__(self, views, labels, batch_size, shuffle):
        self.views, self.labels, self.batch_size, self.shuffle = views, labels, batch_size, shuffle

    def __iter__(self):
        count = len(self.labels)
        order = torch.randperm(count) if self.shuffle else torch.arange(count)
        for indices in order.split(self.batch_size):
            picked = torch.randint(len(self.views), (len(indices),))
            yield torch.stack([self.views[v][i] for v, i in zip(picked, indices)]), self.labels[indices]


def cache_features(step, loaders, options):
    def run(loader):
        parts = [(step.features(images), labels) for images, labels in loader]
        return torch.cat([part for part, _ in parts]), torch.cat([labels for _, labels in parts])

    plain, labels = run(make_loaders(options, flip=0, shuffle=False)["train"])
    flipped, _ = run(make_loaders(options, flip=1, shuffle=False)["train"])
    test, test_labels = run(loaders["val"])
    return {
        "train": CachedViews([plain, flipped], labels, options.batch_size, True),
        "val": CachedViews([test], test_labels, options.batch_size, False),
    }


def run_phase(step, loader, optimizer):
    step.rest.train(optimizer is not None)
    loss_sum = correct = 0.0
    for images, labels in loader:
        with torch.set_grad_enabled(optimizer is not None):
            outputs = step(images)
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
