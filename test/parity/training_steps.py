"""A few training steps in each freeze setting, as PyTorch takes them."""

import copy
import math

import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from hash_network import digest, hash_pixels, load_hash_weights
from torch_models import build

STEPS = 5
BATCH = 8
CLASSES = 3

# Batches tried per step. Where the input of a ReLU or the lead of a maximum is within rounding of zero, two correct
# implementations may take different gradients; of these batches the one farthest from that is trained on.
CANDIDATES = 400

SGD = {"type": "sgd", "lr": 0.003, "momentum": 0.9, "weightDecay": 0.05}
ADAM = {"type": "adam", "lr": 0.001, "betas": [0.9, 0.999], "eps": 1e-8, "weightDecay": 0.05}
ADAMW = {**ADAM, "type": "adamw", "weightDecay": 0.5}

# Per model: image size, gain of the hash weights, optimizers, frozen paths by setting.
MODELS = {
    "resnet18": (
        64,
        1.0,
        [SGD],
        {
            "nothing": [],
            "half": ["conv1", "bn1", "relu", "maxpool", "layer1", "layer2"],
            "allButHead": ["conv1", "bn1", "relu", "maxpool", "layer1", "layer2", "layer3", "layer4", "avgpool"],
        },
    ),
    "vggSmall": (
        32,
        1.4,
        [SGD, ADAM, ADAMW],
        {
            "nothing": [],
            "half": ["features.0", "features.1", "features.2", "features.3"],
            "allButHead": ["features", "avgpool", *[f"classifier.{i}" for i in range(6)]],
        },
    ),
    "vggSmall_bn": (
        32,
        1.4,
        [SGD, ADAM, ADAMW],
        {
            "nothing": [],
            "half": ["features.0", "features.1", "features.2", "features.3", "features.4", "features.5"],
            "allButHead": ["features", "avgpool", *[f"classifier.{i}" for i in range(6)]],
        },
    ),
}

# What else a recipe may ask for, each on its own.
FURTHER = {
    "vggSmall_bn": [
        {"name": "labelSmoothing", "labelSmoothing": 0.2},
        {"name": "classWeights", "classWeights": [0.5, 3, 1]},
        {"name": "smoothedClassWeights", "labelSmoothing": 0.1, "classWeights": [2, 0.25, 1]},
        {
            "name": "groups",
            "freeze": ["features.0"],
            "groups": [{"modules": ["features.4", "features.5"], "lr": 0.01}, {"modules": ["classifier"], "lr": 0.0005}],
        },
        {"name": "averaging", "averaging": {"type": "ema", "decay": 0.6}},
        *[
            {
                "name": f"unfreezing-{name}",
                "optimizer": {**optimizer, "eps": 1e-3} if name != "sgd" else optimizer,
                "freeze": [f"features.{i}" for i in range(8)],
                "unfreeze": {"step": 2, "freeze": ["features.0", "features.1"], "lr": 0.0005},
                **averaging,
            }
            for name, optimizer, averaging in [
                ("sgd", SGD, {"averaging": {"type": "ema", "decay": 0.6}}),
                ("adam", ADAM, {}),
                ("adamw", ADAMW, {}),
            ]
        ],
    ],
}


def training_runs(name):
    """Each run of a model: settings and, unless nothing frozen could tell, both rules for frozen batch norm."""
    size, gain, optimizers, settings = MODELS[name]
    has_batch_norm = name != "vggSmall"
    for optimizer in optimizers:
        for setting, freeze in settings.items():
            # Where a gradient is rounding noise (a bias before batch norm), Adam makes a full step of it unless eps is large.
            eps = {"eps": 1e-3} if optimizer["type"] != "sgd" and setting != "allButHead" else {}
            for rule in ["eval", "train"] if freeze and has_batch_norm else ["eval"]:
                yield {
                    "name": f"{name}-{optimizer['type']}-{setting}-{rule}",
                    "imageSize": size,
                    "gain": gain,
                    "optimizer": {**optimizer, **eps},
                    "freeze": freeze,
                    "frozenBatchNorm": rule,
                }
    for further in FURTHER.get(name, []):
        settings = {"imageSize": size, "gain": gain, "optimizer": SGD, "freeze": [], "frozenBatchNorm": "eval"}
        yield {**settings, **further, "name": f"{name}-{further['name']}"}


def train(name, run, batches=None, dtype=torch.float32):
    """What a run gives: `batches` (names of the hashed images, chosen unless given), losses, digests, the model."""
    model = build(name, CLASSES)
    load_hash_weights(model, run["gain"])
    model = model.to(dtype)
    initial = {key: tensor.clone() for key, tensor in model.state_dict().items()}
    prepare(model, run["freeze"], run["frozenBatchNorm"])
    optimizer = make_optimizer(run["optimizer"], parameter_groups(model, run.get("groups", [])))
    averaging = run.get("averaging")
    averaged = averaging and AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(averaging["decay"]))
    labels = torch.arange(BATCH) % CLASSES
    weights = torch.tensor(run["classWeights"], dtype=dtype) if "classWeights" in run else None
    criterion = nn.CrossEntropyLoss(weight=weights, label_smoothing=run.get("labelSmoothing", 0.0))
    taken, losses, digests = [], [], []
    unfreeze = run.get("unfreeze")
    for step in range(STEPS):
        if unfreeze and step == unfreeze["step"]:
            unfreeze_stage(model, optimizer, unfreeze, run["frozenBatchNorm"])
        taken.append(batches[step] if batches else choose_batch(model, run, step))
        images = hash_pixels(taken[-1], BATCH, run["imageSize"]).to(dtype)
        optimizer.zero_grad()
        loss = criterion(model(images), labels)
        loss.backward()
        optimizer.step()
        if averaged:
            averaged.update_parameters(model)
        losses.append(float(f"{loss.item():.9g}"))
        if step in (0, STEPS - 1):
            state = (averaged.module if averaged else model).state_dict()
            digests.append({key: digest(key, t) for key, t in state.items() if not torch.equal(t, initial[key])})
    return {"batches": taken, "losses": losses, "digests": digests, "model": averaged.module if averaged else model}


def choose_batch(model, run, step):
    """The batch of this step whose gradient rounding can least change."""
    trial = copy.deepcopy(model)
    margins = {}

    def watch(tensor, distances):
        # A flip tells less in a gradient that sums over many positions.
        share = math.sqrt(tensor.numel() / tensor.shape[1])
        margins[batch] = min(margins[batch], share * (distances.min() / distances.mean()).item())

    def watch_relu(_module, inputs):
        if inputs[0].requires_grad:
            watch(inputs[0], inputs[0].detach().abs())

    def watch_pool(module, inputs):
        if inputs[0].requires_grad:
            windows = unfold(inputs[0].detach(), module)
            first, second = windows.topk(2, dim=-1).values.unbind(-1)
            watch(inputs[0], (first - second)[first > 0])

    for module in trial.modules():
        if isinstance(module, nn.ReLU):
            module.register_forward_pre_hook(watch_relu)
        if isinstance(module, nn.MaxPool2d):
            module.register_forward_pre_hook(watch_pool)
    for candidate in range(CANDIDATES):
        batch = f"step{step}.{candidate}"
        margins[batch] = math.inf
        trial(hash_pixels(batch, BATCH, run["imageSize"]))
        if margins[batch] == math.inf:
            return batch  # No gradient comes by a ReLU: any batch does.
    return max(margins, key=margins.get)


def unfold(images, pool):
    """The values under each window of a max pool, on a last axis."""
    padded = nn.functional.pad(images, [pool.padding] * 4, value=-math.inf)
    windows = padded.unfold(2, pool.kernel_size, pool.stride).unfold(3, pool.kernel_size, pool.stride)
    return windows.flatten(-2)


def prepare(model, freeze, frozen_batch_norm):
    model.train()
    for path, module in model.named_modules():
        if not any(path == frozen or path.startswith(f"{frozen}.") for frozen in freeze):
            continue
        for parameter in module.parameters():
            parameter.requires_grad = False
        if frozen_batch_norm == "eval" and isinstance(module, (nn.BatchNorm2d, nn.Dropout)):
            module.eval()


def unfreeze_stage(model, optimizer, stage, frozen_batch_norm):
    """Freezes less from now on: what is unfrozen joins the optimizer as a group of its own, with nothing remembered."""
    before = {key for key, parameter in model.named_parameters() if parameter.requires_grad}
    for parameter in model.parameters():
        parameter.requires_grad = True
    prepare(model, stage["freeze"], frozen_batch_norm)
    unfrozen = [p for key, p in model.named_parameters() if p.requires_grad and key not in before]
    for group in optimizer.param_groups:
        group["lr"] = stage["lr"]
    optimizer.add_param_group({"params": unfrozen, "lr": stage["lr"]})


def parameter_groups(model, groups):
    named = [(key, parameter) for key, parameter in model.named_parameters() if parameter.requires_grad]

    def is_in(key, group):
        return any(key.startswith(f"{module}.") for module in group["modules"])

    rest = [parameter for key, parameter in named if not any(is_in(key, group) for group in groups)]
    chosen = [{"params": [p for key, p in named if is_in(key, group)], "lr": group["lr"]} for group in groups]
    return [{"params": rest}, *chosen]


def make_optimizer(recipe, parameters):
    options = {"lr": recipe["lr"], "weight_decay": recipe["weightDecay"]}
    if recipe["type"] == "sgd":
        return torch.optim.SGD(parameters, momentum=recipe["momentum"], **options)
    kind = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[recipe["type"]]
    return kind(parameters, betas=tuple(recipe["betas"]), eps=recipe["eps"], **options)


def largest_difference(single, double):
    """Between two models after training, per tensor relative to its largest value: what float32 rounding alone does."""
    worst = 0.0
    exact = double.state_dict()
    for key, tensor in single.state_dict().items():
        scale = exact[key].abs().max().item() or 1.0
        worst = max(worst, (tensor.double() - exact[key].double()).abs().max().item() / scale)
    return worst
