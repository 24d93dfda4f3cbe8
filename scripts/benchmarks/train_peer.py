"""Whole epochs of the peer's own training command: the peer of `apus train`. See scripts/benchmarks/train.

Prints one JSON line: seconds of each epoch after the first, validation included, and the peak memory of the process
that trains (its loader's workers come on top of it).
"""
import argparse
import csv
import json
import os
import pathlib
import resource
import sys

parser = argparse.ArgumentParser()
parser.add_argument("data", type=pathlib.Path, help="its data.yaml")
parser.add_argument("folder", type=pathlib.Path, help="where its runs go")
for name in ("epochs", "size", "batch", "threads"):
    parser.add_argument(f"--{name}", type=int, required=True)
options = parser.parse_args()
os.environ.update(YOLO_CONFIG_DIR=str(options.folder), YOLO_OFFLINE="True", OMP_NUM_THREADS=str(options.threads))

import torch  # noqa: E402
import ultralytics  # noqa: E402

torch.set_num_threads(options.threads)
output, sys.stdout = sys.stdout, sys.stderr
model = ultralytics.YOLO("yolov8n.yaml")
model.train(data=str(options.data), imgsz=options.size, batch=options.batch, epochs=options.epochs, mosaic=1.0,
            close_mosaic=0, device="cpu", workers=options.threads, optimizer="SGD", pretrained=False, plots=False,
            amp=False, project=str(options.folder), name="run", exist_ok=True, verbose=False)
with open(options.folder / "run" / "results.csv") as file:
    ends = [float(row["time"]) for row in csv.DictReader(file, skipinitialspace=True)]
print(json.dumps({"engine": f"ultralytics {ultralytics.__version__} on torch {torch.__version__}",
                  "seconds": [after - before for before, after in zip(ends, ends[1:])],
                  "peakMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}), file=output)
