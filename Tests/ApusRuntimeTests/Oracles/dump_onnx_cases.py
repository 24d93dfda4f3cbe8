"""Unpacks the ONNX backend test cases for ConformanceTests, which reads the folder named by APUS_ONNX_CASES.

Needs: onnx==1.17.0 numpy==2.4.6 (newer wheels no longer carry the node cases).
Run: python dump_onnx_cases.py FOLDER
Writes FOLDER/KIND__CASE/{model.onnx, in_NAME.npy, out_NAME.npy}; cases of strings, sequences and 8-bit floats are left
out, since no array holds them ("/" in a name becomes "%").
"""

import pathlib
import shutil
import sys

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper

DATA = pathlib.Path(onnx.__file__).parent / "backend/test/data"
LEFT_OUT = {TensorProto.BFLOAT16, TensorProto.STRING}
NUMBERS = {np.dtype(c) for c in "?bBhHiIlLqQefd"}


def read(path):
    tensor = TensorProto()
    tensor.ParseFromString(path.read_bytes())
    array = numpy_helper.to_array(tensor)
    if tensor.data_type in LEFT_OUT or array.dtype not in NUMBERS:
        raise ValueError("no array of such elements")
    return array


def number(path):
    return int(path.stem.split("_")[-1])


def unpack(case, target):
    graph = onnx.load(case / "model.onnx").graph
    data = case / "test_data_set_0"
    inputs = [read(p) for p in sorted(data.glob("input_*.pb"), key=number)]
    outputs = [read(p) for p in sorted(data.glob("output_*.pb"), key=number)]
    assert len(inputs) <= len(graph.input) and len(outputs) == len(graph.output)
    assert all(v.type.HasField("tensor_type") for v in [*graph.input, *graph.output])
    assert all(v.type.tensor_type.elem_type not in LEFT_OUT for v in [*graph.input, *graph.output])
    target.mkdir(parents=True, exist_ok=True)
    shutil.copy(case / "model.onnx", target)
    for prefix, values, arrays in (("in", graph.input, inputs), ("out", graph.output, outputs)):
        for value, array in zip(values, arrays):
            np.save(target / f"{prefix}_{value.name.replace('/', '%')}.npy", array)


if __name__ == "__main__":
    written = left_out = 0
    for model in sorted(DATA.glob("*/*/model.onnx")):
        case = model.parent
        try:
            unpack(case, pathlib.Path(sys.argv[1]) / f"{case.parent.name}__{case.name}")
            written += 1
        except Exception:  # whatever numpy or onnx cannot turn into an array
            left_out += 1
    print(written, "cases,", left_out, "left out")
