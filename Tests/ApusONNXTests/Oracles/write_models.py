"""Writes *.onnx and external/ beside this file: small models as the onnx package itself writes them.

Needs: onnx==1.17.0 numpy. Run by hand from any folder; the files are committed and never edited.
"""
import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OUT = pathlib.Path(__file__).parent
TYPES = {
    "float32": TensorProto.FLOAT, "float64": TensorProto.DOUBLE, "float16": TensorProto.FLOAT16,
    "bfloat16": TensorProto.BFLOAT16, "int8": TensorProto.INT8, "int16": TensorProto.INT16,
    "int32": TensorProto.INT32, "int64": TensorProto.INT64, "uint8": TensorProto.UINT8,
    "uint16": TensorProto.UINT16, "uint32": TensorProto.UINT32, "uint64": TensorProto.UINT64,
    "bool": TensorProto.BOOL, "float8E4M3FN": TensorProto.FLOAT8E4M3FN, "float8E4M3FNUZ": TensorProto.FLOAT8E4M3FNUZ,
    "float8E5M2": TensorProto.FLOAT8E5M2, "float8E5M2FNUZ": TensorProto.FLOAT8E5M2FNUZ, "int4": TensorProto.INT4,
    "uint4": TensorProto.UINT4,
}


def save(graph, name, opset=17, ir=8, **options):
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", opset)] + options.pop("opsets", []), ir_version=ir,
        producer_name="oracle", **options)
    onnx.checker.check_model(model)
    OUT.mkdir(exist_ok=True)
    (OUT / f"{name}.onnx").write_bytes(model.SerializeToString(deterministic=True))


def sample(name):
    if name == "bool":
        return [True, False, True]
    if name.startswith("u"):
        return [0, 1, 2 ** int(name[4:]) - 1]
    if name.startswith("int"):
        return [-1, 1, -(2 ** (int(name[3:]) - 1))]
    return [0.5, -2.0, 1.5]


def types():
    """Each element type twice: in its typed field and as raw bytes."""
    initializers = []
    for name, code in TYPES.items():
        typed = helper.make_tensor(f"{name}_typed", code, [3], sample(name))
        assert not typed.HasField("raw_data")
        initializers.append(typed)
        if name.startswith("float8") or name.endswith("int4"):  # whose field holds bytes already
            initializers.append(helper.make_tensor(f"{name}_raw", code, [3], bytes(typed.int32_data), raw=True))
            continue
        raw = numpy_helper.to_array(typed)
        if name == "bfloat16":  # numpy has none: the upper half of a float32
            bits = (np.array(sample(name), np.float32).view(np.uint32) >> 16).astype(np.uint16)
            initializers.append(helper.make_tensor("bfloat16_raw", code, [3], bits.tobytes(), raw=True))
        else:
            initializers.append(numpy_helper.from_array(raw, f"{name}_raw"))
    initializers += [
        helper.make_tensor("scalar", TensorProto.FLOAT, [], [7.0]),
        helper.make_tensor("empty", TensorProto.INT64, [0, 4], []),
        helper.make_tensor("words", TensorProto.STRING, [3, 1], ["a".encode(), "ü".encode(), b""]),
    ]
    sparse = [
        helper.make_sparse_tensor(helper.make_tensor(name, TensorProto.FLOAT, [2], [3.0, -1.0]),
                                  helper.make_tensor("", TensorProto.INT64, shape, indices), [2, 3])
        for name, shape, indices in [("linear", [2], [1, 5]), ("coordinates", [2, 2], [0, 1, 1, 2])]
    ]
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 3, None])
    node = helper.make_node("Identity", ["x"], ["y"], name="only")
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", 3, None])
    graph = helper.make_graph([node], "types", [x], [y], initializers, sparse_initializer=sparse)
    save(graph, "types", ir=10)


def attributes():
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [2])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, [2])
    then = helper.make_graph([helper.make_node("Relu", ["x"], ["t"])], "then", [],
                             [helper.make_tensor_value_info("t", TensorProto.FLOAT, [2])])
    other = helper.make_graph([helper.make_node("Neg", ["x"], ["e"])], "else", [],
                              [helper.make_tensor_value_info("e", TensorProto.FLOAT, [2])])
    nodes = [
        helper.make_node("Constant", [], ["condition"],
                         value=helper.make_tensor("", TensorProto.BOOL, [], [True])),
        helper.make_node("If", ["condition"], ["y"], name="branch", then_branch=then, else_branch=other),
        helper.make_node("Everything", ["x", "", "y"], ["z"], name="every", domain="custom", f=0.25, i=-3, s="text",
                         fs=[1.0, -0.5], is_=[1, -2, 2 ** 40], ss=["a", "ü"]),
    ]
    save(helper.make_graph(nodes, "attributes", [x], [y]), "attributes",
         opsets=[helper.make_opsetid("custom", 1)])


def functions():
    body = [helper.make_node("Constant", [], ["two"], value_float=2.0), helper.make_node("Mul", ["a", "two"], ["b"])]
    double = helper.make_function("local", "Double", ["a"], ["b"], body, [helper.make_opsetid("", 17)])
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [2])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, [2])
    sequence = helper.make_tensor_sequence_value_info("s", TensorProto.FLOAT, None)
    nodes = [
        helper.make_node("Double", ["x"], ["y"], domain="local"),
        helper.make_node("SequenceConstruct", ["x", "y"], ["s"]),
    ]
    save(helper.make_graph(nodes, "functions", [x], [y, sequence]), "functions", functions=[double],
         opsets=[helper.make_opsetid("local", 1)])


def external():
    folder = OUT / "external"
    folder.mkdir(parents=True, exist_ok=True)
    weight = numpy_helper.from_array(np.arange(64, dtype=np.float32).reshape(8, 8), "w")
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 8])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 8])
    graph = helper.make_graph([helper.make_node("MatMul", ["x", "w"], ["y"])], "external", [x], [y], [weight])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save_model(model, folder / "model.onnx", save_as_external_data=True, location="weights.bin",
                    size_threshold=0)


if __name__ == "__main__":
    types()
    attributes()
    functions()
    external()
