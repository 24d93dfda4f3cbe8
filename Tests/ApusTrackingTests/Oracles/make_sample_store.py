"""Writes a small store with the real MLflow client, for the reader's golden tests.

    python make_sample_store.py FOLDER

Needs a virtual environment with `mlflow==3.17.2` (golden `store-3.17.2`) or `mlflow==2.22.5` (golden `store-2.22.5`).
The folder's own path is replaced by `/golden` in every file afterwards, so that the goldens do not name a machine.
"""
import os
import sys

os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
os.environ["GIT_PYTHON_REFRESH"] = "quiet"
import mlflow
from mlflow import MlflowClient
from mlflow.entities import DatasetInput, Dataset, InputTag, Metric

folder = os.path.abspath(sys.argv[1])
root = os.path.join(folder, "mlruns")
uri = "file://" + root
mlflow.set_tracking_uri(uri)
mlflow.set_registry_uri(uri)
client = MlflowClient(uri, uri)
experiment = client.create_experiment("Demo exp: 1", tags={"purpose": "golden"})
run = client.create_run(experiment, run_name="parent: ünï", tags={"mlflow.user": "golden", "a/b": "line\nline"})
i = run.info.run_id
for step, value in enumerate([0.5, 0.25, float("nan"), float("inf"), -float("inf"), 1e-300, 0.1]):
    client.log_metric(i, "val/acc", value, step=step, timestamp=1795352674684 + step)
client.log_metric(i, "loss", 1.0, step=-1, timestamp=1795352674690)
client.log_metric(i, "loss", 3, step=10**15, timestamp=1795352674698)
client.log_param(i, "opt/beta 1", "0.9")
client.log_param(i, "empty", "")
client.log_param(i, "text", "ünï\nline")
client.log_text(i, "hello\n", "notes/hello.txt")
dataset = Dataset(name="train ds", digest="39eb0db5", source_type="local", source='{"uri": "/data/train"}', profile='{"n": 3}')
client.log_inputs(i, [DatasetInput(dataset, [InputTag("mlflow.data.context", "training")])])
client.set_terminated(i, "FINISHED", end_time=run.info.start_time + 1000)
child = client.create_run(experiment, run_name="child", tags={"mlflow.parentRunId": i})
client.log_batch(child.info.run_id, metrics=[Metric("m", k / 7, 1795352674684 + k, k) for k in range(5)])
client.set_terminated(child.info.run_id, "FAILED")
deleted = client.create_run(experiment, run_name="deleted")
client.delete_run(deleted.info.run_id)
gone = client.create_experiment("gone")
client.delete_experiment(gone)
client.create_registered_model("reg", tags={"k": "v"}, description="desc")
client.create_model_version("reg", f"{uri}/{experiment}/{i}/artifacts/notes", run_id=i, description="vdesc")
client.create_model_version("reg", f"{uri}/{experiment}/{i}/artifacts/notes", run_id=i)
client.set_registered_model_alias("reg", "champion", 1)
client.set_model_version_tag("reg", "1", "k", "v")
client.delete_model_version("reg", "2")
for base, _, names in os.walk(folder):
    for name in names:
        path = os.path.join(base, name)
        text = open(path, "rb").read()
        if folder.encode() in text:
            open(path, "wb").write(text.replace(folder.encode(), b"/golden"))
