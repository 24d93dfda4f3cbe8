"""Writes profiles.json, beside it: seeded and adversarial sets with the answers of the LVIS API and of VOC's devkit.

Needs lvis==0.5.3, pycocotools==2.0.11 and numpy==2.4.6 (Python 3.11). Run: python profile_cases.py
The LVIS numbers are the API's own. Those of VOC come from the plain reference below, written from the devkit's
description: boxes are pixels with both ends included, every side is one longer than the difference of its ends, a
detection is tied to the object that it overlaps most, and objects marked difficult count neither way.
"""
import json
import logging
import pathlib

import numpy as np
from lvis import LVIS, LVISEval, LVISResults

# The API still says what NumPy 1.24 dropped.
np.float = float

SEED = 20262


def inclusive(box):
    """xmin, ymin, xmax, ymax of the pixels that a box covers."""
    x, y, w, h = box
    return np.array([x + 1, y + 1, x + w, y + h])


def overlaps(box, boxes):
    low, high = np.maximum(boxes[:, :2], box[:2]), np.minimum(boxes[:, 2:], box[2:])
    sides = high - low + 1
    shared = np.where((sides > 0).all(1), sides[:, 0] * sides[:, 1], 0)
    area = np.prod(boxes[:, 2:] - boxes[:, :2] + 1, axis=1) + np.prod(box[2:] - box[:2] + 1)
    return shared / (area - shared)


def curve(truths, found, category):
    """Recall and precision after each detection of a class; None where nothing counts."""
    objects = {}
    for truth in truths:
        if truth["category_id"] == category:
            objects.setdefault(truth["image_id"], []).append(truth)
    hard = {image: [bool(t.get("difficult", 0) or t.get("ignore", 0) or t["iscrowd"]) for t in ts]
            for image, ts in objects.items()}
    count = sum(not h for hs in hard.values() for h in hs)
    if count == 0:
        return None
    taken = {image: [False] * len(ts) for image, ts in objects.items()}
    rows = [d for d in found if d["category_id"] == category]
    rows.sort(key=lambda d: d["image_id"])
    rows.sort(key=lambda d: -d["score"])
    true, false = [], []
    for row in rows:
        hit = miss = 0
        image = row["image_id"]
        best = -1
        if image in objects:
            table = overlaps(inclusive(row["bbox"]), np.array([inclusive(t["bbox"]) for t in objects[image]]))
            best = int(np.argmax(table)) if table.max() >= 0.5 else -1
        if best < 0:
            miss = 1
        elif not hard[image][best]:
            hit = 0 if taken[image][best] else 1
            miss = 1 - hit
            taken[image][best] = True
        true.append(hit)
        false.append(miss)
    true, false = np.cumsum(true), np.cumsum(false)
    return true / count, true / np.maximum(true + false, np.finfo(np.float64).eps)


def eleven_points(recall, precision):
    return sum((precision[recall >= t].max() if (recall >= t).any() else 0) / 11 for t in np.arange(0, 1.1, 0.1))


def envelope_area(recall, precision):
    recall, precision = np.concatenate(([0], recall, [1])), np.concatenate(([0], precision, [0]))
    precision = np.maximum.accumulate(precision[::-1])[::-1]
    steps = np.where(recall[1:] != recall[:-1])[0]
    return float(np.sum((recall[steps + 1] - recall[steps]) * precision[steps + 1]))


def voc_answer(case, integrate):
    values = []
    for category in sorted(c["id"] for c in case["truth"]["categories"]):
        points = curve(case["truth"]["annotations"], case["found"], category)
        values.append(None if points is None else float(integrate(*points)) if len(points[0]) else 0.0)
    present = [v for v in values if v is not None]
    return {"mAP50": float(np.mean(present)) if present else -1.0, "classes": [-1.0 if v is None else v for v in values]}


def lvis_answer(case, kind):
    logging.disable(logging.CRITICAL)
    place = pathlib.Path("/tmp/apus-lvis-truth.json")
    place.write_text(json.dumps(case["truth"]))
    truth = LVIS(str(place))
    evaluation = LVISEval(truth, LVISResults(truth, json.loads(json.dumps(case["found"]))), kind)
    evaluation.run()
    place.unlink()
    return [float(value) for value in evaluation.results.values()]


def made(rng, images, categories, truths=5, extra=3, decimals=2, scores=3, size=(6, 150), flagged=0.0, unlisted=0.3):
    frequencies = "rcf"
    case = {"truth": {"images": [], "annotations": [],
                      "categories": [{"id": c, "name": f"c{c}", "frequency": frequencies[i % 3], "image_count": 1}
                                     for i, c in enumerate(categories)]}, "found": []}
    for image in images:
        absent = [c for c in categories if rng.random() > unlisted]
        partial = [c for c in categories if rng.random() < 0.25]
        case["truth"]["images"].append({"id": image, "width": 640, "height": 480, "neg_category_ids": absent,
                                        "not_exhaustive_category_ids": partial})
        for _ in range(rng.integers(0, truths + 1)):
            w, h = rng.uniform(*size, 2)
            box = [round(float(v), decimals) for v in (*rng.uniform(0, 400, 2), w, h)]
            category = int(rng.choice(categories))
            entry = {"id": len(case["truth"]["annotations"]) + 1, "image_id": image, "category_id": category,
                     "bbox": box, "area": round(box[2] * box[3] * 0.8, 2), "iscrowd": 0}
            if rng.random() < flagged:
                entry[str(rng.choice(["ignore", "difficult"]))] = 1
            case["truth"]["annotations"].append(entry)
            for _ in range(rng.integers(0, 4)):
                moved = np.array(box) + rng.normal(0, 0.1, 4) * np.array([w, h, w, h])
                case["found"].append({"image_id": image, "category_id": category,
                                      "bbox": [round(float(v), decimals) for v in moved],
                                      "score": round(float(rng.beta(3, 2)), scores)})
        for _ in range(rng.integers(0, extra + 1)):
            case["found"].append({"image_id": image, "category_id": int(rng.choice(categories)),
                                  "bbox": [round(float(v), decimals) for v in (*rng.uniform(0, 400, 2), *rng.uniform(*size, 2))],
                                  "score": round(float(rng.beta(1.5, 4)), scores)})
    rng.shuffle(case["found"])
    return case


def crowded(rng):
    """More than 300 detections in an image, of classes that count there and of some that do not."""
    case = made(rng, [1, 2], [1, 2, 3], 9, 0)
    for _ in range(520):
        near = case["truth"]["annotations"][int(rng.integers(len(case["truth"]["annotations"])))]["bbox"]
        case["found"].append({"image_id": int(rng.integers(1, 3)), "category_id": int(rng.integers(1, 4)),
                              "bbox": [round(float(v), 1) for v in np.array(near) * rng.uniform(0.8, 1.25, 4)],
                              "score": round(float(rng.random()), 2)})
    return case


def cases():
    rng = np.random.default_rng(SEED)
    yield "random", made(rng, range(1, 13), [1, 2, 3, 4])
    yield "ties", made(rng, range(1, 7), [1, 2], scores=1, decimals=0)
    yield "flagged objects", made(rng, range(1, 9), [1, 2, 3], flagged=0.4)
    yield "small and large", made(rng, range(1, 7), [5, 3], size=(10, 200))
    yield "every class everywhere", made(rng, range(1, 6), [1, 2], unlisted=0)
    yield "no class is listed", made(rng, range(1, 6), [1, 2, 3], unlisted=1)
    yield "more than the limit", crowded(rng)
    yield "empty classes", made(rng, [4, 2, 9], [7, 3, 5, 8, 11, 12], 3)
    yield "one image", made(rng, [1], [1], 6, 4)


def main():
    rows = []
    for name, case in cases():
        # The API works on the areas that the file gives; `difficult` is a word of VOC's alone.
        plain = json.loads(json.dumps(case))
        for entry in plain["truth"]["annotations"]:
            if entry.pop("difficult", 0):
                entry["ignore"] = 1
        rows.append({"name": name, "truth": json.dumps(case["truth"], separators=(",", ":")),
                     "found": json.dumps(case["found"], separators=(",", ":")),
                     "voc07": voc_answer(case, eleven_points), "voc12": voc_answer(case, envelope_area),
                     "lvis": lvis_answer(plain, "bbox")})
    path = pathlib.Path(__file__).parent / "profiles.json"
    path.write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")
    print(path.stat().st_size, "bytes")
    for row in rows:
        print(row["name"], row["voc07"]["mAP50"], row["voc12"]["mAP50"], row["lvis"][:9])


if __name__ == "__main__":
    main()
