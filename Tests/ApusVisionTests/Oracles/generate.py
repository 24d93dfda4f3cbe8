"""Writes the goldens of ApusVisionTests, next to this file.

Needs: pip install numpy==2.4.6 opencv-python-headless==5.0.0.93 pillow==13.0.0 pycocotools==2.0.11
Run:   python generate.py
"""

import json
import pathlib

import cv2
import numpy as np
from PIL import Image, ImageOps
from pycocotools import mask as coco_mask

FOLDER = pathlib.Path(__file__).parent
RANDOM = np.random.default_rng(20260101)


def write_png(name, rgb):
    path = FOLDER / name
    path.parent.mkdir(exist_ok=True)
    pixels = rgb if rgb.ndim == 2 else rgb[:, :, ::-1]
    assert cv2.imwrite(str(path), pixels, [cv2.IMWRITE_PNG_COMPRESSION, 9])


def scene(width, height):
    """Smooth shapes with some noise: compresses well and still has edges."""
    y, x = np.mgrid[0:height, 0:width]
    planes = [128 + 100 * np.sin(x / 7 + c) * np.cos(y / (5 + c)) for c in range(3)]
    image = np.stack(planes, axis=2) + RANDOM.normal(0, 6, (height, width, 3))
    image[height // 4 : height // 2, width // 3 : width // 2] = (230, 30, 60)
    return image.clip(0, 255).astype(np.uint8)


def codecs():
    image = scene(45, 35)
    pil = Image.fromarray(image)
    folder = FOLDER / "codecs"
    pil.save(folder / "rgb.jpg", quality=85)
    pil.save(folder / "progressive.jpg", quality=85, progressive=True)
    pil.convert("L").save(folder / "grey.jpg", quality=85)
    pil.convert("CMYK").save(folder / "cmyk.jpg", quality=95)
    for name in ("rgb", "progressive", "grey"):
        decoded = cv2.imread(str(folder / f"{name}.jpg"), cv2.IMREAD_COLOR)[:, :, ::-1]
        write_png(f"codecs/{name}.jpg.png", decoded)
    write_png("codecs/cmyk.jpg.png", np.array(Image.open(folder / "cmyk.jpg").convert("RGB")))
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        path = folder / f"orientation{orientation}.jpg"
        pil.resize((22, 14)).save(path, quality=90, exif=exif)
        write_png(f"{path.relative_to(FOLDER)}.png", np.array(ImageOps.exif_transpose(Image.open(path))))
    alpha = Image.fromarray(RANDOM.integers(0, 256, (35, 45), dtype=np.uint8))
    variants = {
        "palette": pil.quantize(50),
        "grey": pil.convert("L"),
        "bilevel": pil.convert("1"),
        "rgba": Image.merge("RGBA", (*pil.split(), alpha)),
        "grey-alpha": Image.merge("LA", (pil.convert("L"), alpha)),
    }
    for name, variant in variants.items():
        variant.save(folder / f"{name}.png")
        rgb = variant.convert("RGB")
        write_png(f"codecs/{name}.png.png", np.array(rgb))
    deep = image.astype(np.uint16) * 257
    cv2.imwrite(str(folder / "deep.png"), deep[:, :, ::-1])
    write_png("codecs/deep.png.png", image)


def resize():
    image = scene(61, 47)
    write_png("resize/input.png", image)
    for width, height in [(31, 24), (122, 94), (100, 17), (13, 90), (61, 20), (1, 1), (200, 3), (64, 64)]:
        write_png(f"resize/{width}x{height}.png", cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR))


def letterbox_of(width, height, model_width, model_height, upscaling):
    ratio = min(model_height / height, model_width / width)
    if not upscaling:
        ratio = min(ratio, 1.0)
    content = (max(1, round(width * ratio)), max(1, round(height * ratio)))
    across, down = (model_width - content[0]) / 2, (model_height - content[1]) / 2
    edges = {
        "left": max(0, round(across - 0.1)), "right": round(across + 0.1),
        "top": max(0, round(down - 0.1)), "bottom": round(down + 0.1),
    }
    return ratio, content, edges


def letterbox():
    cases = []
    for index in range(300):
        width, height = (int(v) for v in RANDOM.integers(1, 2000, 2))
        model_width, model_height = (int(v) * 32 for v in RANDOM.integers(1, 40, 2))
        upscaling = bool(index % 2)
        ratio, content, edges = letterbox_of(width, height, model_width, model_height, upscaling)
        cases.append([width, height, model_width, model_height, int(upscaling), ratio, *content, edges["left"], edges["top"]])
    (FOLDER / "letterbox.json").write_text(json.dumps(cases))
    image = scene(61, 47)
    for width, height in [(96, 96), (32, 64)]:
        _, content, edges = letterbox_of(61, 47, width, height, True)
        resized = cv2.resize(image, content, interpolation=cv2.INTER_LINEAR)
        padded = cv2.copyMakeBorder(
            resized, edges["top"], edges["bottom"], edges["left"], edges["right"], cv2.BORDER_CONSTANT, value=(114,) * 3)
        assert padded.shape == (height, width, 3)
        write_png(f"letterbox/{width}x{height}.png", padded)
    write_png("letterbox/input.png", image)


def overlap(a, b):
    side = [max(np.float32(0), min(a[i + 2], b[i + 2]) - max(a[i], b[i])) for i in (0, 1)]
    area = lambda box: (box[2] - box[0]) * (box[3] - box[1])
    shared = side[0] * side[1]
    return shared / (area(a) + area(b) - shared)


def suppress(boxes, scores, labels, threshold):
    kept = []
    for i in sorted(range(len(boxes)), key=lambda i: (-scores[i], i)):
        if all(labels[i] != labels[j] or overlap(boxes[i], boxes[j]) <= threshold for j in kept):
            kept.append(i)
    return kept


def decoder():
    """A random output of three classes and 60 anchors, and what is to come out of it."""
    classes, anchors = 3, 60
    output = np.zeros((4 + classes, anchors), np.float32)
    output[0:2] = RANDOM.uniform(20, 76, (2, anchors))
    output[2:4] = RANDOM.uniform(10, 60, (2, anchors))
    output[4:] = np.round(RANDOM.uniform(0, 1, (classes, anchors)), 1)  # many ties
    corners = np.concatenate([output[0:2] - output[2:4] / 2, output[0:2] + output[2:4] / 2]).T
    expected = {}
    for name, multi in (("single", False), ("multi", True)):
        found = []
        for anchor in range(anchors):
            best = int(np.argmax(output[4:, anchor]))
            for label in range(classes) if multi else [best]:
                if output[4 + label, anchor] > np.float32(0.25):
                    found.append((anchor, label))
        kept = suppress(
            [corners[a] for a, _ in found], [output[4 + l, a] for a, l in found], [l for _, l in found], np.float32(0.45))
        expected[name] = [[*found[i], float(output[4 + found[i][1], found[i][0]])] for i in kept]
    (FOLDER / "decoder.json").write_text(
        json.dumps({"output": output.flatten().tolist(), "anchors": anchors, "classes": classes, **expected}))


def run_lengths():
    cases = []
    for width, height in [(1, 1), (5, 3), (40, 30), (64, 64)]:
        bits = np.asfortranarray((RANDOM.uniform(size=(height, width)) < 0.3).astype(np.uint8))
        bits[: height // 2, : width // 2] = 1
        encoded = coco_mask.encode(bits)
        cases.append({
            "width": width, "height": height, "bits": "".join(map(str, bits.flatten(order="C"))),
            "compressed": encoded["counts"].decode(), "area": int(coco_mask.area(encoded))})
    (FOLDER / "run-lengths.json").write_text(json.dumps(cases))


for generate in (codecs, resize, letterbox, decoder, run_lengths):
    generate()
