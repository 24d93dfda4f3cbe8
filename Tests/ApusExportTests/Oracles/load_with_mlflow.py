"""Loads an exported version folder as MLflow does and compares it with onnxruntime's own output.

Needs: mlflow==3.17.2 onnx==1.23.2 onnxruntime==1.32.0 numpy. Run by hand:
    APUS_WRITTEN_MODELS=FOLDER swift test --filter OracleTests
    python load_with_mlflow.py FOLDER
"""
import pathlib
import sys

import mlflow.onnx
import mlflow.pyfunc
import numpy as np

folder = pathlib.Path(sys.argv[1])
pixels = np.load(folder / "tiny_input.npy")
expected = np.load(pathlib.Path(__file__).parent / "tiny_output.npy")
model = mlflow.pyfunc.load_model(str(folder / "tiny_version"))
print(model.metadata.signature)
outputs = model.predict({"images": pixels})["output0"]
print("largest difference from onnxruntime:", np.abs(outputs - expected).max())
print("metadata:", {p.key: p.value[:60] for p in mlflow.onnx.load_model(str(folder / "tiny_version")).metadata_props})
