"""Writes classifiers.json beside this file. Needs torch==2.13.0, torchvision==0.28.0 and numpy==2.4.6.

For each architecture that torchvision and Apus both have: the names and shapes of its state dictionary with 1000
classes, its parameter count, and the logits, in double precision, of a network of 10 classes whose weights and images
both sides compute by `pattern`. The CUDA build of torchvision imports without CUDA once its operators are declared.
"""
import json
import math
import pathlib

import torch

from patterns import pattern

declared = torch.library.Library("torchvision", "DEF")
for operator in ("nms", "qnms"):
    declared.define(f"{operator}(Tensor boxes, Tensor scores, float threshold) -> Tensor")
for operator in ("roi_align", "roi_pool", "ps_roi_align", "ps_roi_pool", "deform_conv2d"):
    declared.define(f"{operator}(Tensor x) -> Tensor")
    declared.define(f"_{operator}_backward(Tensor x) -> Tensor")
from torchvision import models  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
NAMES = ("resnet18", "resnet34", "resnet50", "resnet101", "mobilenet_v2", "mobilenet_v3_small", "mobilenet_v3_large",
         "efficientnet_b0")


def filled(model):
    """The model with patterned weights: statistics and scales in 0.5...1.5, weights of unit gain, small biases."""
    for number, (name, value) in enumerate(model.state_dict().items()):
        u = pattern(number, tuple(value.shape))
        if name.endswith("num_batches_tracked"):
            continue
        if value.dim() > 1:
            u = (u * 2 - 1) * math.sqrt(3 / math.prod(value.shape[1:]))
        elif name.endswith("running_var") or (name.endswith("weight") and value.dim() == 1):
            u = u + 0.5
        else:
            u = u - 0.5
        value.copy_(u.float())
    return model


def golden(name):
    whole = getattr(models, name)(weights=None)
    small = filled(getattr(models, name)(weights=None, num_classes=10)).double().eval()
    with torch.no_grad():
        logits = small(pattern(1000, (2, 3, 64, 96)).float().double())
    return {
        "state": [f"{key} {' '.join(map(str, value.shape))}".rstrip() for key, value in whole.state_dict().items()],
        "parameters": sum(p.numel() for p in whole.parameters()),
        "logits": [[round(x, 9) for x in row] for row in logits.tolist()],
    }


def initialization(name):
    """Standard deviations of a fresh network's tensors of more than 1000 numbers, and which tensors are constant."""
    torch.manual_seed(0)
    state = getattr(models, name)(weights=None).state_dict()
    return {key: round(float(value.std()), 5) for key, value in state.items()
            if value.is_floating_point() and (value.numel() > 1000 or value.numel() > 1 and value.std() == 0)}


goldens = {name: golden(name) for name in NAMES}
for name in ("resnet18", "mobilenet_v2", "mobilenet_v3_small", "efficientnet_b0"):
    goldens[name]["deviations"] = initialization(name)
(HERE / "classifiers.json").write_text(json.dumps(goldens, separators=(",", ":")) + "\n")
