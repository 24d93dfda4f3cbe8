"""Reads a store with the real MLflow client and prints what it saw as JSON; any warning of MLflow about it is an error.

    python read_store.py STORE

Needs a virtual environment with `mlflow==3.17.2 onnx onnxruntime`.
"""
import json
import logging
import os
import sys

os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
os.environ["GIT_PYTHON_REFRESH"] = "quiet"
import mlflow
import numpy as np
from mlflow import MlflowClient
from mlflow.entities import ViewType

uri = "file://" + os.path.abspath(sys.argv[1])
mlflow.set_tracking_uri(uri)
mlflow.set_registry_uri(uri)
warnings = []


class Warnings(logging.Handler):
    def emit(self, record):
        if record.levelno >= logging.WARNING:
            warnings.append(record.getMessage().splitlines()[0])


logging.getLogger("mlflow").addHandler(Warnings())
client = MlflowClient(uri, uri)
result = {"experiments": {}, "models": {}}
for experiment in client.search_experiments(view_type=ViewType.ALL):
    runs = result["experiments"][experiment.name] = {}
    for run in client.search_runs([experiment.experiment_id], run_view_type=ViewType.ALL):
        history = {k: client.get_metric_history(run.info.run_id, k) for k in run.data.metrics}
        runs[run.info.run_name] = {
            "status": run.info.status,
            "params": run.data.params,
            "tags": run.data.tags,
            "metrics": {k: [[m.step, repr(m.value)] for m in h] for k, h in history.items()},
            "datasets": [d.dataset.name for d in run.inputs.dataset_inputs],
            "models": [o.model_id for o in run.outputs.model_outputs] if run.outputs else [],
            "artifacts": sorted(a.path for a in client.list_artifacts(run.info.run_id)),
        }
for model in client.search_registered_models():
    versions = client.search_model_versions(f"name='{model.name}'")
    result["models"][model.name] = {
        "aliases": {k: str(v) for k, v in model.aliases.items()},
        "versions": sorted(int(v.version) for v in versions),
        "predictions": {
            v.version: mlflow.pyfunc.load_model(f"models:/{model.name}/{v.version}")
            .predict({"x": np.array([[1, 2], [3, 4]], np.float32)})["y"].ravel().tolist()
            for v in versions
        },
    }
result["warnings"] = warnings
print(json.dumps(result, sort_keys=True))
