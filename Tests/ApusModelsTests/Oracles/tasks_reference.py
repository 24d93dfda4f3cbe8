"""v8-style segmenter, pose network, network for turned boxes and classifier, and their losses, in PyTorch.

Written from the published papers (YOLACT 1904.02689, YOLO-Pose 2204.06806, ProbIoU 2106.06072, SimCC 2107.03332,
RTMPose 2303.07399) and architecture facts, apart from the Swift code. Needs torch==2.13.0.
"""
import math

import torch
from torch import nn
from torch.nn import functional as F

import v8_reference as v8

PROTOTYPES = 32


class Proto(nn.Module):
    def __init__(self, c, hidden, out):
        super().__init__()
        self.cv1 = v8.Conv(c, hidden, 3)
        self.upsample = nn.ConvTranspose2d(hidden, hidden, 2, 2)
        self.cv2, self.cv3 = v8.Conv(hidden, hidden, 3), v8.Conv(hidden, out)

    def forward(self, x):
        return self.cv3(self.cv2(self.upsample(self.cv1(x))))


class Head(v8.Head):
    """A detector's head with `extras` more channels a level, and prototypes where `hidden` is given."""

    def __init__(self, classes, channels, extras, hidden=None):
        super().__init__(classes, channels)
        self.proto = Proto(channels[0], hidden, extras) if hidden else None
        c4 = max(channels[0] // 4, extras)
        self.cv4 = nn.ModuleList(
            nn.Sequential(v8.Conv(c, c4, 3), v8.Conv(c4, c4, 3), nn.Conv2d(c4, extras, 1)) for c in channels)

    def forward(self, maps):
        own = [branch(x) for branch, x in zip(self.cv4, maps)]
        return super().forward(maps), own, self.proto(maps[0]) if self.proto else None


def network(depth, width, cap, classes, extras, segments=False):
    model = v8.Detector(depth, width, cap, classes)
    channels = [branch[0].conv.in_channels for branch in model.model[22].cv2]
    hidden = math.ceil(min(256, cap) * width / 8) * 8 if segments else None
    model.model[22] = Head(classes, channels, extras, hidden)
    return model


class Classifier(nn.Module):
    def __init__(self, depth, width, classes):
        super().__init__()
        layers = list(v8.Detector(depth, width, 1024, classes).model[:9])
        self.model = nn.ModuleList(layers + [ClassifierHead(layers[8].cv2.conv.out_channels, classes)])

    def forward(self, x):
        for layer in self.model:
            x = layer(x)
        return x


class ClassifierHead(nn.Module):
    def __init__(self, c, classes):
        super().__init__()
        self.conv, self.linear = v8.Conv(c, 1280), nn.Linear(1280, classes)

    def forward(self, x):
        return self.linear(self.conv(x).mean((2, 3)))


def rows(maps):
    """(B, E, H, W) a level to (B, A, E)."""
    return torch.cat([x.flatten(2) for x in maps], 2).permute(0, 2, 1)


def positives(owner):
    image, anchor = (owner >= 0).nonzero(as_tuple=True)
    return image, anchor, owner[image, anchor]


def segment_loss(maps, coefficients, prototypes, targets, masks, gain=7.5):
    """masks: (T, H / 4, W / 4) of 0 and 1, in the order of the targets, which are sorted by image."""
    total, parts = v8.detection_loss(maps, targets)
    box, _, _, _, _, _, truths, owner, _ = v8.assignment(maps, targets)
    image, anchor, which = positives(owner)
    first = torch.tensor([int((targets[:, 0] < i).sum()) for i in range(box.shape[0])])
    logits = torch.einsum("pe,pehw->phw", rows(coefficients)[image, anchor], prototypes[image])
    entropy = F.binary_cross_entropy_with_logits(logits, masks[first[image] + which].to(logits), reduction="none")
    cells = truths[image, which] / 4
    x = torch.arange(logits.shape[2]).to(logits) + 0.5
    y = torch.arange(logits.shape[1]).to(logits) + 0.5
    across = (x >= cells[:, :1]) & (x < cells[:, 2:3])
    down = (y >= cells[:, 1:2]) & (y < cells[:, 3:])
    area = (cells[:, 2] - cells[:, 0]) * (cells[:, 3] - cells[:, 1])
    seg = ((entropy * across[:, None, :] * down[:, :, None]).sum((1, 2)) / area).sum() / len(image) * gain
    return total + seg * box.shape[0], torch.cat((parts, seg.detach()[None]))


def pose_loss(maps, keypoint_maps, targets, keypoints, sigmas, gains=(12.0, 1.0)):
    """keypoints: (T, K, 3), x and y as fractions of the image."""
    total, parts = v8.detection_loss(maps, targets)
    box, _, centres, strides, _, _, truths, owner, _ = v8.assignment(maps, targets)
    image, anchor, which = positives(owner)
    height, width = (n * v8.STRIDES[0] for n in maps[0].shape[2:])
    first = torch.tensor([int((targets[:, 0] < i).sum()) for i in range(box.shape[0])])
    truth = keypoints[first[image] + which].to(box)
    count = truth.shape[1]
    found = rows(keypoint_maps)[image, anchor].view(-1, count, 3)
    place = 2 * found[..., :2] + (centres[anchor] - 0.5)[:, None]
    wanted = truth[..., :2] * torch.tensor([width, height], dtype=box.dtype) / strides[anchor][:, None]
    corners = truths[image, which] / strides[anchor]
    area = (corners[:, 2] - corners[:, 0]) * (corners[:, 3] - corners[:, 1])
    square = ((place - wanted) ** 2).sum(-1)
    marked = (truth[..., 2] != 0).to(box)
    far = 1 - torch.exp(-square / (8 * sigmas.to(box) ** 2 * area[:, None]))
    factor = count / marked.sum(1, keepdim=True).clamp(min=1)
    pose = (factor * far * marked).mean() * gains[0]
    seen = F.binary_cross_entropy_with_logits(found[..., 2], marked) * gains[1]
    return total + (pose + seen) * box.shape[0], torch.cat((parts, pose.detach()[None], seen.detach()[None]))


def probiou(a, b, eps=1e-7):
    """1 - Hellinger distance of turned boxes (…, 5) x, y, w, h, angle as normal distributions; shapes broadcast."""
    def covariance(box):
        w, h = box[..., 2].clamp(min=1e-6), box[..., 3].clamp(min=1e-6)
        c, s = torch.cos(box[..., 4]), torch.sin(box[..., 4])
        turn = torch.stack((torch.stack((c, -s), -1), torch.stack((s, c), -1)), -2)
        return turn @ torch.diag_embed(torch.stack((w * w, h * h), -1) / 12) @ turn.transpose(-1, -2)

    first, second = covariance(a), covariance(b)
    mean = (first + second) / 2
    d = (a[..., :2] - b[..., :2])[..., None]
    apart = (d.transpose(-1, -2) @ torch.linalg.inv(mean) @ d)[..., 0, 0] / 8
    unlike = torch.log(torch.linalg.det(mean)
                       / torch.sqrt(torch.linalg.det(first) * torch.linalg.det(second))) / 2
    distance = (apart + unlike).clamp(eps, 100)
    return 1 - torch.sqrt(1 - torch.exp(-distance) + eps)


def turned(box, angle, centres):
    """Box logits (B, A, 64), angle logits (B, A, 1): turned boxes (B, A, 5) in cells."""
    bins = torch.arange(v8.BINS, dtype=box.dtype)
    left, top, right, bottom = (box.view(*box.shape[:2], 4, v8.BINS).softmax(-1) @ bins).unbind(-1)
    theta = (angle[..., 0].sigmoid() - 0.25) * math.pi
    x, y = (right - left) / 2, (bottom - top) / 2
    c, s = torch.cos(theta), torch.sin(theta)
    return torch.stack((centres[:, 0] + x * c - y * s, centres[:, 1] + x * s + y * c, left + right, top + bottom,
                        theta), -1)


def oriented_truths(targets, batch, width, height, dtype):
    """Rows image, label, cx, cy, w, h, angle: labels (B, M), turned boxes in pixels (B, M, 5), validity (B, M)."""
    labels, boxes, valid = v8.padded(targets[:, :6], batch, width, height, dtype)
    angles = torch.zeros(*labels.shape, 1, dtype=dtype)
    for image in range(batch):
        mine = targets[targets[:, 0] == image]
        angles[image, :len(mine), 0] = mine[:, 6].to(dtype)
    xywh = torch.cat(((boxes[..., :2] + boxes[..., 2:]) / 2, boxes[..., 2:] - boxes[..., :2]), -1)
    return labels, torch.cat((xywh, angles), -1), valid


def oriented_assignment(maps, angles, targets):
    box, cls, centres, strides = v8.flatten(maps)
    height, width = (n * v8.STRIDES[0] for n in maps[0].shape[2:])
    labels, truths, valid = oriented_truths(targets, box.shape[0], width, height, box.dtype)
    found = turned(box, rows(angles), centres)
    with torch.no_grad():
        scale = torch.cat((strides.expand(-1, 4), torch.ones_like(strides)), -1)
        d = (centres * strides)[None, None] - truths[:, :, None, :2]
        c, s = torch.cos(truths[..., 4])[..., None], torch.sin(truths[..., 4])[..., None]
        along, across = c * d[..., 0] + s * d[..., 1], c * d[..., 1] - s * d[..., 0]
        inside = (truths[:, :, None, 2] / 2 - along.abs() > 1e-9) & (truths[:, :, None, 3] / 2 - across.abs() > 1e-9)
        safe = torch.where(valid[..., None], truths, torch.ones_like(truths))
        overlap = probiou((found * scale)[:, None], safe[:, :, None])
        owner, score = v8.claim(cls.sigmoid(), overlap, inside, labels, valid)
    return box, cls, centres, strides, found, labels, truths, owner, score


def oriented_loss(maps, angles, targets, gains=(7.5, 0.5, 1.5)):
    box, cls, centres, strides, found, labels, truths, owner, score = oriented_assignment(maps, angles, targets)
    image, anchor, which = positives(owner)
    weight = score[image, anchor]
    wanted = torch.zeros_like(cls)
    wanted[image, anchor, labels[image, which]] = weight
    total = max(float(wanted.sum()), 1.0)
    class_loss = F.binary_cross_entropy_with_logits(cls, wanted, reduction="sum") / total
    truth = truths[image, which]
    stride = strides[anchor]
    cells = torch.cat((truth[:, :4] / stride, truth[:, 4:]), -1)
    box_loss = ((1 - probiou(found[image, anchor], cells)) * weight).sum() / total
    d = centres[anchor] - cells[:, :2]
    c, s = torch.cos(cells[:, 4]), torch.sin(cells[:, 4])
    along, across = c * d[:, 0] + s * d[:, 1], c * d[:, 1] - s * d[:, 0]
    half = cells[:, 2:4] / 2
    distance = torch.stack((half[:, 0] + along, half[:, 1] + across, half[:, 0] - along, half[:, 1] - across), -1)
    distribution_loss = (v8.distribution_focal(box[image, anchor], distance) * weight).sum() / total
    parts = torch.stack((box_loss * gains[0], class_loss * gains[1], distribution_loss * gains[2]))
    return parts.sum() * box.shape[0], parts.detach()


def weighted_class_loss(maps, targets, weights, gamma, gain=0.5):
    """The class part alone: |t - p|^gamma times cross entropy, each class times its weight."""
    _, cls, *_, labels, _, owner, score = v8.assignment(maps, targets)
    image, anchor, which = positives(owner)
    wanted = torch.zeros_like(cls)
    wanted[image, anchor, labels[image, which]] = score[image, anchor]
    entropy = F.binary_cross_entropy_with_logits(cls, wanted, reduction="none")
    factor = (wanted - cls.sigmoid()).abs() ** gamma if gamma else torch.ones_like(cls)
    return (entropy * factor * weights).sum() / max(float(wanted.sum()), 1.0) * gain


def predict(maps, own, kind):
    """(B, 4 + C + E, A) in pixels, as models are exported."""
    box, cls, centres, strides = v8.flatten(maps)
    extras = rows(own)
    if kind == "obb":
        found = turned(box, extras, centres)
        return torch.cat((found[..., :4] * strides, cls.sigmoid(), found[..., 4:]), -1).permute(0, 2, 1)
    plain = v8.predict(maps)
    if kind == "pose":
        points = extras.view(*extras.shape[:2], -1, 3)
        place = (2 * points[..., :2] + (centres - 0.5)[:, None]) * strides[:, None]
        extras = torch.cat((place, points[..., 2:].sigmoid()), -1).flatten(2)
    return torch.cat((plain, extras.permute(0, 2, 1)), 1)


def soft_cross_entropy(logits, shares, weights, smoothing=0.0, gamma=0.0):
    """shares (N, C); a mean over the shares' weights."""
    wanted = (1 - smoothing) * shares + smoothing * shares.sum(1, keepdim=True) / shares.shape[1]
    log = logits.log_softmax(1)
    factor = (1 - log.exp()) ** gamma if gamma else 1
    return -(wanted * weights * factor * log).sum() / (shares * weights).sum()


def coordinate_loss(logits, coordinates, marked, sharpness=10.0):
    """KL divergence of one axis' logits (N, K, bins) from curves around the coordinates (N, K), by marked points."""
    bins = logits.shape[-1]
    sigma = math.sqrt(bins / 16)
    at = torch.arange(bins, dtype=logits.dtype)
    curve = torch.exp(-(at - coordinates[..., None] * bins) ** 2 / (2 * sigma ** 2))
    wanted = (curve * sharpness).softmax(-1)
    found = (logits * sharpness).log_softmax(-1)
    divergence = F.kl_div(found, wanted, reduction="none").sum(-1)
    return (divergence * marked).sum() / marked.sum()
