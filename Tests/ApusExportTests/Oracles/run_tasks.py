"""Runs the tiny exported networks of every task in onnxruntime and compares them with what LibTorch gave.

Needs: onnx==1.17.0 onnxruntime==1.32.0 numpy. Run by hand:
    APUS_WRITTEN_MODELS=FOLDER swift test --filter TaskExportTests
    python run_tasks.py FOLDER
"""
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime

folder = pathlib.Path(sys.argv[1])
for path in sorted(folder.glob("task-*.onnx")):
    onnx.checker.check_model(onnx.load(path), full_check=True)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    found = session.run(names, {"images": np.load(path.with_suffix(".images.npy"))})
    for name, value in zip(names, found):
        expected = np.load(path.with_suffix(f".{name}.npy"))
        assert value.shape == expected.shape, (path.name, name, value.shape, expected.shape)
        difference = np.abs(value - expected).max()
        print(f"{path.stem} {name} {list(value.shape)}: {difference:.2e}")
        assert difference < 5e-3
