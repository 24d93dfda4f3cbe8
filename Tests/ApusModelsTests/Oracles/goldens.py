"""Writes the goldens beside this file. Needs torch==2.13.0, numpy==2.4.6 and safetensors==0.8.0.

A tiny v8-style model in double precision, so that the Swift side's float32 is compared with better numbers. Weights,
images and head maps are not stored: both sides compute them by `pattern`. tiny.safetensors holds raw maps and decoded
predictions, the loss with its parts, gradients and assignment, and what two optimizer steps make of chosen weights.
"""
import pathlib

import torch
from safetensors.torch import save_file

import v8_reference as v8
from patterns import CLASSES, filled, float32, pattern, targets

HERE = pathlib.Path(__file__).resolve().parent


def model_and_input():
    model = filled(v8.Detector(0.33, 0.125, 256, CLASSES))
    return model, pattern(1000, (2, 3, 64, 96)).float()


def split(maps):
    return {f"{kind}.{i}": part for i, x in enumerate(maps)
            for kind, part in zip(("boxes", "scores"), x.split((64, CLASSES), 1))}


def loss_golden(out):
    """The loss of patterned head maps and its gradients."""
    maps = [(pattern(2000 + s, (2, 64 + CLASSES, 64 // s, 96 // s)) * 4 - 2).float().double().requires_grad_()
            for s in v8.STRIDES]
    total, parts = v8.detection_loss(maps, targets())
    total.backward()
    *_, owner, score = v8.assignment(maps, targets())
    rows = targets()
    first = torch.tensor([0, 3])  # index of each image's first target
    owner = torch.where(owner >= 0, owner + first[:, None], owner).to(torch.int32)
    out.update({f"loss.gradient.{k}": v for k, v in split([m.grad for m in maps]).items()})
    out.update({"loss.parts": parts, "loss.total": total[None], "loss.owner": owner, "loss.score": score})
    out["targets"] = rows
    empty, empty_parts = v8.detection_loss([m.detach() for m in maps], rows[:0])
    out.update({"loss.empty": empty_parts})


def training_golden(model, images, out):
    """Two steps of SGD and of AdamW in double precision with clipping, and the average beside SGD."""
    watched = ["model.0.conv.weight", "model.0.bn.weight", "model.2.m.0.cv1.conv.weight", "model.22.cv2.0.2.bias",
               "model.22.cv3.1.2.weight", "model.9.cv1.bn.running_mean", "model.9.cv1.bn.running_var"]
    for name in ("sgd", "adamw"):
        net = v8.copy.deepcopy(model).double().train()
        groups = v8.parameter_groups(net, 5e-4)
        optimizer = torch.optim.SGD(groups, lr=0.01, momentum=0.9, nesterov=True) if name == "sgd" else \
            torch.optim.AdamW(groups, lr=0.001, betas=(0.9, 0.999))
        average = v8.Average(net)
        for step in range(2):
            loss, parts = v8.detection_loss(net(images.double()), targets())
            loss.backward()
            norm = torch.nn.utils.clip_grad_norm_([p for p in net.parameters() if p.grad is not None], 10.0)
            optimizer.step()
            optimizer.zero_grad()
            average.update(net)
            out.update({f"{name}.{step}.parts": parts, f"{name}.{step}.norm": norm[None]})
        state, averaged = net.state_dict(), average.model.state_dict()
        out.update({f"{name}.{w}": state[w] for w in watched})
        if name == "sgd":
            out.update({f"ema.{w}": averaged[w] for w in watched})


def main():
    model, images = model_and_input()
    out = {}
    precise = v8.copy.deepcopy(model).double().eval()
    with torch.no_grad():
        maps = precise(images.double())
    out.update({f"eval.{k}": v for k, v in split(maps).items()})
    out.update({"eval.decoded": v8.predict(maps)})
    loss_golden(out)
    training_golden(model, images, out)
    save_file(float32(out), HERE / "tiny.safetensors", metadata={"classes": str(CLASSES), "generator": "goldens.py"})


main()
