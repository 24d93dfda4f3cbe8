"""Writes classification.json, beside it: labels, scores and scikit-learn's answers.

Needs scikit-learn==1.9.1 and numpy==2.4.6 (Python 3.11). Run: python classification_cases.py
"""
import json
import pathlib
import warnings

import numpy as np
from sklearn import metrics

rng = np.random.default_rng(7)
cases = []
for classes, count, bias in ((2, 40, 0.5), (5, 120, 1.5), (4, 60, 0.0)):
    labels = rng.choice(classes, count, p=rng.dirichlet(np.ones(classes) * 2))
    scores = np.round(rng.random((count, classes)), 1 if classes == 4 else 4).astype(np.float32)
    scores[np.arange(count), labels] += np.float32(bias * 0.25)
    predictions = scores.argmax(axis=1)
    present = np.unique(np.concatenate([labels, predictions]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cases.append({
            "classes": classes, "labels": labels.tolist(), "scores": [float(v) for v in scores.ravel()],
            "predictions": predictions.tolist(), "accuracy": metrics.accuracy_score(labels, predictions),
            "balanced": metrics.balanced_accuracy_score(labels, predictions),
            "macro_f1": metrics.f1_score(labels, predictions, average="macro", labels=present),
            "f1": metrics.f1_score(labels, predictions, average=None, labels=range(classes)).tolist(),
            "top2": None if classes == 2 else metrics.top_k_accuracy_score(labels, scores, k=2, labels=range(classes)),
        })
path = pathlib.Path(__file__).parent / "classification.json"
path.write_text("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]\n")
