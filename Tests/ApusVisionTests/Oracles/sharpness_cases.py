"""Writes sharpness.json, beside it: grey images, their mean and the variance of OpenCV's Laplacian.

Needs opencv-python-headless==5.0.0.93 and numpy==2.4.6 (Python 3.11).
Run: python sharpness_cases.py
"""
import json
import pathlib

import cv2
import numpy as np

rng = np.random.default_rng(5)
cases = []
for height, width in ((1, 1), (1, 7), (5, 1), (2, 2), (9, 14), (17, 12)):
    image = rng.integers(0, 256, (height, width), dtype=np.uint8)
    for blurred in (False, True):
        shown = cv2.GaussianBlur(image, (5, 5), 1.5) if blurred else image
        laplacian = cv2.Laplacian(shown, cv2.CV_64F)
        cases.append({
            "width": width, "height": height, "pixels": shown.ravel().tolist(), "brightness": float(shown.mean()),
            "sharpness": float(laplacian.var())})
path = pathlib.Path(__file__).parent / "sharpness.json"
path.write_text("[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]\n")
print(path.stat().st_size, "bytes", [(case["brightness"], case["sharpness"]) for case in cases])
