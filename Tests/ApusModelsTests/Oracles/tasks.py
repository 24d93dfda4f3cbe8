"""Writes tasks.safetensors beside this file. Needs torch==2.13.0, numpy==2.4.6 and safetensors==0.8.0.

Losses, gradients, decoded predictions and one optimizer step of the tasks beside detection, in double precision, of
maps, weights and images that both sides compute by `pattern`.
"""
import copy
import math
import pathlib

import torch
from safetensors.torch import save_file

import tasks_reference as tasks
import v8_reference as v8
from patterns import CLASSES, filled, float32, pattern, targets

HERE = pathlib.Path(__file__).resolve().parent
KEYPOINTS = 5
SCALE = (0.33, 0.125, 256)
SIGMAS = torch.tensor([0.03, 0.05, 0.07, 0.09, 0.11])


def head_maps():
    return [(pattern(2000 + s, (2, 64 + CLASSES, 64 // s, 96 // s)) * 4 - 2).float().double().requires_grad_()
            for s in v8.STRIDES]


def extra_maps(number, channels):
    return [(pattern(number + s, (2, channels, 64 // s, 96 // s)) * 2 - 1).float().double().requires_grad_()
            for s in v8.STRIDES]


def windows():
    """Left, top, width and height of the smallest windows around the boxes, in cells of 4 pixels."""
    result = []
    for _, _, cx, cy, w, h in targets().double().tolist():
        x0, x1 = max(math.floor((cx - w / 2) * 24), 0), min(math.ceil((cx + w / 2) * 24), 24)
        y0, y1 = max(math.floor((cy - h / 2) * 16), 0), min(math.ceil((cy + h / 2) * 16), 16)
        result.append([x0, y0, x1 - x0, y1 - y0])
    return torch.tensor(result)


def masks():
    result = torch.zeros(len(targets()), 16, 24)
    for number, (x, y, w, h) in enumerate(windows().tolist()):
        result[number, y:y + h, x:x + w] = (pattern(3000 + number, (h, w)) > 0.5).float()
    return result


def keypoints():
    rows = targets()
    u = pattern(4000, (len(rows), KEYPOINTS, 3)).float()
    place = rows[:, None, 2:4] + (u[..., :2] - 0.5) * rows[:, None, 4:6]
    return torch.cat((place, (u[..., 2:] * 3).floor()), -1)


def turned_targets():
    rows = torch.tensor([
        [0, 0, 0.5, 0.5, 0.6, 0.25, 0.5], [0, 1, 0.52, 0.48, 0.3, 0.6, -0.7], [0, 2, 0.25, 0.3, 0.25, 0.3, 2.2],
        [1, 2, 0.7, 0.6, 0.5, 0.3, 1.3], [1, 2, 0.68, 0.62, 0.45, 0.35, -0.2], [1, 1, 0.2, 0.3, 0.35, 0.6, 0.0],
    ])
    return rows


def gradients(name, maps, out):
    out.update({f"{name}.{level}": m.grad for level, m in enumerate(maps)})


def loss_goldens(out):
    maps, own = head_maps(), extra_maps(2100, 32)
    proto = (pattern(2200, (2, 32, 16, 24)) * 2 - 1).float().double().requires_grad_()
    total, parts = tasks.segment_loss(maps, own, proto, targets(), masks())
    total.backward()
    out.update({"segment.parts": parts, "segment.total": total[None], "segment.prototypes": proto.grad[:1],
                "windows": windows()})
    gradients("segment.coefficients", own, out)

    maps, own = head_maps(), extra_maps(2300, 3 * KEYPOINTS)
    total, parts = tasks.pose_loss(maps, own, targets(), keypoints(), SIGMAS)
    total.backward()
    out.update({"pose.parts": parts, "pose.total": total[None], "keypoints": keypoints(), "sigmas": SIGMAS})
    gradients("pose.keypoints", own, out)

    maps, own = head_maps(), extra_maps(2400, 1)
    total, parts = tasks.oriented_loss(maps, own, turned_targets())
    total.backward()
    *_, owner, score = tasks.oriented_assignment(head_maps(), extra_maps(2400, 1), turned_targets())
    owner = torch.where(owner >= 0, owner + torch.tensor([0, 3])[:, None], owner).to(torch.int32)
    out.update({"obb.parts": parts, "obb.total": total[None], "obb.owner": owner, "obb.score": score,
                "turned": turned_targets()})
    gradients("obb.maps", maps, out)
    gradients("obb.angles", own, out)

    for name, weights, gamma in (("weighted", [1.0, 2.0, 0.25], 0.0), ("focal", [1.0, 1.0, 1.0], 1.5),
                                 ("both", [0.5, 3.0, 1.0], 2.0)):
        maps = head_maps()
        value = tasks.weighted_class_loss(maps, targets(), torch.tensor(weights), gamma)
        (value * 2).backward()
        out[f"{name}.value"] = value[None]
        out.update({f"{name}.scores.{level}": m.grad[:, 64:] for level, m in enumerate(maps)})


def classification_goldens(out):
    logits = (pattern(5000, (6, 4)) * 8 - 4).float().double()
    labels, weights = torch.tensor([0, 1, 2, 3, 1, 1]), torch.tensor([1.0, 0.5, 2.0, 3.0]).double()
    shares = torch.zeros(6, 4).double()
    for image, label in enumerate(labels):
        shares[image, label] += 0.7
        shares[image, (int(label) + image) % 4] += 0.3
    for name, loss in (
            ("hard", lambda x: torch.nn.functional.cross_entropy(x, labels)),
            ("smooth", lambda x: torch.nn.functional.cross_entropy(x, labels, weights, label_smoothing=0.1)),
            ("soft", lambda x: tasks.soft_cross_entropy(x, shares, torch.ones(4), 0.1)),
            ("focal", lambda x: tasks.soft_cross_entropy(x, shares, weights, 0.0, 2.0)),
            ("blunt", lambda x: tasks.soft_cross_entropy(x, shares, weights, 0.1, 0.5))):
        x = logits.clone().requires_grad_()
        value = loss(x)
        value.backward()
        out.update({f"classify.{name}": value[None], f"classify.{name}.gradient": x.grad})


def coordinate_goldens(out):
    points = pattern(6000, (2, 3, 3)).float()
    marked = (points[..., 2] > 0.3).double()
    out["simcc.points"] = torch.cat((points[..., :2], marked[..., None].float()), -1)
    for axis, bins in (("x", 128), ("y", 192)):
        logits = (pattern(6000 + bins, (2, 3, bins)) * 0.4 - 0.2).float().double().requires_grad_()
        value = tasks.coordinate_loss(logits, points[..., "xy".index(axis)].double(), marked)
        value.backward()
        out.update({f"simcc.{axis}": value[None], f"simcc.{axis}.gradient": logits.grad})


def step_goldens(out):
    """Decoded predictions of a patterned network, and chosen weights after one step of SGD."""
    images = pattern(1000, (2, 3, 64, 96)).float()
    last = "model.22."
    for kind, extras, watched in (
            ("segment", 32, ["cv4.0.2.weight", "proto.upsample.weight", "proto.cv3.bn.weight", "cv2.0.2.bias"]),
            ("pose", 3 * KEYPOINTS, ["cv4.0.2.weight", "cv4.1.2.bias", "cv3.1.2.weight"]),
            ("obb", 1, ["cv4.0.2.weight", "cv4.2.2.bias", "cv2.1.2.bias"])):
        model = filled(tasks.network(*SCALE, CLASSES, extras, kind == "segment"))
        with torch.no_grad():
            maps, own, proto = copy.deepcopy(model).double().eval()(images.double())
        out[f"{kind}.decoded"] = tasks.predict(maps, own, kind)
        if kind == "segment":
            out["segment.made"] = proto[:1]
        net = model.double().train()
        maps, own, proto = net(images.double())
        if kind == "segment":
            total, parts = tasks.segment_loss(maps, own, proto, targets(), masks())
        elif kind == "pose":
            total, parts = tasks.pose_loss(maps, own, targets(), keypoints(), SIGMAS)
        else:
            total, parts = tasks.oriented_loss(maps, own, turned_targets())
        out[f"{kind}.step.parts"] = parts
        step(net, total)
        state = net.state_dict()
        names = ["model.0.conv.weight", "model.2.m.0.cv1.conv.weight"] + [last + name for name in watched]
        out.update({f"{kind}.step.{name}": state[name] for name in names})
    net = filled(tasks.Classifier(*SCALE[:2], CLASSES)).double()
    with torch.no_grad():
        out["classify.logits"] = copy.deepcopy(net).eval()(images.double())
    loss = torch.nn.functional.cross_entropy(net.train()(images.double()), torch.tensor([2, 0]))
    out["classify.step.value"] = loss[None]
    step(net, loss)
    for name in ("model.0.conv.weight", "model.9.conv.bn.weight", "model.9.linear.weight"):
        out[f"classify.step.{name}"] = net.state_dict()[name]


def step(net, loss):
    optimizer = torch.optim.SGD(v8.parameter_groups(net, 5e-4), lr=0.01, momentum=0.9, nesterov=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_([p for p in net.parameters() if p.grad is not None], 10.0)
    optimizer.step()


def main():
    out = {}
    loss_goldens(out)
    classification_goldens(out)
    coordinate_goldens(out)
    step_goldens(out)
    save_file(float32(out), HERE / "tasks.safetensors", metadata={"generator": "tasks.py"})


main()
