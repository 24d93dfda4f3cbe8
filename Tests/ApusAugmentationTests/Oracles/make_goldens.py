"""Writes the goldens of ApusAugmentationTests beside this file.

Needs: numpy==2.4.6 opencv-python-headless==4.11.0.86 albumentations==2.0.8
Run:   python make_goldens.py
"""

import json
import pathlib

import albumentations as A
import cv2
import numpy as np

HERE = pathlib.Path(__file__).parent
HEIGHT, WIDTH = 40, 56


def picture():
    """Smooth colours with some noise: every hue, dark and bright, grey too."""
    rng = np.random.default_rng(7)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float64)
    hsv = np.stack([x / WIDTH * 179, 40 + y / HEIGHT * 200, 60 + (x + y) / (WIDTH + HEIGHT) * 190], axis=-1)
    rgb = cv2.cvtColor(hsv.astype(np.uint8), cv2.COLOR_HSV2RGB).astype(np.int64)
    rgb = np.clip(rgb + rng.integers(-3, 4, rgb.shape), 0, 255).astype(np.uint8)
    rgb[:4, :4] = 128
    return rgb


def hsv_by_tables(image, hue, saturation, value, additive):
    """The three 8-bit tables of the v8 recipe, in OpenCV."""
    x = np.arange(256, dtype=np.float64)
    moved = x + hue * 180 if additive else x * (1 + hue)
    tables = [moved % 180, np.clip(x * (1 + saturation), 0, 255), np.clip(x * (1 + value), 0, 255)]
    channels = cv2.split(cv2.cvtColor(image, cv2.COLOR_RGB2HSV))
    mapped = [cv2.LUT(channel, table.astype(np.uint8)) for channel, table in zip(channels, tables)]
    return cv2.cvtColor(cv2.merge(mapped), cv2.COLOR_HSV2RGB)


def albumentations_case(name, transform, image, boxes):
    pipeline = A.Compose(
        [transform], bbox_params=A.BboxParams(format="pascal_voc", label_fields=["labels"]), save_applied_params=True)
    result = pipeline(image=image, bboxes=boxes, labels=list(range(len(boxes))))
    np.save(HERE / f"{name}.npy", result["image"])
    case = {"name": name, "boxes": np.asarray(result["bboxes"], dtype=float).tolist()}
    parameters = result["applied_transforms"][0][1]
    if "matrix" in parameters:
        case["matrix"] = np.asarray(parameters["matrix"], dtype=float).flatten().tolist()
    return case


def main():
    image = picture()
    np.save(HERE / "picture.npy", image)
    hsv_cases = [(0.01, 0.5, -0.3, True), (-0.015, -0.7, 0.4, True), (0.3, 0.2, 0.1, True), (0.2, -0.4, 0.3, False)]
    for index, case in enumerate(hsv_cases):
        np.save(HERE / f"hsv_{index}.npy", hsv_by_tables(image, *case))

    boxes = [[4.0, 6.0, 20.0, 18.0], [20.0, 10.0, 44.0, 36.0]]
    fixed = dict(p=1, interpolation=cv2.INTER_LINEAR, fill=114, rotate_method="largest_box", fit_output=False)
    cases = [
        albumentations_case("horizontal_flip", A.HorizontalFlip(p=1), image, boxes),
        albumentations_case("vertical_flip", A.VerticalFlip(p=1), image, boxes),
        albumentations_case(
            "rotation", A.Affine(rotate=(20, 20), scale=(0.7, 0.7), translate_px=(0, 0), **fixed), image, boxes),
        albumentations_case(
            "shift", A.Affine(scale=(1.2, 1.2), translate_px={"x": (5, 5), "y": (-3, -3)}, rotate=(0, 0), **fixed),
            image, boxes),
        albumentations_case(
            "shear", A.Affine(shear={"x": (12, 12), "y": (0, 0)}, scale=(0.9, 0.9), rotate=(0, 0), **fixed),
            image, boxes),
    ]
    for case, rotation, scale in [(cases[2], 20, 0.7), (cases[3], 0, 1.2)]:
        case.update(rotation=rotation, scale=scale)
    (HERE / "cases.json").write_text(json.dumps({"boxes": boxes, "hsv": hsv_cases, "cases": cases}, indent=1) + "\n")


main()
