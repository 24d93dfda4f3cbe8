"""Writes analysis.json, beside it: box sets, and what tidecv, pycocotools, torchmetrics and scikit-learn say of them.

Needs tidecv==1.0.1, pycocotools==2.0.11, torchmetrics==1.9.0, torch==2.13.0, scikit-learn==1.9.1 and numpy==2.4.6
(Python 3.11).
Run: python analysis_cases.py
"""
import contextlib
import io
import json
import pathlib

import numpy as np
import torch
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from sklearn.metrics import precision_recall_curve
from tidecv import TIDE, Data
from torchmetrics.classification import BinaryCalibrationError

rng = np.random.default_rng(11)


def random_set(images, classes, per_image, noise, decimals, crowds):
    """Objects with detections near them: moved, taken for others, doubled, missed and invented."""
    truths, detections = [], []
    for image in range(images):
        for _ in range(int(rng.integers(0, per_image + 1))):
            size = np.exp(rng.uniform(np.log(8), np.log(180), 2))
            box = np.round(np.concatenate([rng.uniform(0, 400, 2), size]), 1)
            kind = int(rng.integers(classes))
            truths.append([image, kind, *box.tolist(), int(rng.random() < crowds)])
            for _ in range(int(rng.choice([0, 1, 1, 1, 2, 3]))):
                moved = box + rng.normal(0, noise, 4) * np.tile(box[2:], 2)
                moved[2:] = np.maximum(moved[2:], 1)
                label = kind if rng.random() < 0.8 else int(rng.integers(classes))
                detections.append([image, label, *np.round(moved, 1).tolist(), float(rng.beta(3, 2))])
        for _ in range(int(rng.integers(0, 4))):
            box = np.round(np.concatenate([rng.uniform(0, 400, 2), rng.uniform(5, 120, 2)]), 1)
            detections.append([image, int(rng.integers(classes)), *box.tolist(), float(rng.beta(2, 4))])
    for detection in detections:
        detection[6] = float(np.float32(round(detection[6], decimals)))
    return truths, detections


def tide(images, truths, detections):
    """dAP of each kind of error, the AP at overlap 0.5 and how many errors of each kind there are."""
    truth, found = Data("truth"), Data("found")
    for image in range(images):
        truth.add_image(image, str(image))
        found.add_image(image, str(image))
    for image, kind, *box, crowd in truths:
        if crowd:
            truth.add_ignore_region(image, kind, box)
        else:
            truth.add_ground_truth(image, kind, box)
    for image, kind, *box, score in detections:
        found.add_detection(image, kind, score, box)
    analysis = TIDE()
    run = analysis.evaluate(truth, found, mode=TIDE.BOX)
    counts = {kind.short_name: count for kind, count in run.count_errors().items()}
    errors = analysis.get_all_errors()
    return {"AP": run.ap, "main": errors["main"]["found"], "special": errors["special"]["found"], "counts": counts}


def coco_evaluation(images, classes, truths, detections):
    truth = COCO()
    truth.dataset = {
        "images": [{"id": image} for image in range(images)],
        "categories": [{"id": kind, "name": str(kind)} for kind in range(classes)],
        "annotations": [
            {"id": index + 1, "image_id": image, "category_id": kind, "bbox": box, "area": box[2] * box[3],
             "iscrowd": crowd} for index, (image, kind, *box, crowd) in enumerate(truths)],
    }
    truth.createIndex()
    found = truth.loadRes([
        {"image_id": image, "category_id": kind, "bbox": box, "score": score}
        for image, kind, *box, score in detections])
    evaluation = COCOeval(truth, found, "bbox")
    evaluation.evaluate()
    evaluation.accumulate()
    return evaluation


def sizes(evaluation, classes):
    """AP, AP50 and AR with 100 detections of each class in each area range; null without truths."""
    def value(values):
        return None if (values == -1).any() else float(values.mean())
    precision, recall = evaluation.eval["precision"], evaluation.eval["recall"]
    return [
        [[value(precision[:, :, kind, area, 2]), value(precision[0, :, kind, area, 2]), value(recall[:, kind, area, 2])]
         for area in range(4)] for kind in range(classes)]


def flags(evaluation, kind):
    """Score and whether it is right of every detection that counts, at overlap 0.5 and any area."""
    scores, found = [], []
    for image in evaluation.evalImgs:
        if image is None or image["category_id"] != kind or image["aRng"] != evaluation.params.areaRng[0]:
            continue
        for score, match, ignored in zip(image["dtScores"], image["dtMatches"][0], image["dtIgnore"][0]):
            if not ignored:
                scores.append(score)
                found.append(match > 0)
    return np.array(scores), np.array(found, dtype=bool)


def best_threshold(scores, found, instances):
    """The highest F1 of a class over all thresholds, and the lowest threshold that has it."""
    if instances == 0 or not found.any():
        return None
    precision, share, thresholds = precision_recall_curve(found, scores)
    recall = share * found.sum() / instances
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-300)
    best = int(np.argmax(f1[:-1] > f1[:-1].max() - 1e-12))
    return [float(f1[best]), float(thresholds[best])]


cases = []
for name, images, classes, per_image, noise, decimals, crowds in (
        ("plain", 24, 3, 6, 0.08, 3, 0.0), ("noisy", 24, 4, 8, 0.25, 3, 0.0), ("crowds", 20, 3, 8, 0.15, 3, 0.2),
        ("ties", 24, 3, 6, 0.15, 1, 0.05), ("one class", 16, 1, 9, 0.2, 3, 0.1), ("many", 3, 2, 70, 0.1, 3, 0.0)):
    truths, detections = random_set(images, classes, per_image, noise, decimals, crowds)
    if name == "noisy":  # A class that is never there, and one that is never found.
        truths = [truth for truth in truths if truth[1] != 3]
        detections = [found for found in detections if found[1] != 2]
    with contextlib.redirect_stdout(io.StringIO()):
        evaluation = coco_evaluation(images, classes, truths, detections)
    of_classes = [flags(evaluation, kind) for kind in range(classes)]
    scores = np.concatenate([scores for scores, _ in of_classes])
    found = np.concatenate([found for _, found in of_classes])
    counted = scores >= 0.05
    calibration = [float(BinaryCalibrationError(n_bins=15, norm=norm)(
        torch.tensor(scores[counted], dtype=torch.float64), torch.tensor(found[counted].astype(int))))
        for norm in ("l1", "max")]
    instances = [sum(1 for t in truths if t[1] == kind and not t[6]) for kind in range(classes)]
    cases.append({
        "name": name, "images": images, "classes": classes, "truths": truths, "detections": detections,
        "tide": tide(images, truths, detections), "sizes": sizes(evaluation, classes), "calibration": calibration,
        "thresholds": [best_threshold(*of, count) for of, count in zip(of_classes, instances)],
    })
path = pathlib.Path(__file__).parent / "analysis.json"
path.write_text("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]\n")
print(path.stat().st_size, "bytes")
for case in cases:
    print(case["name"], case["tide"], case["calibration"], case["thresholds"])
