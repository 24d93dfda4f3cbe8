"""Deletes, restores, renames, collects and moves runs and experiments in turn by `apus runs` and by the real MLflow client,
and asks the other one each time what it sees. Prints the number of checks; ends with 1 where one fails.

    python check_lifecycle.py APUS

Needs a virtual environment with `mlflow==3.17.2` or `mlflow==2.22.5`; APUS is the built command.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
os.environ["GIT_PYTHON_REFRESH"] = "quiet"
import mlflow
from mlflow import MlflowClient
from mlflow.entities import ViewType

APUS = os.path.abspath(sys.argv[1])
checks = failures = 0


def check(what, seen, expected):
    global checks, failures
    checks += 1
    if seen != expected:
        failures += 1
        print(f"FAILED {what}: saw {seen}, expected {expected}")


def apus(store, *words, status=0):
    done = subprocess.run([APUS, "runs", *words, "--store", store], capture_output=True, text=True)
    check("status of " + " ".join(words), done.returncode, status)
    return done.stdout


def listed(store, *words):
    return {run["name"] for run in json.loads(apus(store, "list", "--json", *words))}


def seen(client, view):
    experiments = [e.experiment_id for e in client.search_experiments(view_type=ViewType.ALL)]
    return {r.info.run_name for r in client.search_runs(experiments, run_view_type=view)}


def artifacts(store, run, path=None):
    """Asked by a new process: MLflow remembers where a run's artifacts were."""
    code = "import sys; from mlflow import MlflowClient; c = MlflowClient('file://' + sys.argv[1]); " \
        "print([a.path for a in c.list_artifacts(sys.argv[2], sys.argv[3] or None)])"
    done = subprocess.run([sys.executable, "-c", code, store, run, path or ""], capture_output=True, text=True)
    return done.stdout.strip()


def agree(what, store, client, active, deleted):
    check(what + ": MLflow's active runs", seen(client, ViewType.ACTIVE_ONLY), active)
    check(what + ": MLflow's deleted runs", seen(client, ViewType.DELETED_ONLY), deleted)
    check(what + ": ours", listed(store), active)
    check(what + ": our deleted", listed(store, "--deleted"), deleted)


folder = tempfile.mkdtemp()
store = folder + "/mlruns"
client = MlflowClient("file://" + store)
tries = client.create_experiment("tries", tags={"purpose": "test"})
ids = {}
for name in "abcd":
    run = client.create_run(tries, run_name=name)
    ids[name] = run.info.run_id
    client.log_metric(ids[name], "val/acc", 0.5, step=3)
    client.log_param(ids[name], "lr", "0.1")
    client.log_text(ids[name], "text " + name, "notes/a.txt")
    client.set_terminated(ids[name])

agree("new", store, client, set("abcd"), set())
apus(store, "delete", ids["a"], "--yes")
agree("deleted by us", store, client, set("bcd"), set("a"))
client.delete_run(ids["b"])
agree("deleted by MLflow", store, client, set("cd"), set("ab"))
client.restore_run(ids["a"])
apus(store, "restore", ids["b"])
agree("each restores the other's", store, client, set("abcd"), set())
check("metrics of a restored run", client.get_run(ids["a"]).data.metrics, {"val/acc": 0.5})
check("its stage", client.get_run(ids["a"]).info.lifecycle_stage, "active")
apus(store, "rename", ids["a"], "ä: renamed")
check("renamed by us", client.get_run(ids["a"]).info.run_name, "ä: renamed")
check("its tag", client.get_run(ids["a"]).data.tags["mlflow.runName"], "ä: renamed")
client.update_run(ids["a"], name="a")
agree("renamed back by MLflow", store, client, set("abcd"), set())

apus(store, "delete", ids["d"], "--yes")
apus(store, "delete", "--experiment", "tries", "--yes")
check("an experiment deleted by us", client.get_experiment(tries).lifecycle_stage, "deleted")
agree("with its runs", store, client, set(), set("abcd"))
apus(store, "restore", "--experiment", "tries")
check("an experiment restored by us", client.get_experiment(tries).lifecycle_stage, "active")
agree("without the run deleted before", store, client, set("abc"), set("d"))
check("its tags", client.get_experiment(tries).tags["purpose"], "test")
client.delete_experiment(tries)
agree("deleted by MLflow", store, client, set(), set("abcd"))
apus(store, "restore", "--experiment", "tries")
agree("restored by us", store, client, set("abc"), set("d"))
apus(store, "delete", "--experiment", "tries", "--yes")
client.restore_experiment(tries)
agree("restored by MLflow, with all runs", store, client, set("abcd"), set())
apus(store, "rename", "--experiment", "tries", "better: ü")
check("an experiment renamed by us", client.get_experiment_by_name("better: ü").experiment_id, tries)
check("its old name", client.get_experiment_by_name("tries"), None)

client.delete_run(ids["c"])
apus(store, "delete", ids["d"], "--yes")
apus(store, "gc", "--older-than", "1h", "--yes")
agree("too young to be collected", store, client, set("ab"), set("cd"))
apus(store, "gc", "--yes")
agree("collected", store, client, set("ab"), set())
gone = client.create_experiment("gone")
client.set_terminated(client.create_run(gone, run_name="x").info.run_id)
client.delete_experiment(gone)
apus(store, "gc", "--yes")
check("an experiment collected by us", [e.name for e in client.search_experiments(view_type=ViewType.ALL)
                                         if e.name == "gone"], [])
client.create_experiment("gone")

open_run = client.create_run(tries, run_name="open").info.run_id
apus(store, "delete", open_run, "--yes", status=1)
client.set_terminated(open_run)
apus(store, "delete", open_run, "--yes")
subprocess.run([os.path.dirname(sys.executable) + "/mlflow", "gc", "--backend-store-uri", "file://" + store],
               env=os.environ | {"MLFLOW_TRACKING_URI": "file://" + store}, check=True, capture_output=True)
agree("deleted by us, collected by MLflow", store, client, set("ab"), set())

moved = folder + "/elsewhere/mlruns"
os.makedirs(os.path.dirname(moved))
shutil.move(store, moved)
client = MlflowClient("file://" + moved)
check("artifacts of a moved store", artifacts(moved, ids["a"]) in ("[]", ""), True)
apus(moved, "relocate")
check("relocated", artifacts(moved, ids["a"]), "['notes']")
agree("moved", moved, client, set("ab"), set())

apus(moved, "export", ids["a"], "--output", folder + "/copy")
client = MlflowClient("file://" + folder + "/copy")
check("an exported run", client.get_run(ids["a"]).data.metrics, {"val/acc": 0.5})
check("its artifacts", artifacts(folder + "/copy", ids["a"], "notes"), "['notes/a.txt']")
agree("exported", folder + "/copy", client, set("a"), set())
check("fsck", apus(moved, "fsck"), "sound\n")
shutil.rmtree(folder)
print(json.dumps({"mlflow": mlflow.__version__, "checks": checks, "failures": failures}))
sys.exit(1 if failures else 0)
