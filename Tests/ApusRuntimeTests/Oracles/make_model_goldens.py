"""Samples of what onnxruntime computes for whole models, for ModelGoldenTests.

Needs: onnx==1.17.0 onnxruntime==1.32.0 numpy==2.4.6.  Run: python make_model_goldens.py FOLDER_OF_MODELS
Writes models/MODEL/OUTPUT.npy: 256 elements of each output, evenly spaced. The input is a formula (`pixels`), so that
the test can make it again.
"""

import pathlib
import sys

import numpy as np
import onnxruntime

FOLDER = pathlib.Path(__file__).parent / "models"
SHAPES = {"ppocr_v2_angle_cls": {"x": (1, 3, 48, 192)}}
onnxruntime.set_default_logger_severity(3)


def pixels(shape):
    """Element i is the upper 24 bits of the 32-bit product i · 2654435761, in [0, 1)."""
    index = np.arange(np.prod(shape), dtype=np.uint64)
    bits = (index * np.uint64(2654435761)) % np.uint64(1 << 32)
    return ((bits >> np.uint64(8)).astype(np.float32) / np.float32(1 << 24)).reshape(shape)


def samples(array):
    flat = np.asarray(array).reshape(-1)
    return flat[np.arange(min(256, flat.size)) * flat.size // min(256, flat.size)]


if __name__ == "__main__":
    for path in sorted(pathlib.Path(sys.argv[1]).glob("*.onnx")):
        session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        shapes = SHAPES.get(path.stem, {})
        feeds = {i.name: pixels(shapes.get(i.name, i.shape)) for i in session.get_inputs()}
        (FOLDER / path.stem).mkdir(parents=True, exist_ok=True)
        for output, array in zip(session.get_outputs(), session.run(None, feeds)):
            name = output.name.replace("/", "%")
            np.save(FOLDER / path.stem / f"{name}.npy", samples(array))
        print(path.stem)
