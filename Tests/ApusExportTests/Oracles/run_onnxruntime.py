"""Runs the tiny exported detector in onnxruntime and writes tiny_output.npy beside this file.

Needs: onnx==1.17.0 onnxruntime==1.32.0 numpy. Run by hand after the export or the tiny detector's weights changed:
    APUS_WRITTEN_MODELS=FOLDER swift test --filter OracleTests
    python run_onnxruntime.py FOLDER
"""
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime

folder = pathlib.Path(sys.argv[1])
pixels = np.load(folder / "tiny_input.npy")
outputs = {}
for name in ["tiny", "tiny_dynamic"]:
    path = str(folder / f"{name}.onnx")
    onnx.checker.check_model(onnx.load(path), full_check=True)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    outputs[name] = session.run(["output0"], {"images": pixels})[0]
print("fixed against dynamic size:", np.abs(outputs["tiny"] - outputs["tiny_dynamic"]).max())
np.save(pathlib.Path(__file__).parent / "tiny_output.npy", outputs["tiny"])
