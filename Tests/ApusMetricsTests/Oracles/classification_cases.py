"""Writes classification.json, beside it: labels, scores and the answers of scikit-learn and torchmetrics.

Needs scikit-learn==1.9.1, torchmetrics==1.9.0, torch==2.13.0 and numpy==2.4.6 (Python 3.11).
Run: python classification_cases.py
"""
import json
import pathlib
import warnings

import numpy as np
import torch
from sklearn import metrics
from torchmetrics.classification import MulticlassCalibrationError

rng = np.random.default_rng(7)
cases = []
for classes, count, bias in ((2, 40, 0.5), (5, 120, 1.5), (4, 60, 0.0), (8, 150, 2.0)):
    labels = rng.choice(classes, count, p=rng.dirichlet(np.ones(classes) * 2))
    scores = np.round(rng.random((count, classes)), 1 if classes == 4 else 4).astype(np.float32)
    scores[np.arange(count), labels] += np.float32(bias * 0.25)
    predictions = scores.argmax(axis=1)
    present = np.unique(np.concatenate([labels, predictions]))
    exponents = np.exp(scores.astype(np.float64) * 4)
    probabilities = (exponents / exponents.sum(axis=1, keepdims=True)).astype(np.float32)
    errors = [float(MulticlassCalibrationError(classes, n_bins=15, norm=norm)(
        torch.tensor(probabilities, dtype=torch.float64), torch.tensor(labels))) for norm in ("l1", "max")]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        def of_classes(score):
            return score(labels, predictions, average=None, labels=range(classes)).tolist()
        def top(k):
            return metrics.top_k_accuracy_score(labels, scores, k=k, labels=range(classes)) if classes > k else None
        cases.append({
            "classes": classes, "labels": labels.tolist(), "scores": [float(v) for v in scores.ravel()],
            "probabilities": [float(str(v)) for v in probabilities.ravel()], "ece": errors[0], "mce": errors[1],
            "predictions": predictions.tolist(), "accuracy": metrics.accuracy_score(labels, predictions),
            "balanced": metrics.balanced_accuracy_score(labels, predictions),
            "macro_f1": metrics.f1_score(labels, predictions, average="macro", labels=present),
            "f1": of_classes(metrics.f1_score), "precision": of_classes(metrics.precision_score),
            "recall": of_classes(metrics.recall_score),
            "confusion": metrics.confusion_matrix(labels, predictions, labels=range(classes)).tolist(),
            "top2": None if classes == 2 else top(2), "top5": top(5),
        })
path = pathlib.Path(__file__).parent / "classification.json"
path.write_text("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]\n")
print(path.stat().st_size, "bytes", [(c["ece"], c["mce"], c["top5"]) for c in cases])
