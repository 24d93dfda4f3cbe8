"""Writes coco_masks.json and coco_keypoints.json, beside it: seeded and adversarial sets with pycocotools' answers.

Needs pycocotools==2.0.11 and numpy==2.4.6 (Python 3.11). Run: python coco_shape_cases.py
The arrays are kept as FNV-1a hashes over the bits of their float64 values: they must be equal, not close.
"""
import contextlib
import copy
import io
import json
import pathlib

import numpy as np
from pycocotools import mask as masks
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

SEED = 20261
WIDTH, HEIGHT = 96, 72


def fnv(array):
    value = 0xCBF29CE484222325
    for word in (np.ascontiguousarray(array, dtype=np.float64) + 0.0).view(np.uint64).ravel().tolist():
        value = ((value ^ word) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return str(value)


def coco(dataset):
    result = COCO()
    result.dataset = copy.deepcopy(dataset)
    with contextlib.redirect_stdout(io.StringIO()):
        result.createIndex()
    return result


def answer(case, kind):
    truth = coco(case["truth"])
    with contextlib.redirect_stdout(io.StringIO()):
        found = copy.deepcopy(case["found"])
        results = truth.loadRes(found) if found else coco({**case["truth"], "annotations": []})
        evaluation = COCOeval(truth, results, kind)
        if kind == "keypoints":
            evaluation.params.kpt_oks_sigmas = np.array(case["sigmas"])
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    arrays = evaluation.eval
    return {
        "stats": [float(v) for v in evaluation.stats], "precision": fnv(arrays["precision"]),
        "scores": fnv(arrays["scores"]), "recall": fnv(arrays["recall"]),
    }


def header(images, categories):
    return {"images": [{"id": i, "width": WIDTH, "height": HEIGHT} for i in images],
            "categories": [{"id": c, "name": str(c)} for c in categories], "annotations": []}


def blob(rng, x, y, size, points=9, decimals=2):
    """A star-shaped polygon, which may reach beyond the image."""
    angles = np.sort(rng.uniform(0, 2 * np.pi, points))
    radii = rng.uniform(0.4, 1, points) * size
    ring = np.stack([x + radii * np.cos(angles), y + radii * np.sin(angles)], 1)
    return [round(float(v), decimals) for v in ring.ravel()]


def runs_of(rings, compressed):
    code = masks.merge(masks.frPyObjects(rings, HEIGHT, WIDTH))
    if compressed:
        return {"size": [HEIGHT, WIDTH], "counts": code["counts"].decode()}
    pixels = masks.decode(code).ravel(order="F")
    counts, current, length = [], 0, 0
    for pixel in pixels.tolist():
        if pixel != current:
            counts.append(length)
            current, length = pixel, 0
        length += 1
    return {"size": [HEIGHT, WIDTH], "counts": counts + [length]}


def bounds(ring):
    x, y = ring[0::2], ring[1::2]
    return [min(x), min(y), round(max(x) - min(x), 2), round(max(y) - min(y), 2)]


def add_mask(rng, case, image, category, rings, crowd=0, area=None, form=None):
    form = form or ("runs" if crowd else rng.choice(["polygons", "text"], p=[0.8, 0.2]))
    value = rings if form == "polygons" else runs_of(rings, form == "text")
    pixels = float(masks.area(masks.merge(masks.frPyObjects(rings, HEIGHT, WIDTH))))
    case["truth"]["annotations"].append({
        "id": len(case["truth"]["annotations"]) + 1, "image_id": image, "category_id": category, "iscrowd": crowd,
        "segmentation": value, "bbox": bounds(rings[0]), "area": pixels if area is None else area})


def find_mask(rng, case, image, category, rings, score, box=False):
    entry = {"image_id": image, "category_id": category, "score": score, "segmentation": runs_of(rings, not box or rng.random() < 0.5)}
    if box:
        entry["bbox"] = bounds(rings[0])
        if rng.random() < 0.2:
            del entry["segmentation"]
    case["found"].append(entry)


def mask_case(rng, images, categories, truths=4, crowd=0.0, scores=3, extra=2, box=False, decimals=2, size=(2, 30)):
    case = {"truth": header(images, categories), "found": []}
    for image in images:
        for _ in range(rng.integers(0, truths + 1)):
            x, y, s = rng.uniform(-5, WIDTH + 5), rng.uniform(-5, HEIGHT + 5), rng.uniform(*size)
            category = int(rng.choice(categories))
            rings = [blob(rng, x, y, s, decimals=decimals)]
            if rng.random() < 0.3:
                rings.append(blob(rng, x + s * rng.uniform(-1, 1), y, s / 2, 5, decimals))
            isCrowd = int(rng.random() < crowd)
            add_mask(rng, case, image, category, rings, isCrowd, area=round(float(s * s * 40), 1))
            for _ in range(rng.integers(0, 3)):
                moved = [[round(v + float(rng.normal(0, s * 0.05)), decimals) for v in ring] for ring in rings]
                find_mask(rng, case, image, category, moved, round(float(rng.beta(3, 2)), scores), box)
        for _ in range(rng.integers(0, extra + 1)):
            ring = blob(rng, rng.uniform(0, WIDTH), rng.uniform(0, HEIGHT), rng.uniform(*size), decimals=decimals)
            find_mask(rng, case, image, int(rng.choice(categories)), [ring], round(float(rng.beta(1.5, 4)), scores), box)
    rng.shuffle(case["found"])
    return case


def many_masks(rng):
    case = mask_case(rng, [1], [1], 6, extra=0)
    for _ in range(130):
        ring = blob(rng, rng.uniform(0, WIDTH), rng.uniform(0, HEIGHT), 12, 5, 0)
        find_mask(rng, case, 1, 1, [ring], round(float(rng.random()), 2))
    return case


def odd_masks(rng):
    """Empty and whole masks, rings without an area, a ring that crosses itself, borders and corners of the image."""
    case = {"truth": header([1, 2], [1]), "found": []}
    w, h = WIDTH, HEIGHT
    rings = [
        [[0, 0, w, 0, w, h, 0, h]], [[10, 10, 30, 10, 20, 10]], [[5, 5, 5, 5, 5, 5]],
        [[0, 0, 40, 40, 40, 0, 0, 40]], [[-20, -20, 10, -20, 10, 10, -20, 10]], [[w - 3, h - 3, w + 9, h - 3, w + 9, h + 9]],
        [[0.5, 0.5, 1.5, 0.5, 1.5, 1.5, 0.5, 1.5]], [[2.5, 2.49, 2.51, 60.5, 3.5, 60.5, 3.5, 2.5]],
        [[20, 20, 50, 20, 50, 50, 20, 50], [30, 30, 60, 30, 60, 60, 30, 60]], [[200, 200, 210, 200, 205, 220]],
        [[20.1, 9.3, 44.7, 9.3, 44.7, 33.9, 20.1, 33.9], [25, 15, 40, 15, 40, 28, 25, 28]],
    ]
    for index, shape in enumerate(rings):
        add_mask(rng, case, 1 + index % 2, 1, shape, form="polygons")
        find_mask(rng, case, 1 + index % 2, 1, shape, round(0.9 - index * 0.03, 2))
        find_mask(rng, case, 1 + index % 2, 1, [[v + 1 for v in r] for r in shape], round(0.9 - index * 0.03, 2))
    return case


def mask_cases():
    rng = np.random.default_rng(SEED)
    yield "random", mask_case(rng, range(1, 25), [1, 2, 3], 6)
    yield "ties", mask_case(rng, range(1, 7), [1, 2], scores=1, decimals=0)
    yield "crowds", mask_case(rng, range(1, 9), [1, 2], 6, crowd=0.35)
    yield "overlapping", mask_case(rng, range(1, 4), [1], 9, extra=9, crowd=0.1, size=(25, 60), scores=2)
    yield "boxes decide areas", mask_case(rng, range(1, 7), [1, 2], box=True)
    yield "more than the limits", many_masks(rng)
    yield "odd shapes", odd_masks(rng)
    empty = mask_case(rng, [4, 2, 9], [7, 3, 5, 8])
    empty["truth"]["annotations"] = [a for a in empty["truth"]["annotations"] if a["category_id"] != 3]
    yield "empty classes", empty
    yield "no detections", {**mask_case(rng, [1, 2], [1]), "found": []}
    none = mask_case(rng, [1, 2], [1])
    none["truth"]["annotations"] = []
    yield "no truths", none


PERSON = [0.026, 0.025, 0.025, 0.035, 0.035, 0.079, 0.079, 0.072, 0.072, 0.062, 0.062, 0.107, 0.107, 0.087, 0.087,
          0.089, 0.089]


def pose(rng, points, x, y, size, decimals):
    values = np.stack([rng.uniform(x, x + size, points), rng.uniform(y, y + size, points)], 1)
    return np.round(values, decimals)


def flat(points, seen):
    """As COCO does, what nobody marked stands at 0, 0."""
    rows = [[float(p[0]), float(p[1]), int(v)] if v else [0, 0, 0] for p, v in zip(points, seen)]
    return [value for row in rows for value in row]


def keypoint_case(rng, images, sigmas, truths=4, crowd=0.0, unmarked=0.0, extra=2, scores=3, decimals=1, noise=0.06,
                  categories=(1,), box=False, size=(20, 200)):
    count = len(sigmas)
    case = {"sigmas": list(sigmas), "truth": header(images, categories), "found": []}
    def find(image, category, points, score):
        entry = {"image_id": image, "category_id": category, "score": score,
                 "keypoints": flat(np.round(points, decimals), np.ones(count, int))}
        if box:
            low, high = points.min(0), points.max(0)
            entry["bbox"] = [round(float(v), 2) for v in (*(low - 3), *(high - low + 6))]
        case["found"].append(entry)
    for image in images:
        for _ in range(rng.integers(0, truths + 1)):
            s = rng.uniform(*size)
            x, y = rng.uniform(0, 400, 2)
            points = pose(rng, count, x, y, s, decimals)
            seen = rng.choice([0, 1, 2], count, p=[0.25, 0.25, 0.5])
            if rng.random() < unmarked:
                seen[:] = 0
            category = int(rng.choice(categories))
            crowded = int(rng.random() < crowd)
            number = len(case["truth"]["annotations"]) + 1
            case["truth"]["annotations"].append({
                "id": number, "image_id": image, "category_id": category, "iscrowd": crowded,
                "num_keypoints": int((seen > 0).sum()), "keypoints": flat(points, seen),
                "bbox": [round(float(v), 1) for v in (x, y, s, s)], "area": round(float(s * s * rng.uniform(0.3, 1)), 1)})
            for _ in range(rng.integers(0, 4)):
                moved = points + rng.normal(0, noise * s, points.shape) * rng.choice([0.1, 0.5, 1])
                find(image, category, moved, round(float(rng.beta(3, 2)), scores))
        for _ in range(rng.integers(0, extra + 1)):
            far = pose(rng, count, *rng.uniform(-50, 500, 2), rng.uniform(*size), decimals)
            find(image, int(rng.choice(categories)), far, round(float(rng.beta(1.5, 4)), scores))
    rng.shuffle(case["found"])
    return case


def near_ignored(rng):
    """Detections inside, at the border of and outside the doubled box of people without marks."""
    case = keypoint_case(rng, [1, 2, 3], PERSON[:5], 2, extra=0)
    for image in (1, 2, 3):
        number = len(case["truth"]["annotations"]) + 1
        case["truth"]["annotations"].append({
            "id": number, "image_id": image, "category_id": 1, "iscrowd": int(image == 2), "num_keypoints": 0,
            "keypoints": [0, 0, 0] * 5, "bbox": [100, 100, 50, 80], "area": 4000})
        for shift in (0, 50, 99, 101, 130, 400):
            points = np.array([[100 + shift + 3 * k, 120 + 2 * k] for k in range(5)], float)
            case["found"].append({"image_id": image, "category_id": 1, "score": round(0.5 + shift / 1000, 3),
                                  "keypoints": flat(points, np.ones(5, int))})
    return case


def odd_keypoints():
    """No area, points at one place, a count of marks that does not say what the marks say."""
    case = {"sigmas": [0.1, 0.05], "truth": header([1, 2], [1]), "found": []}
    rows = [([5, 5, 2, 9, 9, 2], 0, 2), ([50, 50, 2, 50, 50, 1], 100, 2), ([80, 80, 2, 90, 90, 2], 400, 0),
            ([0, 0, 0, 0, 0, 0], 900, 1), ([30, 30, 1, 0, 0, 0], 2000, 1), ([10, 70, 2, 60, 10, 2], 20000, 2)]
    for index, (points, area, count) in enumerate(rows):
        image = 1 + index % 2
        case["truth"]["annotations"].append({
            "id": index + 1, "image_id": image, "category_id": 1, "iscrowd": 0, "num_keypoints": count,
            "keypoints": points, "bbox": [points[0], points[1], 20, 20], "area": area})
        for shift in (0, 0, 1, 4):
            moved = [v + shift if k % 3 < 2 else 1 for k, v in enumerate(points)]
            case["found"].append({"image_id": image, "category_id": 1, "score": 0.5, "keypoints": moved})
    return case


def keypoint_cases():
    rng = np.random.default_rng(SEED + 1)
    yield "random", keypoint_case(rng, range(1, 13), PERSON)
    yield "five points", keypoint_case(rng, range(1, 11), [0.05, 0.1, 0.03, 0.2, 0.08], categories=(2, 1))
    yield "thirty-three points", keypoint_case(rng, range(1, 4), [0.02 + 0.002 * k for k in range(33)])
    yield "one point", keypoint_case(rng, range(1, 9), [0.1], box=True)
    yield "crowds and unmarked", keypoint_case(rng, range(1, 9), PERSON[:7], 6, crowd=0.3, unmarked=0.3, box=True)
    yield "near ignored", near_ignored(rng)
    yield "ties", keypoint_case(rng, range(1, 9), PERSON[:4], scores=1, decimals=0, noise=0.03)
    yield "more than the limit", keypoint_case(rng, [1, 2], PERSON[:4], 12, extra=40, size=(60, 300))
    yield "boxes decide areas", keypoint_case(rng, range(1, 7), PERSON[:6], box=True, size=(20, 120))
    yield "odd", odd_keypoints()
    yield "empty classes", keypoint_case(rng, [3, 1], PERSON[:3], 1, categories=(5, 9, 2, 7))
    yield "no detections", {**keypoint_case(rng, [1, 2], PERSON[:3]), "found": []}
    none = keypoint_case(rng, [1, 2], PERSON[:3])
    none["truth"]["annotations"] = []
    yield "no truths", none


def write(name, cases, kind):
    result = []
    for title, case in cases:
        result.append({"name": title, **case, "coco": answer(case, kind)})
    path = pathlib.Path(__file__).parent / name
    path.write_text("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in result) + "\n]\n")
    print(name, path.stat().st_size, "bytes")
    for case in result:
        print(case["name"], len(case["truth"]["annotations"]), len(case["found"]), case["coco"]["stats"][:2])


def polygons():
    """Polygons and their pixels, as the runs of COCO's text."""
    rng = np.random.default_rng(SEED + 2)
    rows = []
    for index in range(150):
        decimals = int(rng.integers(0, 4))
        points = int(rng.integers(3, 14))
        if index % 3:
            ring = blob(rng, rng.uniform(-10, WIDTH + 10), rng.uniform(-10, HEIGHT + 10), rng.uniform(1, 50), points, decimals)
        else:
            ring = [round(float(v), decimals) for v in rng.uniform(-20, 110, 2 * points)]
        rows.append({"ring": ring, "counts": runs_of([ring], True)["counts"]})
    path = pathlib.Path(__file__).parent / "coco_polygons.json"
    path.write_text("[\n" + ",\n".join(json.dumps(r, separators=(",", ":")) for r in rows) + "\n]\n")
    print("coco_polygons.json", path.stat().st_size, "bytes")


write("coco_masks.json", mask_cases(), "segm")
write("coco_keypoints.json", keypoint_cases(), "keypoints")
polygons()
