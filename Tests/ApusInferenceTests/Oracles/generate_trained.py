"""Writes what onnxruntime with NumPy makes of photographs, by the trained models of a folder that is not in this
repository: yolox_nano_coco_416, yunet_n_320_320, ultraface_rfb_320, ppocr_v2_angle_cls.

numpy==2.4.6 onnxruntime==1.32.0 opencv-python-headless==5.0.0.93 pillow==12.0.0
Run in this folder: python generate_trained.py WEIGHTS PHOTOGRAPHS
"""

import sys

import cv2
import numpy as np
import onnxruntime

import decoding as d

onnxruntime.set_default_logger_severity(3)
weights, photographs = sys.argv[1:]
cases = {}


def session(name):
    return onnxruntime.InferenceSession(f"{weights}/{name}.onnx")


def run(model, tensor):
    names = [output.name for output in model.get_outputs()]
    return dict(zip(names, model.run(None, {model.get_inputs()[0].name: tensor})))


models = {name: session(name) for name in ("yolox_nano_coco_416", "yunet_n_320_320", "ultraface_rfb_320")}
for number in (19, 25, 71, 180, 182, 183):
    name = f"raccoon-{number}.jpg"
    image = cv2.imread(f"{photographs}/{name}")

    f = d.letterbox(image, 416, 416, corner=True)
    out = run(models["yolox_nano_coco_416"], f.tensor(1, bgr=True))["output"][0]
    cases[f"yolox_nano_coco_416 {name}"] = d.detections(f, *d.yolox(out, 416, 416), confidence=0.3, threshold=0.45)

    f = d.letterbox(image, 320, 320, pad=0, corner=True)
    out = run(models["yunet_n_320_320"], f.tensor(1, bgr=True))
    cases[f"yunet_n_320_320 {name}"] = d.detections(f, *d.yunet(out, 320, 320), confidence=0.6, threshold=0.3)

    f = d.stretch(image, 320, 240)
    out = run(models["ultraface_rfb_320"], f.tensor(1, [127] * 3, [128] * 3))
    cases[f"ultraface_rfb_320 {name}"] = d.detections(
        f, out["boxes"][0] * [320, 240, 320, 240], out["scores"][0][:, 1:], confidence=0.6, threshold=0.5)

angle = session("ppocr_v2_angle_cls")
line = np.full((60, 250, 3), (235, 240, 225), np.uint8)
cv2.putText(line, "Ocean 1984", (12, 43), cv2.FONT_HERSHEY_SIMPLEX, 1.3, (60, 30, 20), 3, cv2.LINE_AA)
for name, image in (("upright", line), ("turned", cv2.rotate(line, cv2.ROTATE_180))):
    cv2.imwrite(f"{name}.png", image)
    width = min(192, int(np.ceil(48 * image.shape[1] / image.shape[0])))
    content = d.stretch(image, width, 48).tensor(mean=[0.5] * 3, std=[0.5] * 3, bgr=True)
    x = np.zeros((1, 3, 48, 192), np.float32)
    x[..., :width] = content
    scores = next(iter(run(angle, x).values()))[0]
    cases[f"ppocr_v2_angle_cls {name}.png"] = [
        {"label": int(c), "score": float(scores[c])} for c in np.argsort(-scores)]

for name, result in cases.items():
    print(name, [(entry["label"], round(entry["score"], 2)) for entry in result])
d.save(cases, "trained.json")
