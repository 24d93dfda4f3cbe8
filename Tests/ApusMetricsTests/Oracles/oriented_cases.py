"""Writes oriented.json, beside it: rectangles at angles with shapely's overlaps, and sets with the numbers that
pycocotools makes of them.

Needs shapely==2.2.0, pycocotools==2.0.11 and numpy==2.4.6 (Python 3.11). Run: python oriented_cases.py
"""
import contextlib
import io
import json
import math
import pathlib

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from shapely import affinity
from shapely.geometry import box


def polygon(r):
    x, y, w, h, angle = r
    return affinity.rotate(box(x - w / 2, y - h / 2, x + w / 2, y + h / 2), angle, origin=(x, y), use_radians=True)


def shared(a, b):
    return polygon(a).intersection(polygon(b)).area


def overlap(a, b, crowd=False):
    if min(a[2], a[3], b[2], b[3]) <= 0:
        return 0.0
    common = shared(a, b)
    return common / (a[2] * a[3] if crowd else a[2] * a[3] + b[2] * b[3] - common)


class Evaluation(COCOeval):
    def computeIoU(self, image, category):
        truths, found = self._gts[image, category], self._dts[image, category]
        order = np.argsort([-d["score"] for d in found], kind="mergesort")[:100]
        if not len(truths) or not len(found):
            return []
        return np.array([[overlap(found[i]["r"], t["r"], t["iscrowd"]) for t in truths] for i in order])


def coco(images, categories, annotations):
    result = COCO()
    result.dataset = {"images": [{"id": i} for i in images], "categories": [{"id": c} for c in categories],
                      "annotations": annotations}
    with contextlib.redirect_stdout(io.StringIO()):
        result.createIndex()
    return result


def answer(case):
    images, categories = range(1, case["images"] + 1), range(case["classes"])
    truths = [{"id": k + 1, "image_id": t[0], "category_id": t[1], "r": t[2:7], "area": t[4] * t[5], "iscrowd": t[7]}
              for k, t in enumerate(case["truths"])]
    found = [{"id": k + 1, "image_id": d[0], "category_id": d[1], "r": d[2:7], "area": d[4] * d[5], "score": d[7]}
             for k, d in enumerate(case["detections"])]
    with contextlib.redirect_stdout(io.StringIO()):
        evaluation = Evaluation(coco(images, categories, truths), coco(images, categories, found), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return [float(v) for v in evaluation.stats]


def rectangle(rng, spread=300, size=(5, 120)):
    return [*rng.uniform(0, spread, 2), *rng.uniform(*size, 2), rng.uniform(-math.pi, math.pi)]


def near(rng, r, scale):
    return [r[0] + rng.normal(0, scale * r[2]), r[1] + rng.normal(0, scale * r[3]), r[2] * rng.uniform(0.85, 1.15),
            r[3] * rng.uniform(0.85, 1.15), r[4] + rng.normal(0, scale)]


def clean(r):
    return [float(np.float32(v)) for v in r]


def case(rng, images, classes, crowd=0.0):
    truths, found = [], []
    for image in range(1, images + 1):
        for _ in range(rng.integers(0, 6)):
            r, label = clean(rectangle(rng)), int(rng.integers(classes))
            truths.append([image, label, *r, int(rng.random() < crowd)])
            for _ in range(rng.integers(0, 3)):
                found.append([image, label, *clean(near(rng, r, 0.05)), float(np.float32(round(rng.beta(3, 2), 2)))])
        for _ in range(rng.integers(0, 4)):
            found.append([image, int(rng.integers(classes)), *clean(rectangle(rng)), float(np.float32(round(rng.beta(1, 3), 2)))])
    value = {"images": images, "classes": classes, "truths": truths, "detections": found}
    return {**value, "stats": answer(value)}


rng = np.random.default_rng(31)
pairs = []
for index in range(300):
    a = rectangle(rng)
    b = [near(rng, a, 0.2), rectangle(rng), list(a), [a[0], a[1], a[3], a[2], a[4] + math.pi / 2],
         [a[0], a[1], a[2] / 2, a[3] / 3, a[4] + 0.3], [a[0] + 1e4, *a[1:]]][index % 6]
    if index % 25 == 24:
        a, b = [10, 10, 20, 20, 0], [30, 10, 20, 20, 0] if index % 2 else [20, 10, 20, 20, math.pi / 2]
    if index == 7:
        b[2] = 0
    pairs.append([*a, *b, overlap(a, b)])
path = pathlib.Path(__file__).parent / "oriented.json"
cases = [case(rng, 12, 2), case(rng, 8, 1, 0.3), case(rng, 4, 3)]
path.write_text(json.dumps({"pairs": pairs, "cases": cases}, separators=(",", ":")).replace("],[", "],\n[") + "\n")
print(path.stat().st_size, "bytes", [c["stats"][:2] for c in cases])
