"""Reads a prepared version with h5py and checks it against its manifest and its digest.

Usage: read_with_h5py.py ID.h5 ID.json. Needs h5py (3.14) and numpy. Shows also how other tools read the format.
"""
import hashlib
import json
import struct
import sys

import h5py
import numpy as np

path, manifest_path = sys.argv[1:]
manifest = json.load(open(manifest_path))
file = h5py.File(path, "r")
# Texts are of fixed length and come as bytes.
attributes = {key: value.decode() if isinstance(value, bytes) else value for key, value in file.attrs.items()}
assert attributes["format"] == "apus-dataset" and attributes["format_version"] == 1
classes = json.loads(attributes["classes"])
recipe = json.loads(attributes["recipe"])
assert classes == manifest["classes"] and recipe == manifest["recipe"]

images, boxes = file["images"], file["boxes"]
count, box_count = images["width"].shape[0], boxes["label"].shape[0]
assert images["sha256"].shape == (count, 32) and images["sha256"].dtype == np.uint8
assert boxes["xyxy"].shape == (box_count, 4) and boxes["xyxy"].dtype == np.float32
for dataset in [*images.values(), *boxes.values()]:
    assert dataset.chunks is None and dataset.compression is None

data, offset, start = images["data"][:], images["offset"][:], boxes["image_start"][:]
digest = hashlib.sha256()


def text(value):
    encoded = value.encode()
    digest.update(struct.pack("<q", len(encoded)) + encoded)


def number(value):
    digest.update(struct.pack("<q", value))


text("apus-dataset")
number(1)
text(attributes["name"])
number(len(classes))
for name in classes:
    text(name)
text(attributes["recipe"])
for i in range(count):
    encoded = data[offset[i] : offset[i + 1]].tobytes()
    sha = hashlib.sha256(encoded).digest()
    assert sha == images["sha256"][i].tobytes()
    assert encoded[:3] == b"\xff\xd8\xff" or encoded[:4] == b"\x89PNG"
    name = images["name"][i].decode()
    split = ["train", "val", "test"][images["split"][i]]
    row = manifest["images"][i]
    assert (row["name"], row["split"], row["sha256"], row["bytes"]) == (name, split, sha.hex(), len(encoded))
    text(name)
    text(split)
    digest.update(sha)
    number(int(images["width"][i]))
    number(int(images["height"][i]))
    number(int(start[i + 1] - start[i]))
    for b in range(start[i], start[i + 1]):
        for bits in boxes["xyxy"][b].view(np.uint32):
            number(int(bits))
        number(int(boxes["label"][b]))
        number(int(boxes["is_crowd"][b]))
assert digest.hexdigest() == attributes["digest"] and attributes["digest"].startswith(attributes["id"])
print(f"{attributes['id']}: {count} images, {box_count} boxes, digest as h5py computes it")
