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


def attributes_of(group):
    """Texts are of fixed length and come as bytes."""
    return {key: value.decode() if isinstance(value, bytes) else value for key, value in group.attrs.items()}


attributes = attributes_of(file)
assert attributes["format"] == "apus-dataset" and attributes["format_version"] == 2
classes = json.loads(attributes["classes"])
recipe = json.loads(attributes["recipe"])
assert classes == manifest["classes"] and recipe == manifest["recipe"]


class Hasher:
    def __init__(self):
        self.digest = hashlib.sha256()

    def text(self, value):
        encoded = value.encode()
        self.digest.update(struct.pack("<q", len(encoded)) + encoded)

    def number(self, value):
        self.digest.update(struct.pack("<q", value))

    def double(self, value):
        self.digest.update(struct.pack("<d", value))

    def bytes(self, value):
        self.digest.update(value)


# The packs are links to other files, which h5py follows.
packs = []
for number, name in enumerate(json.loads(attributes["packs"])):
    pack = file[f"packs/{number}"]
    told = attributes_of(pack)
    assert told["format"] == "apus-images" and told["id"] == name and told["digest"].startswith(name)
    hasher = Hasher()
    hasher.text("apus-images")
    hasher.number(1)
    hasher.text(told["form"])
    data, offset = pack["data"][:], pack["offset"][:]
    sources = pack["source_sha256"][:] if told["form"] != "encoded" else pack["sha256"][:]
    for i, (source, stored) in enumerate(zip(sources, pack["sha256"][:])):
        assert hashlib.sha256(data[offset[i] : offset[i + 1]].tobytes()).digest() == stored.tobytes()
        hasher.bytes(source.tobytes())
        hasher.bytes(stored.tobytes())
    assert hasher.digest.hexdigest() == told["digest"]
    packs.append((data, offset, sources, told["form"]))

images, boxes = file["images"], file["boxes"]
count, box_count = images["width"].shape[0], boxes["label"].shape[0]
assert boxes["xyxy"].shape == (box_count, 4) and boxes["xyxy"].dtype == np.float32
columns = []
file.visititems(lambda _, found: columns.append(found) if isinstance(found, h5py.Dataset) else None)
assert all(column.chunks is None and column.compression is None for column in columns)

groups = json.loads(attributes.get("annotations", "[]"))
flags = boxes["flags"][:] if "flags" in groups else boxes["is_crowd"][:]
rotated = boxes["rotated"][:] if "rotated" in groups else np.full((box_count, 5), np.nan)


def parts(group, box):
    """The range of a box's rows in one of the groups."""
    return range(*file[group]["box_start"][box : box + 2]) if group in groups else range(0)


def is_plain(box):
    return (flags[box] & ~np.uint8(1)) == 0 and np.isnan(rotated[box, 0]) and not any(
        len(parts(group, box)) for group in ("polygons", "masks", "keypoints"))


def add_annotation(hasher, box):
    hasher.number(int(flags[box]))
    hasher.number(0 if np.isnan(rotated[box, 0]) else 1)
    for value in [] if np.isnan(rotated[box, 0]) else rotated[box]:
        hasher.double(value)
    outlines, runs, keypoints = (parts(group, box) for group in ("polygons", "masks", "keypoints"))
    if len(outlines):
        hasher.number(len(outlines))
        starts = file["polygons/part_start"]
        for outline in outlines:
            points = file["polygons/points"][starts[outline] : starts[outline + 1]]
            hasher.number(len(points))
            for value in points.ravel():
                hasher.double(value)
    elif len(runs):
        hasher.number(-1 - len(runs))
        extent = file["masks/extent"][box]
        assert sum(file["masks/runs"][run] for run in runs) == extent[0] * extent[1]
        for value in [*extent, *(file["masks/runs"][run] for run in runs)]:
            hasher.number(int(value))
    else:
        hasher.number(0)
    hasher.number(len(keypoints))
    for point in keypoints:
        for value in file["keypoints/points"][point]:
            hasher.double(value)
        hasher.number(int(file["keypoints/visibility"][point]))


hasher = Hasher()
hasher.text("apus-dataset")
hasher.number(1)
hasher.text(attributes["name"])
hasher.number(len(classes))
for name in classes:
    hasher.text(name)
hasher.text(attributes["recipe"])
if "class_details" in attributes:
    hasher.text(attributes["class_details"])
start = boxes["image_start"][:]
for i in range(count):
    data, offset, sources, form = packs[images["pack"][i]]
    item = images["item"][i]
    stored = data[offset[item] : offset[item + 1]].tobytes()
    if form == "encoded":
        assert stored[:3] == b"\xff\xd8\xff" or stored[:4] == b"\x89PNG"
    sha = sources[item].tobytes()
    name = images["name"][i].decode()
    split = ["train", "val", "test"][images["split"][i]]
    assert manifest["images"][name] == sha.hex()
    hasher.text(name)
    hasher.text(split)
    hasher.bytes(sha)
    numbers = range(start[i], start[i + 1])
    for value in (images["width"][i], images["height"][i], len(numbers)):
        hasher.number(int(value))
    for b in numbers:
        for bits in boxes["xyxy"][b].view(np.uint32):
            hasher.number(int(bits))
        hasher.number(int(boxes["label"][b]))
        hasher.number(int(boxes["is_crowd"][b]))
    if not all(is_plain(b) for b in numbers):
        for b in numbers:
            add_annotation(hasher, b)
assert hasher.digest.hexdigest() == attributes["digest"] and attributes["digest"].startswith(attributes["id"])
extras = f" with {', '.join(groups)}" if groups else ""
print(f"{attributes['id']}: {count} images, {box_count} boxes{extras}, digest as h5py computes it")
