"""A v8-style detector, its loss, optimizer groups and weight average in PyTorch.

Written from the published papers (TOOD 2108.07755, GFL 2006.04388, CIoU 1911.08287) and architecture facts, apart from
the Swift code, so that the two can be compared: values by the goldens beside this file, speed by scripts/benchmarks.
Needs torch==2.13.0.
"""
import copy
import math

import torch
from torch import nn
from torch.nn import functional as F

BINS = 16
STRIDES = (8, 16, 32)
SCALES = {"n": (0.33, 0.25, 1024), "s": (0.33, 0.5, 1024), "m": (0.67, 0.75, 768), "l": (1, 1, 512),
          "x": (1, 1.25, 512)}


class Conv(nn.Module):
    def __init__(self, c1, c2, k=1, s=1):
        super().__init__()
        self.conv = nn.Conv2d(c1, c2, k, s, k // 2, bias=False)
        self.bn = nn.BatchNorm2d(c2, eps=1e-3, momentum=0.03)
        self.act = nn.SiLU(inplace=True)

    def forward(self, x):
        return self.act(self.bn(self.conv(x)))


class Bottleneck(nn.Module):
    def __init__(self, c, shortcut):
        super().__init__()
        self.cv1, self.cv2, self.add = Conv(c, c, 3), Conv(c, c, 3), shortcut

    def forward(self, x):
        y = self.cv2(self.cv1(x))
        return x + y if self.add else y


class C2f(nn.Module):
    def __init__(self, c1, c2, n, shortcut=False):
        super().__init__()
        h = c2 // 2
        self.cv1, self.cv2 = Conv(c1, 2 * h), Conv((2 + n) * h, c2)
        self.m = nn.ModuleList(Bottleneck(h, shortcut) for _ in range(n))

    def forward(self, x):
        pieces = list(self.cv1(x).chunk(2, 1))
        for block in self.m:
            pieces.append(block(pieces[-1]))
        return self.cv2(torch.cat(pieces, 1))


class SPPF(nn.Module):
    def __init__(self, c1, c2):
        super().__init__()
        self.cv1, self.cv2 = Conv(c1, c1 // 2), Conv(c1 // 2 * 4, c2)
        self.pool = nn.MaxPool2d(5, 1, 2)

    def forward(self, x):
        stages = [self.cv1(x)]
        for _ in range(3):
            stages.append(self.pool(stages[-1]))
        return self.cv2(torch.cat(stages, 1))


class Projection(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(BINS, 1, 1, bias=False).requires_grad_(False)
        self.conv.weight.data[:] = torch.arange(BINS, dtype=torch.float32).view(1, BINS, 1, 1)


class Head(nn.Module):
    def __init__(self, classes, channels):
        super().__init__()
        self.classes = classes
        c2, c3 = max(16, channels[0] // 4, 4 * BINS), max(channels[0], min(classes, 100))

        def branch(c, hidden, out):
            return nn.Sequential(Conv(c, hidden, 3), Conv(hidden, hidden, 3), nn.Conv2d(hidden, out, 1))

        self.cv2 = nn.ModuleList(branch(c, c2, 4 * BINS) for c in channels)
        self.cv3 = nn.ModuleList(branch(c, c3, classes) for c in channels)
        self.dfl = Projection()
        for box, cls, stride in zip(self.cv2, self.cv3, STRIDES):
            box[-1].bias.data.fill_(1.0)
            cls[-1].bias.data.fill_(math.log(5 / classes / (640 / stride) ** 2))

    def forward(self, maps):
        return [torch.cat((box(x), cls(x)), 1) for box, cls, x in zip(self.cv2, self.cv3, maps)]


class Detector(nn.Module):
    def __init__(self, depth, width, cap, classes):
        super().__init__()
        c = {n: max(8, math.ceil(min(n, cap) * width / 8) * 8) for n in (64, 128, 256, 512, 1024)}
        three, six = max(round(3 * depth), 1), max(round(6 * depth), 1)
        self.model = nn.ModuleList([
            Conv(3, c[64], 3, 2), Conv(c[64], c[128], 3, 2), C2f(c[128], c[128], three, True),
            Conv(c[128], c[256], 3, 2), C2f(c[256], c[256], six, True),
            Conv(c[256], c[512], 3, 2), C2f(c[512], c[512], six, True),
            Conv(c[512], c[1024], 3, 2), C2f(c[1024], c[1024], three, True), SPPF(c[1024], c[1024]),
            nn.Upsample(scale_factor=2), nn.Identity(), C2f(c[1024] + c[512], c[512], three),
            nn.Upsample(scale_factor=2), nn.Identity(), C2f(c[512] + c[256], c[256], three),
            Conv(c[256], c[256], 3, 2), nn.Identity(), C2f(c[256] + c[512], c[512], three),
            Conv(c[512], c[512], 3, 2), nn.Identity(), C2f(c[512] + c[1024], c[1024], three),
            Head(classes, (c[256], c[512], c[1024])),
        ])

    def forward(self, x):
        m = self.model
        p3 = m[4](m[3](m[2](m[1](m[0](x)))))
        p4 = m[6](m[5](p3))
        p5 = m[9](m[8](m[7](p4)))
        n4 = m[12](torch.cat((m[10](p5), p4), 1))
        n3 = m[15](torch.cat((m[13](n4), p3), 1))
        m4 = m[18](torch.cat((m[16](n3), n4), 1))
        m5 = m[21](torch.cat((m[19](m4), p5), 1))
        return m[22]((n3, m4, m5))


def flatten(maps):
    """Head maps to box logits (B, A, 64), class logits (B, A, C), centres (A, 2) and strides (A, 1) in cells."""
    flat = torch.cat([x.flatten(2) for x in maps], 2).permute(0, 2, 1)
    centres, strides = [], []
    for x, stride in zip(maps, STRIDES):
        h, w = x.shape[2:]
        ys, xs = torch.meshgrid(torch.arange(h, device=x.device) + 0.5, torch.arange(w, device=x.device) + 0.5,
                                indexing="ij")
        centres.append(torch.stack((xs, ys), -1).view(-1, 2))
        strides.append(torch.full((h * w, 1), float(stride), device=x.device))
    box, cls = flat.split((4 * BINS, flat.shape[-1] - 4 * BINS), -1)
    return box.contiguous(), cls.contiguous(), torch.cat(centres).to(box.dtype), torch.cat(strides).to(box.dtype)


def decode(box, centres):
    """Box logits to corners (B, A, 4) in cells."""
    bins = torch.arange(BINS, dtype=box.dtype, device=box.device)
    distance = box.view(*box.shape[:2], 4, BINS).softmax(-1) @ bins
    return torch.cat((centres - distance[..., :2], centres + distance[..., 2:]), -1)


def predict(maps):
    """(B, 4 + C, A): centre and size in pixels, sigmoid scores."""
    box, cls, centres, strides = flatten(maps)
    corners = decode(box, centres) * strides
    xywh = torch.cat(((corners[..., :2] + corners[..., 2:]) / 2, corners[..., 2:] - corners[..., :2]), -1)
    return torch.cat((xywh, cls.sigmoid()), -1).permute(0, 2, 1)


def ciou(a, b, eps=1e-7):
    """Complete IoU of boxes by corners; shapes broadcast."""
    ax0, ay0, ax1, ay1 = a.unbind(-1)
    bx0, by0, bx1, by1 = b.unbind(-1)
    aw, ah, bw, bh = ax1 - ax0, ay1 - ay0 + eps, bx1 - bx0, by1 - by0 + eps
    inter = (torch.minimum(ax1, bx1) - torch.maximum(ax0, bx0)).clamp(min=0) \
        * (torch.minimum(ay1, by1) - torch.maximum(ay0, by0)).clamp(min=0)
    iou = inter / (aw * ah + bw * bh - inter + eps)
    cw = torch.maximum(ax1, bx1) - torch.minimum(ax0, bx0)
    ch = torch.maximum(ay1, by1) - torch.minimum(ay0, by0)
    rho = ((bx0 + bx1 - ax0 - ax1) ** 2 + (by0 + by1 - ay0 - ay1) ** 2) / 4
    v = 4 / math.pi ** 2 * (torch.atan(bw / bh) - torch.atan(aw / ah)) ** 2
    with torch.no_grad():
        alpha = v / (v - iou + 1 + eps)
    return iou - (rho / (cw ** 2 + ch ** 2 + eps) + v * alpha)


@torch.no_grad()
def assign(scores, boxes, centres, labels, truths, valid, topk=10, alpha=0.5, beta=6.0):
    """Task-aligned assignment in pixels over a padded batch.

    scores (B, A, C) after sigmoid, boxes (B, A, 4), centres (A, 2), labels (B, M), truths (B, M, 4), valid (B, M).
    Returns owner (B, A) as an index into M (-1: background) and the target score (B, A).
    """
    low, high = centres - truths[:, :, None, :2], truths[:, :, None, 2:] - centres
    inside = torch.cat((low, high), -1).amin(-1) > 1e-9
    return claim(scores, ciou(boxes[:, None], truths[:, :, None]), inside, labels, valid, topk, alpha, beta)


@torch.no_grad()
def claim(scores, overlap, inside, labels, valid, topk=10, alpha=0.5, beta=6.0):
    """Task-aligned assignment, given how far each anchor's box overlaps each truth and which centres lie inside.

    overlap, inside (B, M, A). Returns as assign does.
    """
    batch, anchors, _ = scores.shape
    count = valid.shape[1]
    if count == 0:
        return torch.full((batch, anchors), -1, device=scores.device), scores.new_zeros(batch, anchors)
    inside = inside & valid[..., None]
    score = scores.gather(2, labels[:, None, :].expand(-1, anchors, -1)).permute(0, 2, 1)
    overlap = overlap.clamp(min=0) * inside
    align = score ** alpha * overlap ** beta * inside
    best = align.topk(min(topk, anchors), -1)
    mask = torch.zeros_like(inside).scatter(2, best.indices, best.values > 0)
    claims = mask.sum(1)
    strongest = F.one_hot(overlap.argmax(1), count).permute(0, 2, 1).bool()
    mask = torch.where((claims > 1)[:, None], strongest, mask)
    align, overlap = align * mask, overlap * mask
    normalized = align * overlap.amax(-1, keepdim=True) / (align.amax(-1, keepdim=True) + 1e-9)
    owner = torch.where(mask.any(1), mask.float().argmax(1), -1)
    return owner, normalized.amax(1)


def padded(targets, batch, width, height, dtype):
    """(T, 6) rows image, label, cx, cy, w, h to labels (B, M), corner boxes in pixels (B, M, 4), validity (B, M)."""
    most = max(int((targets[:, 0] == image).sum()) for image in range(batch))
    labels, boxes = torch.zeros(batch, most, dtype=torch.long), torch.zeros(batch, most, 4, dtype=dtype)
    valid = torch.zeros(batch, most, dtype=torch.bool)
    size = torch.tensor([width, height, width, height], dtype=dtype)
    for image in range(batch):
        rows = targets[targets[:, 0] == image]
        n = len(rows)
        xywh = rows[:, 2:].to(dtype) * size
        labels[image, :n], valid[image, :n] = rows[:, 1].long(), True
        boxes[image, :n] = torch.cat((xywh[:, :2] - xywh[:, 2:] / 2, xywh[:, :2] + xywh[:, 2:] / 2), -1)
    return labels, boxes, valid


def distribution_focal(logits, distance):
    """Cross entropy of both bins beside each of four distances (P, 4), by nearness; a mean over the sides."""
    distance = distance.clamp(0, BINS - 1 - 0.01)
    left = distance.long()
    logits = logits.reshape(-1, BINS)
    near = F.cross_entropy(logits, left.view(-1), reduction="none").view(left.shape) * (left + 1 - distance)
    far = F.cross_entropy(logits, left.view(-1) + 1, reduction="none").view(left.shape) * (distance - left)
    return (near + far).mean(-1)


def assignment(maps, targets):
    box, cls, centres, strides = flatten(maps)
    height, width = (n * STRIDES[0] for n in maps[0].shape[2:])
    labels, truths, valid = (x.to(box.device) for x in padded(targets, box.shape[0], width, height, box.dtype))
    corners = decode(box, centres)
    owner, score = assign(cls.detach().sigmoid(), corners.detach() * strides, centres * strides, labels, truths, valid)
    return box, cls, centres, strides, corners, labels, truths, owner, score


def detection_loss(maps, targets, gains=(7.5, 0.5, 1.5)):
    """Total (sum of parts times batch size) and the parts box, class, distribution, each times its gain."""
    box, cls, centres, strides, corners, labels, truths, owner, score = assignment(maps, targets)
    batch = box.shape[0]
    wanted = torch.zeros_like(cls)
    image, anchor = (owner >= 0).nonzero(as_tuple=True)
    which = owner[image, anchor]
    weight = score[image, anchor]
    wanted[image, anchor, labels[image, which]] = weight
    total = max(float(wanted.sum()), 1.0)
    class_loss = F.binary_cross_entropy_with_logits(cls, wanted, reduction="sum") / total
    if len(image):
        cells = truths[image, which] / strides[anchor]
        box_loss = ((1 - ciou(corners[image, anchor], cells)) * weight).sum() / total
        distance = torch.cat((centres[anchor] - cells[:, :2], cells[:, 2:] - centres[anchor]), -1)
        shares = distribution_focal(box[image, anchor], distance)
        distribution_loss = (shares * weight).sum() / total
    else:
        box_loss = distribution_loss = box.sum() * 0
    parts = torch.stack((box_loss * gains[0], class_loss * gains[1], distribution_loss * gains[2]))
    return parts.sum() * batch, parts.detach()


def parameter_groups(model, decay):
    weights, norms, biases = [], [], []
    for module in model.modules():
        for name, parameter in module.named_parameters(recurse=False):
            if not parameter.requires_grad:
                continue
            (biases if name == "bias" else norms if isinstance(module, nn.BatchNorm2d) else weights).append(parameter)
    return [{"params": weights, "weight_decay": decay}, {"params": norms, "weight_decay": 0.0},
            {"params": biases, "weight_decay": 0.0}]


class Average:
    """Exponential moving average of parameters and buffers, with a decay that grows."""

    def __init__(self, model, decay=0.9999, tau=2000):
        self.model = copy.deepcopy(model).eval().requires_grad_(False)
        self.updates, self.decay = 0, lambda n: decay * (1 - math.exp(-n / tau))

    @torch.no_grad()
    def update(self, model):
        self.updates += 1
        d = self.decay(self.updates)
        values = model.state_dict()
        for name, average in self.model.state_dict().items():
            if average.dtype.is_floating_point:
                average.mul_(d).add_(values[name].detach(), alpha=1 - d)
            else:
                average.copy_(values[name])
