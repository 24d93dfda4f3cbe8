"""Writes the COCO files that scripts/benchmarks/evaluate is timed on: seeded, of the size of COCO's validation set.

usage: evaluate_data.py FOLDER: boxes-{gt,dt}.json (5000 images, 80 classes, 36000 objects, 500000 detections),
keypoints-{gt,dt}.json (1000 images, 3000 persons, 20000 detections) and masks-{gt,dt}.json (1000 images, 20 classes,
7000 outlined objects, 40000 detections as compressed runs).
"""
import json
import pathlib
import sys

import numpy as np

SEED = 5


def boxes(rng, count):
    sizes = np.exp(rng.uniform(np.log(8), np.log(400), (count, 2)))
    return np.concatenate([rng.uniform(0, 480, (count, 2)), sizes], 1).round(2)


def box_files(rng, images=5000, classes=80, objects=36000, detections=500000):
    """A quarter of the detections lie near an object of their class, the others anywhere."""
    image, kind = np.sort(rng.integers(1, images + 1, objects)), rng.integers(1, classes + 1, objects)
    truth = boxes(rng, objects)
    annotations = [{"id": k + 1, "image_id": int(image[k]), "category_id": int(kind[k]), "bbox": truth[k].tolist(),
                    "area": round(float(truth[k, 2] * truth[k, 3] * 0.6), 2), "iscrowd": int(rng.random() < 0.01)}
                   for k in range(objects)]
    near = rng.integers(0, objects, detections // 4)
    rest = detections - len(near)
    moved = truth[near] + rng.normal(0, 0.1, (len(near), 4)) * truth[near][:, [2, 3, 2, 3]]
    found = np.concatenate([moved.round(2), boxes(rng, rest)])
    images_found = np.concatenate([image[near], rng.integers(1, images + 1, rest)])
    kinds = np.concatenate([kind[near], rng.integers(1, classes + 1, rest)])
    scores = np.concatenate([rng.beta(3, 2, len(near)), rng.beta(1, 6, rest)]).round(4)
    results = [{"image_id": int(images_found[k]), "category_id": int(kinds[k]), "bbox": found[k].tolist(),
                "score": float(scores[k])} for k in np.argsort(images_found, kind="stable")]
    return header(images, range(1, classes + 1), annotations), results


def header(images, categories, annotations):
    return {"images": [{"id": i, "width": 640, "height": 480} for i in range(1, images + 1)],
            "categories": [{"id": c, "name": str(c)} for c in categories], "annotations": annotations}


def pose(points, seen):
    return np.concatenate([points.round(2), seen[:, None]], 1).ravel().tolist()


def keypoint_files(rng, images=1000, objects=3000, detections=20000):
    """Two thirds of the detections are an object's points, moved; the others lie anywhere."""
    annotations, results = [], []
    truth = []
    for index in range(objects):
        size = float(np.exp(rng.uniform(np.log(32), np.log(300))))
        corner = rng.uniform(0, 340, 2)
        points, seen = corner + rng.random((17, 2)) * size, rng.choice([0, 1, 2], 17, p=[0.3, 0.2, 0.5])
        truth.append((int(rng.integers(1, images + 1)), points, size))
        annotations.append({"id": index + 1, "image_id": truth[-1][0], "category_id": 1, "iscrowd": 0,
                            "bbox": [round(float(v), 2) for v in (*corner, size, size)],
                            "area": round(size * size * 0.6, 2), "num_keypoints": int((seen > 0).sum()),
                            "keypoints": pose(points * (seen > 0)[:, None], seen)})
    for _ in range(detections):
        image, points, size = truth[int(rng.integers(objects))]
        if rng.random() < 1 / 3:
            points = rng.uniform(0, 480, 2) + rng.random((17, 2)) * size
        found = points + rng.normal(0, size * 0.05, (17, 2))
        results.append({"image_id": image, "category_id": 1, "keypoints": pose(found, np.ones(17)),
                        "score": round(float(rng.random()), 4)})
    return header(images, [1], annotations), results


def outline(rng, box, corners=24):
    """A polygon within a box."""
    angle = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    radius = rng.uniform(0.7, 1, corners)
    around = np.stack([np.cos(angle), np.sin(angle)], 1) * radius[:, None] / 2 + 0.5
    return (around * box[2:] + box[:2]).clip(0, [640, 480]).round(2).ravel().tolist()


def mask_files(rng, images=1000, classes=20, objects=7000, detections=40000):
    """Half of the detections lie on an object of their class, the others anywhere."""
    from pycocotools import mask
    image, kind = rng.integers(1, images + 1, objects), rng.integers(1, classes + 1, objects)
    truth = boxes(rng, objects)
    annotations = [{"id": k + 1, "image_id": int(image[k]), "category_id": int(kind[k]), "bbox": truth[k].tolist(),
                    "segmentation": [outline(rng, truth[k])], "iscrowd": 0,
                    "area": round(float(truth[k, 2] * truth[k, 3] * 0.6), 2)} for k in range(objects)]
    results = []
    for _ in range(detections):
        k = int(rng.integers(objects))
        is_near = rng.random() < 0.5
        box = truth[k] * rng.normal(1, 0.05, 4) if is_near else boxes(rng, 1)[0]
        runs = mask.frPyObjects([outline(rng, box)], 480, 640)[0]
        results.append({"image_id": int(image[k]), "category_id": int(kind[k]), "score": round(float(rng.random()), 4),
                        "segmentation": {"size": runs["size"], "counts": runs["counts"].decode()}})
    return header(images, range(1, classes + 1), annotations), results


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(SEED)
    for name, files in (("boxes", box_files(rng)), ("keypoints", keypoint_files(rng)), ("masks", mask_files(rng))):
        for part, content in zip(("gt", "dt"), files):
            (folder / f"{name}-{part}.json").write_text(json.dumps(content))


main()
