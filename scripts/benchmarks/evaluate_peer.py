"""Evaluates COCO files with another evaluator and prints its seconds, its peak memory and its numbers as a JSON line.

usage: evaluate_peer.py {pycocotools,hotcoco} GROUND-TRUTH DETECTIONS {bbox,segm,keypoints}
What is timed begins when the evaluator is imported and ends with the numbers.
"""
import contextlib
import io
import json
import resource
import sys
import time


def evaluated(name, truth, found, kind):
    if name == "pycocotools":
        from pycocotools.coco import COCO
        from pycocotools.cocoeval import COCOeval
    else:
        from hotcoco import COCO, COCOeval
    start = time.perf_counter()
    dataset = COCO(truth)
    results = dataset.loadRes(found) if hasattr(dataset, "loadRes") else dataset.load_res(found)
    evaluation = COCOeval(dataset, results, kind)
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
    return time.perf_counter() - start, [float(value) for value in evaluation.stats]


def main():
    with contextlib.redirect_stdout(io.StringIO()):
        seconds, stats = evaluated(*sys.argv[1:5])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "peak_mib": peak, "stats": stats}))


main()
