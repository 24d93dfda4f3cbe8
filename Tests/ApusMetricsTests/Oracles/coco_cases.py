"""Writes coco.json, beside it: seeded and adversarial box sets with pycocotools' answers.

Needs pycocotools==2.0.11 and numpy==2.4.6 (Python 3.11). Run: python coco_cases.py
The arrays are kept as FNV-1a hashes over the bits of their float64 values: they must be equal, not close.
The `ultralytics` numbers come from the plain reference below, written from the profile's description.
"""
import contextlib
import io
import json
import pathlib

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

SEED = 20260


def fnv(array):
    value = 0xCBF29CE484222325
    for word in (np.ascontiguousarray(array, dtype=np.float64) + 0.0).view(np.uint64).ravel().tolist():
        value = ((value ^ word) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return str(value)


def coco(dataset):
    result = COCO()
    result.dataset = dataset
    with contextlib.redirect_stdout(io.StringIO()):
        result.createIndex()
    return result


def pycocotools_answer(case):
    truth = coco({
        "images": [{"id": i} for i in case["images"]],
        "categories": [{"id": c, "name": str(c)} for c in case["categories"]],
        "annotations": [
            {"id": a[0], "image_id": a[1], "category_id": a[2], "bbox": a[3:7], "area": a[7], "iscrowd": a[8]}
            for a in case["truths"]],
    })
    found = [{"image_id": d[0], "category_id": d[1], "bbox": d[2:6], "score": d[6]} for d in case["detections"]]
    with contextlib.redirect_stdout(io.StringIO()):
        results = truth.loadRes(found) if found else coco(
            {"images": truth.dataset["images"], "categories": truth.dataset["categories"], "annotations": []})
        evaluation = COCOeval(truth, results, "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    arrays = evaluation.eval
    return {
        "stats": [float(v) for v in evaluation.stats],
        "precision": fnv(arrays["precision"]), "scores": fnv(arrays["scores"]), "recall": fnv(arrays["recall"]),
    }


def overlaps(truths, detections):
    table = np.zeros((len(detections), len(truths)))
    for i, d in enumerate(detections):
        for j, t in enumerate(truths):
            w = min(d[0] + d[2], t[0] + t[2]) - max(d[0], t[0])
            h = min(d[1] + d[3], t[1] + t[3]) - max(d[1], t[1])
            if w > 0 and h > 0:
                table[i, j] = w * h / (d[2] * d[3] + t[2] * t[3] - w * h)
    return table


def ultralytics_answer(case):
    """AP of each class with truths, averaged over the ten overlaps, and at 0.5."""
    thresholds = np.linspace(0.5, 0.95, 10)
    kept = []
    for image in sorted(case["images"]):
        of_image = [d for d in case["detections"] if d[0] == image and d[1] in case["categories"]]
        kept += sorted(of_image, key=lambda d: -d[6])[:300]
    by_class = {}
    for category in sorted(case["categories"]):
        count = sum(1 for a in case["truths"] if a[2] == category and a[1] in case["images"])
        if count == 0:
            continue
        rows = []
        for image in sorted(case["images"]):
            truths = [a[3:7] for a in case["truths"] if a[1] == image and a[2] == category]
            found = [d for d in kept if d[0] == image and d[1] == category]
            table = overlaps(truths, [d[2:6] for d in found])
            taken = np.zeros((10, len(truths)), bool)
            for i, d in enumerate(found):
                hit = np.zeros(10, bool)
                if truths:
                    best = len(truths) - 1 - int(np.argmax(table[i][::-1]))
                    hit = (table[i, best] >= np.minimum(thresholds, 1 - 1e-10)) & ~taken[:, best]
                    taken[:, best] |= hit
                rows.append((d[6], hit))
        rows = [rows[i] for i in np.argsort([-r[0] for r in rows], kind="stable")] if rows else []
        values = []
        for t in range(10):
            hits = np.cumsum([r[1][t] for r in rows]) if rows else np.zeros(0)
            recall = hits / (count + 1e-16)
            precision = hits / np.arange(1, len(rows) + 1) if rows else np.zeros(0)
            x = np.concatenate(([0.0], recall, [1.0]))
            y = np.concatenate(([1.0], precision, [0.0]))
            y = np.flip(np.maximum.accumulate(np.flip(y)))
            grid = np.linspace(0, 1, 101)
            values.append(float(np.trapezoid(np.interp(grid, x, y), grid)) if rows else 0.0)
        by_class[category] = values
    if not by_class:
        return {"mAP50": None, "mAP50-95": None}
    table = np.array(list(by_class.values()))
    return {"mAP50": float(table[:, 0].mean()), "mAP50-95": float(table.mean())}


def random_case(rng, images, categories, per_image, extra, decimals=2, score_decimals=4, crowd=0.0, size=(4, 160)):
    truths, detections = [], []
    for image in images:
        for _ in range(rng.integers(0, per_image + 1)):
            w, h = rng.uniform(*size, 2)
            x, y = rng.uniform(0, 480, 2)
            category = int(rng.choice(categories))
            box = [round(float(v), decimals) for v in (x, y, w, h)]
            area = round(box[2] * box[3] * float(rng.uniform(0.5, 1)), decimals)
            truths.append([len(truths) + 1, image, category, *box, area, int(rng.random() < crowd)])
            for _ in range(rng.integers(0, 4)):
                moved = np.array(box) + rng.normal(0, 0.12, 4) * np.array([w, h, w, h])
                moved[2:] = np.maximum(moved[2:], 0)
                other = int(rng.choice(categories)) if rng.random() < 0.1 else category
                score = round(float(rng.beta(3, 2)), score_decimals)
                detections.append([image, other, *[round(float(v), decimals) for v in moved], score])
        for _ in range(rng.integers(0, extra + 1)):
            box = [round(float(v), decimals) for v in (*rng.uniform(0, 480, 2), *rng.uniform(*size, 2))]
            detections.append([image, int(rng.choice(categories)), *box, round(float(rng.beta(1.5, 4)), score_decimals)])
    order = rng.permutation(len(detections))
    return {"images": list(images), "categories": list(categories), "truths": truths,
            "detections": [detections[i] for i in order]}


def crowded_case(rng):
    """More than 100 detections of one class in one image, and more than 300 in all."""
    case = random_case(rng, [1, 2], [1, 2], 12, 0)
    for image, count in ((1, 420), (2, 130)):
        for _ in range(count):
            near = case["truths"][int(rng.integers(len(case["truths"])))][3:7]
            box = [round(float(v), 1) for v in np.array(near) * rng.uniform(0.8, 1.25, 4)]
            case["detections"].append([image, int(rng.integers(1, 3)), *box, round(float(rng.random()), 2)])
    return case


def areas_case():
    """Areas on both sides of, and exactly on, the borders between small, medium and large."""
    sides = [31.99, 32, 32.01, 95.99, 96, 96.01, 10, 300]
    truths = [[i + 1, 1 + i % 3, 1, 400.0 * i, 0, s, s, a, 0]
              for i, (s, a) in enumerate([(s, s * s) for s in sides] + [(40, 1024), (40, 1023.99), (120, 9216), (20, 0)])]
    detections = [[t[1], 1, t[3] + 1, t[4], t[5], t[6], round(0.9 - 0.05 * i, 2)] for i, t in enumerate(truths)]
    detections += [[1, 1, 9000, 9000, s, s, 0.95] for s in sides]
    return {"images": [1, 2, 3], "categories": [1], "truths": truths, "detections": detections}


def degenerate_case():
    truths = [[1, 1, 1, 10, 10, 0, 0, 0, 0], [2, 1, 1, 10, 10, 20, 0, 0, 0], [3, 1, 1, 50, 50, 20, 20, 400, 0],
              [4, 1, 1, 50, 50, 20, 20, 400, 0], [5, 2, 1, 5, 5, 30, 30, 900, 1], [6, 2, 1, 5, 5, 30, 30, 900, 0]]
    boxes = [[10, 10, 0, 0], [10, 10, 20, 0], [50, 50, 20, 20], [50, 50, 20, 20], [50, 50, 20, 20], [50, 50, -20, 20],
             [5, 5, 30, 30], [5, 5, 30, 30], [6, 6, 5, 5]]
    detections = [[1 if i < 6 else 2, 1, *b, s] for i, b in enumerate(boxes) for s in (0, 1, 0.5)]
    return {"images": [1, 2], "categories": [1], "truths": truths, "detections": detections + [[1, 1, 0, 0, 9, 9, -3.5]]}


def thresholds_case():
    """Overlaps exactly on the thresholds: a detection of height h inside a box of height 100."""
    truths = [[i + 1, i + 1, 1, 0, 0, 100, 100, 10000, 0] for i in range(12)]
    heights = [50, 55, 60, 65, 70, 75, 80, 85, 90, 95, 100, 49.999]
    return {"images": list(range(1, 13)), "categories": [1], "truths": truths,
            "detections": [[i + 1, 1, 0, 0, 100, h, round(0.9 - i / 100, 2)] for i, h in enumerate(heights)]}


def empty_classes_case():
    return {"images": [7, 3, 5], "categories": [9, 2, 4, 6],
            "truths": [[1, 3, 2, 0, 0, 50, 50, 2500, 0], [2, 5, 4, 0, 0, 50, 50, 2500, 0], [3, 5, 9, 0, 0, 9, 9, 81, 1],
                       [4, 99, 2, 0, 0, 50, 50, 2500, 0], [5, 3, 77, 0, 0, 50, 50, 2500, 0]],
            "detections": [[3, 2, 1, 1, 50, 50, 0.5], [3, 6, 0, 0, 50, 50, 0.9], [5, 9, 0, 0, 9, 9, 0.4],
                           [5, 77, 0, 0, 9, 9, 0.4]]}


def cases():
    rng = np.random.default_rng(SEED)
    yield "random", random_case(rng, range(1, 25), [1, 2, 3, 4], 6, 8)
    yield "ties", random_case(rng, range(1, 13), [1, 2], 5, 6, decimals=0, score_decimals=1, size=(8, 60))
    yield "crowds", random_case(rng, range(1, 17), [1, 2, 3], 7, 5, crowd=0.3)
    yield "overlapping", random_case(rng, range(1, 7), [1], 20, 30, decimals=0, score_decimals=2, size=(150, 400), crowd=0.1)
    yield "large ids", random_case(rng, [2**40, 17, 2**40 - 3, 900001], [2**33, 90, 5], 6, 6)
    yield "more than the limits", crowded_case(rng)
    yield "area borders", areas_case()
    yield "degenerate boxes", degenerate_case()
    yield "exact thresholds", thresholds_case()
    yield "empty classes", empty_classes_case()
    yield "no detections", {**empty_classes_case(), "detections": []}
    yield "no truths", {**empty_classes_case(), "truths": []}
    zero = random_case(rng, range(1, 5), [1], 4, 2)
    for truth in zero["truths"]:
        truth[0] -= 1
    yield "annotation ids from zero", zero
    perfect = random_case(rng, range(1, 9), [1, 2], 5, 0)
    perfect["detections"] = [[t[1], t[2], *t[3:7], 1.0] for t in perfect["truths"]]
    yield "perfect", perfect


def main():
    result = []
    for name, case in cases():
        case = {key: ([list(r) for r in rows] if key in ("truths", "detections") else list(rows))
                for key, rows in case.items()}
        result.append({"name": name, **case, "coco": pycocotools_answer(case), "ultralytics": ultralytics_answer(case)})
    path = pathlib.Path(__file__).parent / "coco.json"
    path.write_text("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in result) + "\n]\n")
    print(path.stat().st_size, "bytes")
    for case in result:
        print(case["name"], len(case["truths"]), len(case["detections"]), case["coco"]["stats"][:2], case["ultralytics"])


main()
