"""MLflow's client on a file store, one JSON line: `create STORE RUNS`, `create-tagged STORE RUNS` (with as many tags as
Apus gives a run), `log STORE POINTS`, `search STORE FILTER ORDER`.
"""
import json
import os
import sys
import time

os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
os.environ["GIT_PYTHON_REFRESH"] = "quiet"
from mlflow import MlflowClient

TAGS = {"mlflow.user": "u", "mlflow.source.name": "s", "mlflow.source.type": "LOCAL", "apus.process": "host:1:1"}
action, root, *rest = sys.argv[1:]
client = MlflowClient(f"file://{root}", f"file://{root}")
result = {}
if action == "search":
    experiment = client.get_experiment_by_name("bench").experiment_id
    start = time.perf_counter()
    runs = client.search_runs([experiment], rest[0], order_by=[rest[1]], max_results=100)
    result["ids"] = [run.info.run_id for run in runs]
    count = len(runs)
else:
    experiment, count = client.create_experiment(f"{action}-{time.time_ns()}"), int(rest[0])
    run = client.create_run(experiment).info.run_id if action == "log" else None
    start = time.perf_counter()
    for step in range(count):
        if run:
            client.log_metric(run, "loss", step / 7, step=step)
        else:
            client.create_run(experiment, tags=TAGS if action == "create-tagged" else None)
print(json.dumps({"seconds": time.perf_counter() - start, "count": count, **result}))
