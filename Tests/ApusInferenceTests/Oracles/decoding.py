"""Reference preprocessing and decoding for the generators beside this file: NumPy, OpenCV and Pillow, written from the
models' papers and demonstrations, independent of the Swift code.

numpy==2.4.6 opencv-python-headless==5.0.0.93 pillow==12.0.0
"""

import json

import cv2
import numpy as np
from PIL import Image


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


class Fitted:
    """An image in a model's input, and the way back."""

    def __init__(self, pixels, image, sx, sy, left=0, top=0):
        self.pixels, self.image, self.sx, self.sy, self.left, self.top = pixels, image, sx, sy, left, top

    def tensor(self, scale=1 / 255, mean=(0, 0, 0), std=(1, 1, 1), bgr=False):
        x = self.pixels if bgr else self.pixels[:, :, ::-1]
        x = (x.astype(np.float32) * np.float32(scale) - np.float32(mean)) / np.float32(std)
        return np.ascontiguousarray(x.transpose(2, 0, 1)[None], np.float32)

    def points(self, xy):
        return (np.asarray(xy, np.float64) - [self.left, self.top]) / [self.sx, self.sy]

    def boxes(self, xyxy):
        h, w = self.image.shape[:2]
        out = self.points(np.asarray(xyxy, np.float64).reshape(-1, 2, 2)).reshape(-1, 4)
        return np.clip(out, 0, [w, h, w, h])


def stretch(image, w, h):
    return Fitted(cv2.resize(image, (w, h)), image, w / image.shape[1], h / image.shape[0])


def letterbox(image, w, h, pad=114, corner=False):
    ih, iw = image.shape[:2]
    r = min(w / iw, h / ih)
    cw, ch = (int(iw * r), int(ih * r)) if corner else (round(iw * r), round(ih * r))
    left, top = (0, 0) if corner else (round((w - cw) / 2 - 0.1), round((h - ch) / 2 - 0.1))
    canvas = np.full((h, w, 3), pad, np.uint8)
    canvas[top : top + ch, left : left + cw] = cv2.resize(image, (cw, ch))
    return Fitted(canvas, image, r, r, left, top)


def center_crop(image, side, resize):
    """torchvision's Resize(resize) and CenterCrop(side) on a Pillow image."""
    ih, iw = image.shape[:2]
    size = (resize, int(resize * ih / iw)) if iw <= ih else (int(resize * iw / ih), resize)
    pil = Image.fromarray(image[:, :, ::-1]).resize(size, Image.BILINEAR)
    left, top = int(round((size[0] - side) / 2.0)), int(round((size[1] - side) / 2.0))
    crop = np.asarray(pil.crop((left, top, left + side, top + side)))
    return Fitted(np.ascontiguousarray(crop[:, :, ::-1]), image, size[0] / iw, size[1] / ih, -left, -top)


def iou(a, b):
    w = min(a[2], b[2]) - max(a[0], b[0])
    h = min(a[3], b[3]) - max(a[1], b[1])
    shared = max(w, 0) * max(h, 0)
    total = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared
    return shared / total if total > 0 else 0


def survivors(boxes, scores, confidence=0.25, threshold=0.7, suppress=True, multi=False, overlap=iou):
    """Score, label and row of what greedy suppression leaves, best first."""
    found = []
    for n in range(len(boxes)):
        labels = range(scores.shape[1]) if multi else [int(scores[n].argmax())]
        found += [(float(scores[n, c]), c, n) for c in labels if scores[n, c] > confidence]
    found.sort(key=lambda item: -item[0])
    kept = []
    for item in found:
        rivals = [k for k in kept if k[1] == item[1]]
        if not suppress or all(overlap(boxes[item[2]], boxes[k[2]]) <= threshold for k in rivals):
            kept.append(item)
    return kept


def detections(fitted, boxes, scores, points=None, **options):
    """boxes [n, 4] as corners in input pixels, scores [n, classes], points [n, k, 3] → what a result lists."""
    result = []
    for score, label, n in survivors(boxes, scores, **options):
        x0, y0, x1, y1 = fitted.boxes(boxes[n])[0]
        if x1 <= x0 or y1 <= y0:
            continue
        entry = {"label": label, "score": score, "box": [x0, y0, x1 - x0, y1 - y0]}
        if points is not None:
            xy = fitted.points(points[n][:, :2])
            seen = points[n][:, 2] >= 0.5
            entry["keypoints"] = [
                v for (x, y), s in zip(xy, seen) for v in ((float(x), float(y), 2) if s else (0, 0, 0))]
        result.append(entry)
    return result


def corners(cxcywh):
    c, s = cxcywh[:, :2], cxcywh[:, 2:4]
    return np.concatenate([c - s / 2, c + s / 2], 1)


def cells(w, h, strides):
    """[n, 3]: column, row, stride."""
    return np.array([(x, y, s) for s in strides for y in range(-(-h // s)) for x in range(-(-w // s))], np.float32)


def yolox(out, w, h, strides=(8, 16, 32)):
    g = cells(w, h, strides)
    xy = (out[:, :2] + g[:, :2]) * g[:, 2:]
    wh = np.exp(out[:, 2:4]) * g[:, 2:]
    return corners(np.concatenate([xy, wh], 1)), out[:, 4:5] * out[:, 5:]


def nanodet(out, w, h, strides, bins):
    g, classes = cells(w, h, strides), out.shape[1] - 4 * bins
    d = (softmax(out[:, classes:].reshape(len(out), 4, bins)) * np.arange(bins)).sum(-1) * g[:, 2:]
    c = g[:, :2] * g[:, 2:]
    return np.concatenate([c - d[:, :2], c + d[:, 2:]], 1), out[:, :classes]


def priors(w, h, strides, sizes):
    rows = []
    for stride, level in zip(strides, sizes):
        for y in range(-(-h // stride)):
            for x in range(-(-w // stride)):
                rows += [((x + 0.5) * stride / w, (y + 0.5) * stride / h, s / w, s / h) for s in level]
    return np.array(rows, np.float32)


def retina(loc, landmarks, prior, w, h, variances=(0.1, 0.2)):
    c = prior[:, :2] + loc[:, :2] * variances[0] * prior[:, 2:]
    s = prior[:, 2:] * np.exp(loc[:, 2:] * variances[1])
    p = prior[:, None, :2] + landmarks.reshape(len(loc), -1, 2) * variances[0] * prior[:, None, 2:]
    p = np.concatenate([p * [w, h], np.ones((*p.shape[:2], 1))], 2)
    return corners(np.concatenate([c, s], 1)) * [w, h, w, h], p


def yunet(outputs, w, h, strides=(8, 16, 32)):
    boxes, scores, points = [], [], []
    for s in strides:
        g = cells(w, h, (s,))
        c, o, b, k = (outputs[f"{n}_{s}"][0] for n in ("cls", "obj", "bbox", "kps"))
        scores.append(np.sqrt(np.clip(c, 0, 1) * np.clip(o, 0, 1)))
        boxes.append(corners(np.concatenate([(g[:, :2] + b[:, :2]) * s, np.exp(b[:, 2:]) * s], 1)))
        p = (k.reshape(len(k), -1, 2) + g[:, None, :2]) * s
        points.append(np.concatenate([p, np.ones((*p.shape[:2], 1))], 2))
    return np.concatenate(boxes), np.concatenate(scores), np.concatenate(points)


def save(cases, path):
    """A line a result; five digits after the point are plenty."""
    def short(value):
        if isinstance(value, list):
            return [short(v) for v in value]
        return round(float(value), 5) if isinstance(value, float) else value

    with open(path, "w") as file:
        lines = [
            f"{json.dumps(name)}: [\n" + ",\n".join(
                json.dumps({k: short(v) for k, v in entry.items()}) for entry in result) + "\n]"
            for name, result in cases.items()]
        file.write("{\n" + ",\n".join(lines) + "\n}\n")
