"""Writes semantic.json, beside it: maps of classes and torchmetrics' answers.

Needs torchmetrics==1.9.0, torch==2.13.0 and numpy==2.4.6 (Python 3.11). Run: python semantic_cases.py
"""
import json
import pathlib

import numpy as np
import torch
from torchmetrics.classification import MulticlassAccuracy, MulticlassJaccardIndex

rng = np.random.default_rng(11)
cases = []
for classes, ignored, missing in ((2, 0.0, 0), (5, 0.2, 0), (7, 0.1, 2)):
    truth = rng.integers(0, classes - missing, (2, 300))
    found = np.where(rng.random(truth.shape) < 0.6, truth, rng.integers(0, classes - missing, truth.shape))
    truth[rng.random(truth.shape) < ignored] = 255
    pair = torch.tensor(found), torch.tensor(truth)
    each = MulticlassJaccardIndex(classes, average="none", ignore_index=255)(*pair).tolist()
    mean = float(MulticlassJaccardIndex(classes - missing, average="macro", ignore_index=255)(*pair))
    right = float(MulticlassAccuracy(classes, average="micro", ignore_index=255)(*pair))
    cases.append({"classes": classes, "truth": truth.tolist(), "found": found.tolist(), "iou": each, "mean": mean,
                  "accuracy": right})
path = pathlib.Path(__file__).parent / "semantic.json"
path.write_text("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]\n")
print(path.stat().st_size, "bytes", [(c["mean"], c["accuracy"]) for c in cases])
