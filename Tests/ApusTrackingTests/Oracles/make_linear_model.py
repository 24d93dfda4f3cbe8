"""Writes the smallest useful ONNX model, y = x·w + b, for the tests that MLflow loads models with.

    python make_linear_model.py linear.onnx

Needs a virtual environment with `onnx==1.19.1` or newer.
"""
import sys

import onnx
from onnx import TensorProto, helper

x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 2])
y = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", 1])
w = helper.make_tensor("w", TensorProto.FLOAT, [2, 1], [1.0, 1.5])
b = helper.make_tensor("b", TensorProto.FLOAT, [1], [1.0])
nodes = [helper.make_node("MatMul", ["x", "w"], ["xw"]), helper.make_node("Add", ["xw", "b"], ["y"])]
model = helper.make_model(
    helper.make_graph(nodes, "linear", [x], [y], [w, b]), opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
onnx.checker.check_model(model)
onnx.save(model, sys.argv[1])
