"""Albumentations in a process of its own, as apus-augment answers: a request a line, the times of one a line.

usage: augment_peer.py PIXELS WIDTH HEIGHT

Each transform is applied as its project times it, alone in a Compose with p=1, on one thread.
"""
import json
import os
import sys
import time
import warnings

os.environ["NO_ALBUMENTATIONS_UPDATE"] = "1"
warnings.simplefilter("ignore")

import albumentations
import cv2
import numpy


def images(path, width, height):
    color = numpy.fromfile(path, numpy.uint8).reshape(height, width, 3)
    return {"color": color, "grey": numpy.ascontiguousarray(color[..., :1]),
            "float": color.astype(numpy.float32) / numpy.float32(255)}


def answer(request, inputs):
    parameters = {key: tuple(value) if isinstance(value, list) else value
                  for key, value in request["parameters"].items()}
    transform = albumentations.Compose([getattr(albumentations, request["name"])(p=1, **parameters)], seed=1)
    image, times = inputs[request["image"]], []
    end = time.perf_counter() + request["seconds"]
    while len(times) < 4 or time.perf_counter() < end:
        start = time.perf_counter()
        transform(image=image)
        times.append((time.perf_counter() - start) * 1e3)
    return {"milliseconds": times[1:]}


def main(path, width, height):
    cv2.setNumThreads(1)
    inputs = images(path, int(width), int(height))
    for line in sys.stdin:
        try:
            result = answer(json.loads(line), inputs)
        except Exception as error:
            result = {"error": [f"{type(error).__name__}: {error}".splitlines()[0]]}
        print(json.dumps(result), flush=True)


main(*sys.argv[1:])
