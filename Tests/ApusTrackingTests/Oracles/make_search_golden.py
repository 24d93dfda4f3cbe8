"""Writes what MLflow's own client finds in a store, for the search's golden test.

    python make_search_golden.py Goldens/search.json

Needs a virtual environment with `mlflow==3.17.2`. The golden holds the store's files by their paths (its folder is
called `/golden`) and, for each search, the names of the runs that `search_runs` returns in order, or that it refuses.
"""
import itertools
import json
import os
import pathlib
import sys
import tempfile

os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
os.environ["GIT_PYTHON_REFRESH"] = "quiet"
from mlflow import MlflowClient
from mlflow.entities import Dataset, DatasetInput, InputTag

target = pathlib.Path(sys.argv[1])
scratch = tempfile.TemporaryDirectory()
root = os.path.join(scratch.name, "mlruns")
client = MlflowClient("file://" + root, "file://" + root)
experiment = client.create_experiment("search")
NAN, INF = float("nan"), float("inf")

# name, start, metrics (key: values of steps 0, 1, …), parameters, tags, status, datasets
RUNS = [
    ("alpha", 1000, {"mAP50": [0.1, 0.6], "val/loss": [0.5]}, {"lr": "0.01", "opt/name": "sgd"}, {"team": "blue"},
     "FINISHED", [("garments", "aa11", "training")]),
    ("beta", 2000, {"mAP50": [0.9, 0.4], "val/loss": [0.25]}, {"lr": "0.1", "opt/name": "SGD"}, {"team": "Blue"},
     "FINISHED", [("garments", "bb22", "validation")]),
    ("gamma", 3000, {"mAP50": [NAN], "val/loss": [1e-5]}, {"lr": "0.01", "opt/name": "adam"}, {"team": "red"}, "FAILED", []),
    ("delta", 3000, {"mAP50": [INF]}, {"lr": "1e-2"}, {"team": "red\nline"}, "KILLED", [("street", "cc33", "training")]),
    ("epsilon", 4000, {"mAP50": [-INF], "val/loss": [-3]}, {}, {}, None, []),
    ("zeta", 5000, {}, {"lr": "", "note": "a.b*c"}, {"team": ""}, "FINISHED", []),
    ("Eta 50%", 6000, {"mAP50": [0.6]}, {"lr": "0.01", "opt/name": "adamW"}, {"team": "blau ünï", "n": "10"},
     "FINISHED", [("garments", "aa11", "test"), ("street", "cc33", "training")]),
    ("theta", 7000, {"mAP50": [0.6], "val/loss": [0.25]}, {"lr": "0.010", "note": "it's"}, {"team": "BLAU ÜNÏ", "n": "9"},
     "FINISHED", []),
    ("iota", 8000, {"mAP50": [0], "val/loss": [0.0]}, {"lr": "-1"}, {"team": "green_1"}, "SCHEDULED", []),
    ("kappa", 9000, {"mAP50": [1], "val/loss": [1e300]}, {"lr": "1", "opt/name": "x_y"}, {"team": "greenx1"}, "RUNNING", []),
]
for number, (name, start, metrics, parameters, tags, status, datasets) in enumerate(RUNS):
    run = client.create_run(experiment, start_time=start, run_name=name, tags={"mlflow.user": "golden", **tags})
    i = run.info.run_id
    for key, values in metrics.items():
        for step, value in enumerate(values):
            client.log_metric(i, key, value, step=step, timestamp=start + step)
    for key, value in parameters.items():
        client.log_param(i, key, value)
    for dataset, digest, context in datasets:
        client.log_inputs(i, [DatasetInput(Dataset(dataset, digest, "local", '{"uri": "/d"}'),
                                           [InputTag("mlflow.data.context", context)])])
    if status not in (None, "RUNNING"):
        client.set_terminated(i, status, end_time=start + 100 * (number + 1))
deleted = client.create_run(experiment, start_time=500, run_name="deleted")
client.log_metric(deleted.info.run_id, "mAP50", 0.6, timestamp=1, step=0)
client.delete_run(deleted.info.run_id)
known = {run.info.run_id: run.info.run_name for run in client.search_runs([experiment])}
first = next(i for i, name in known.items() if name == "alpha")
second = next(i for i, name in known.items() if name == "Eta 50%")

FILTERS = ["", "  "]
for comparator, value in itertools.product([">", ">=", "<", "<=", "=", "!="], ["0.6", "0", "-3", "1e-5"]):
    FILTERS.append(f"metrics.mAP50 {comparator} {value}")
    FILTERS.append(f"metric.`val/loss`{comparator}{value}")
for comparator, value in itertools.product(["=", "!="], ["0.01", "", "sgd", "1"]):
    FILTERS.append(f"params.lr {comparator} '{value}'")
    FILTERS.append(f'params."opt/name" {comparator} "{value}"')
for comparator in ["LIKE", "ILIKE", "like", "iLike"]:
    for value in ["blu%", "%lu%", "b__e", "%e", "red", "red%", "%", "", "blau ünï", "green_1", "%N_", "r%d", "%line"]:
        FILTERS.append(f"tags.team {comparator} '{value}'")
    for value in ["a.b*c", "a.%", "%'s", "it_s"]:
        FILTERS.append(f'params.note {comparator} "{value}"')
FILTERS += [
    'metrics.mAP50 > 0.5 and params.lr = "0.01"', "metrics.mAP50 >= 0.5 AND metrics.mAP50 <= 1 And tags.team != 'red'",
    "attributes.status = 'FINISHED'", "status != 'FINISHED'", "attribute.status LIKE '%ED'", "attr.status ILIKE 'f%'",
    "run.status = 'finished'", "attributes.run_name = 'Eta 50%'", "`run name` = 'alpha'", 'attributes."Run name" = "beta"',
    "run_name LIKE '%ta'", "run_name LIKE 'Eta 50%'", "tags.`mlflow.runName` = 'alpha'", "tags.mlflow.runName = 'alpha'",
    "tag.`mlflow.user` = 'golden'", "user_id = 'golden'", "user_id != 'golden'", "start_time > 3000", "created >= 3000",
    "attributes.Created = 3000", "end_time > 4000", "end_time != 0", "end_time < 2500.5", "start_time != 3000",
    f"run_id = '{first}'", f"attributes.run_id IN ('{first}', '{second}')", f"run_id NOT IN ('{first}')",
    f"run_id in ('{first}')", f"run_id not in ('{first}', '{second}') and metrics.mAP50 = 0.6", "artifact_uri LIKE '%/artifacts'",
    "datasets.name = 'garments'", "dataset.name != 'garments'", "datasets.digest LIKE 'aa%'", "datasets.context = 'training'",
    "datasets.name IN ('street', 'x')", "datasets.context NOT IN ('training')", "dataset.context ILIKE 'T%'",
    "params.note = \"it's\"", "tags.team IS NULL", "tags.team IS NOT NULL", "params.lr is null", "params.`opt/name` is not null",
    "params.missing = 'x'", "params.missing != 'x'", "metrics.missing != 1", "tags.n < '5'", "metrics.mAP50 = '0.6'",
    "metrics.mAP50 LIKE '0.6'", "params.lr > '0'", "params.lr = 0.01", "params.lr IN ('0.01')", "tags.team IN ('red')",
    "status IN ('FAILED')", "lr = '0.01'", "metricss.mAP50 > 1", "attributes.nothing = 'x'", "dataset.size = 'x'",
    "metrics.mAP50 > 0.5 OR metrics.mAP50 < 0.1", "metrics.mAP50", "metrics.mAP50 >", "> 0.5", "metrics.mAP50 == 0.6",
    "metrics.mAP50 <> 0.6", "(metrics.mAP50 > 0.5)", "start_time = 'x'", "start_time LIKE '3%'", "run_id IN ()", "run_id IN (1, 2)",
    "metrics.mAP50 IS NULL", "status IS NULL", "params.lr = '0.01", "metrics.mAP50 > x", "run_id = 5", "0.5 < metrics.mAP50",
    "metrics.mAP50 > 0.5; metrics.mAP50 < 1", "tags.team = blue", "metrics.mAP50 > .5", "metrics.mAP50 > -.5", "metrics.mAP50 < 1E0",
]
ORDERS = [
    [], ["metrics.mAP50"], ["metrics.mAP50 DESC"], ["metrics.mAP50 ASC", "start_time ASC"], ["params.lr DESC"], ["params.lr"],
    ["tags.team"], ["tags.team DESC", "metrics.`val/loss` DESC"], ["attributes.start_time"], ["start_time DESC"], ["end_time ASC"],
    ["end_time DESC"], ["attributes.status", "run_name DESC"], ["run_name asc"], ["created ASC"], ["metrics.`val/loss`"],
    ["metric.\"val/loss\" desc"], ["metrics.missing"], ["attributes.run_id"], ["params.`opt/name` ASC", "metrics.mAP50 DESC"],
    ["metrics.mAP50 UP"], ["nothing DESC"], ["metrics.mAP50 DESC extra"], ["datasets.name"], [""],
]


def searched(filter_string, order_by):
    entry = {"filter": filter_string, "order": order_by}
    try:
        found = client.search_runs([experiment], filter_string, order_by=order_by)
        entry["runs"] = [run.info.run_name for run in found]
    except Exception as error:
        entry["refusal"] = str(error).splitlines()[0][:120]
    return entry


searches = [searched(text, []) for text in FILTERS] + [searched("", order) for order in ORDERS]
searches.append(searched("metrics.mAP50 > 0.1 and params.lr != '1'", ["metrics.mAP50 DESC", "params.lr ASC"]))
files = {}
for path in sorted(pathlib.Path(root).rglob("*")):
    if path.is_file():
        files[str(path.relative_to(root))] = path.read_text(errors="strict").replace(scratch.name, "/golden")
text = json.dumps({"files": files, "searches": searches}, ensure_ascii=False, indent=0)
target.write_text(text.replace(scratch.name, "/golden") + "\n")
print(len(searches), "searches,", sum("refusal" in entry for entry in searches), "refused,", len(text), "bytes")
