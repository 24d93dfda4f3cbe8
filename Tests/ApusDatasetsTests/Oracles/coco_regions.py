"""Writes coco_regions.json: masks and outlines as pycocotools encodes, measures and fills them.

pip install pycocotools==2.0.11 numpy==2.4.6
python3 coco_regions.py > coco_regions.json
"""

import json

import numpy
from pycocotools import mask as coco

HEIGHT, WIDTH = 23, 37


def blobs(random):
    mask = numpy.zeros((HEIGHT, WIDTH), numpy.uint8)
    for _ in range(random.integers(0, 4)):
        y, x = random.integers(0, HEIGHT - 4), random.integers(0, WIDTH - 4)
        mask[y : y + random.integers(1, 12), x : x + random.integers(1, 12)] = 1
    noise = random.random((HEIGHT, WIDTH)) < 0.05
    return numpy.where(noise, 1 - mask, mask).astype(numpy.uint8)


def runs(mask):
    flat = mask.flatten(order="F")
    edges = numpy.flatnonzero(numpy.diff(flat)) + 1
    counts = numpy.diff(numpy.concatenate([[0], edges, [flat.size]])).tolist()
    return [0] + counts if flat[0] else counts


def mask_case(random):
    mask = blobs(random)
    encoded = coco.encode(numpy.asfortranarray(mask))
    return {
        "counts": runs(mask),
        "compressed": encoded["counts"].decode(),
        "area": int(coco.area(encoded)),
        "box": coco.toBbox(encoded).tolist(),
    }


def outline_case(random):
    """A star-shaped outline, so that it does not cross itself, of coordinates with two decimals."""
    angles = numpy.sort(random.random(random.integers(3, 12)) * 2 * numpy.pi)
    radius = 2 + random.random(len(angles)) * 9
    points = numpy.stack([18 + radius * numpy.cos(angles), 11.5 + radius * numpy.sin(angles)], 1).round(2)
    encoded = coco.merge(coco.frPyObjects([points.flatten().tolist()], HEIGHT, WIDTH))
    return {"points": points.flatten().tolist(), "compressed": encoded["counts"].decode()}


random = numpy.random.default_rng(4)
cases = {
    "height": HEIGHT,
    "width": WIDTH,
    "masks": [mask_case(random) for _ in range(40)],
    "outlines": [outline_case(random) for _ in range(40)],
}
print(json.dumps(cases))
