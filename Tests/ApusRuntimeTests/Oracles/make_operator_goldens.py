"""One-operator models with the outputs that onnxruntime computes, for OperatorGoldenTests.

Needs: onnx==1.17.0 onnxruntime==1.32.0 numpy==2.4.6.  Run: python make_operator_goldens.py
Writes operators/NAME.onnx: the model, with its inputs and expected outputs as further initializers, named
"input:NAME" and "expected:NAME", which no node reads.
"""

import itertools
import pathlib

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

FOLDER = pathlib.Path(__file__).parent / "operators"
RNG = np.random.default_rng(20240607)
onnxruntime.set_default_logger_severity(3)


def floats(*shape, low=-2.0, high=2.0):
    return RNG.uniform(low, high, shape).astype(np.float32)


def ints(*values):
    return np.array(values, dtype=np.int64)


def value_info(name, array):
    return helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape)


def case(name, operator, inputs, outputs=1, constants=(), opset=17, **attributes):
    """`inputs`: arrays or None (left out); those whose index is in `constants` become initializers."""
    names = [f"x{i}" if array is not None else "" for i, array in enumerate(inputs)]
    fed = {n: a for i, (n, a) in enumerate(zip(names, inputs)) if n and i not in constants}
    fixed = {n: a for i, (n, a) in enumerate(zip(names, inputs)) if n and i in constants}
    output_names = [f"y{i}" for i in range(outputs)]
    node = helper.make_node(operator, names, output_names, name=name, **attributes)
    save(name, [node], fed, fixed, output_names, opset)


def save(name, nodes, fed, fixed, output_names, opset=17):
    fed, fixed = ({n: np.asarray(a) for n, a in arrays.items()} for arrays in (fed, fixed))
    graph = helper.make_graph(
        nodes,
        name,
        [value_info(n, a) for n, a in fed.items()],
        [helper.make_empty_tensor_value_info(n) for n in output_names],
        [numpy_helper.from_array(np.ascontiguousarray(a) if a.ndim else a, n) for n, a in fixed.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    model = onnx.shape_inference.infer_shapes(model)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    results = session.run(output_names, fed)
    del model.graph.output[:]
    model.graph.output.extend([value_info(n, np.asarray(a)) for n, a in zip(output_names, results)])
    del model.graph.value_info[:]
    for prefix, arrays in (("input:", fed), ("expected:", dict(zip(output_names, results)))):
        for n, a in arrays.items():
            a = np.asarray(a)
            model.graph.initializer.append(numpy_helper.from_array(a, prefix + n))
    model.producer_name = ""
    (FOLDER / f"{name}.onnx").write_bytes(model.SerializeToString())


def convolutions():
    shapes = [
        # in, out, groups, kernel, strides, pads, dilations, size
        (3, 5, 1, (3, 3), (1, 1), (1, 1, 1, 1), (1, 1), (7, 6)),
        (8, 17, 1, (1, 1), (1, 1), (0, 0, 0, 0), (1, 1), (5, 4)),
        (4, 16, 1, (3, 3), (2, 2), (1, 1, 1, 1), (1, 1), (9, 7)),
        (3, 4, 1, (5, 3), (1, 2), (2, 0, 1, 1), (1, 1), (8, 9)),
        (2, 3, 1, (3, 3), (1, 1), (2, 2, 2, 2), (2, 2), (8, 8)),
        (4, 6, 2, (3, 3), (1, 1), (1, 1, 1, 1), (1, 1), (5, 5)),
        (6, 6, 6, (3, 3), (1, 1), (1, 1, 1, 1), (1, 1), (6, 7)),
        (19, 19, 19, (5, 5), (2, 2), (2, 2, 2, 2), (1, 1), (7, 7)),
        (3, 6, 3, (3, 3), (1, 1), (0, 0, 0, 0), (1, 1), (6, 6)),
        (2, 2, 1, (7, 7), (1, 1), (3, 3, 3, 3), (1, 1), (3, 3)),
    ]
    for i, (ci, co, groups, kernel, strides, pads, dilations, size) in enumerate(shapes):
        w = floats(co, ci // groups, *kernel, low=-0.5, high=0.5)
        inputs = [floats(1 + i % 2, ci, *size), w] + ([floats(co)] if i % 3 else [])
        case(f"conv_{i}", "Conv", inputs, constants=(1, 2), group=groups, kernel_shape=kernel, strides=strides,
             pads=pads, dilations=dilations)
    case("conv_same_upper", "Conv", [floats(1, 2, 5, 6), floats(3, 2, 2, 3)], constants=(1,), auto_pad="SAME_UPPER",
         strides=(2, 1))
    case("conv_same_lower", "Conv", [floats(1, 2, 5, 6), floats(3, 2, 2, 3)], constants=(1,), auto_pad="SAME_LOWER")
    case("conv_line", "Conv", [floats(2, 3, 11), floats(4, 3, 3), floats(4)], constants=(1, 2), pads=(1, 1))
    case("conv_variable_weights", "Conv", [floats(1, 3, 5, 5), floats(4, 3, 3, 3), floats(4)])
    case("conv_transpose_2x2", "ConvTranspose", [floats(1, 4, 3, 5), floats(4, 3, 2, 2), floats(3)], constants=(1, 2),
         strides=(2, 2))
    case("conv_transpose_3x3", "ConvTranspose", [floats(2, 2, 4, 4), floats(2, 5, 3, 3)], constants=(1,),
         strides=(2, 2), pads=(1, 1, 1, 1), output_padding=(1, 1))
    case("conv_transpose_groups", "ConvTranspose", [floats(1, 4, 4, 3), floats(4, 2, 3, 2)], group=2, dilations=(2, 1))


def fusions():
    """Graphs that the passes rewrite; onnxruntime ran them as written."""
    def conv(*shape, co, name):
        w, b = floats(co, shape[1], 3, 3, low=-0.5, high=0.5), floats(co)
        node = helper.make_node("Conv", [name, name + ".w", name + ".b"], [name + ".c"], pads=[1] * 4)
        return node, {name + ".w": w, name + ".b": b}

    x = floats(1, 4, 6, 7)
    node, fixed = conv(*x.shape, co=20, name="x")
    tails = {
        "silu": [("Sigmoid", ["x.c"], ["s"]), ("Mul", ["x.c", "s"], ["y"])],
        "silu_swapped": [("Sigmoid", ["x.c"], ["s"]), ("Mul", ["s", "x.c"], ["y"])],
        "relu": [("Relu", ["x.c"], ["y"])],
        "clip": [("Clip", ["x.c", "low", "high"], ["y"])],
        "sigmoid": [("Sigmoid", ["x.c"], ["y"])],
        "hard_swish": [("Add", ["x.c", "three"], ["a"]), ("Clip", ["a", "zero", "six"], ["b"]),
                       ("Mul", ["x.c", "b"], ["c"]), ("Div", ["c", "six"], ["y"])],
        "residual_broadcast": [("Add", ["x.c", "row"], ["y"])],
    }
    scalars = {"low": np.float32(-0.5), "high": np.float32(0.75), "three": np.float32(3), "zero": np.float32(0),
               "six": np.float32(6)}
    for name, tail in tails.items():
        nodes = [node] + [helper.make_node(t, i, o) for t, i, o in tail]
        used = {n for t in tail for n in t[1]}
        fed = {"x": x} | ({"row": floats(1, 20, 1, 7)} if "row" in used else {})
        save(f"fused_{name}", nodes, fed, fixed | {k: np.array(v) for k, v in scalars.items() if k in used}, ["y"])

    square = floats(1, 4, 5, 5)
    node, fixed = conv(*square.shape, co=4, name="x")
    for name, tail in {
        "add": [("Add", ["x", "x.c"], ["y"])],
        "add_relu": [("Add", ["x.c", "x"], ["a"]), ("Relu", ["a"], ["y"])],
        "silu_add": [("Sigmoid", ["x.c"], ["s"]), ("Mul", ["x.c", "s"], ["m"]), ("Add", ["x", "m"], ["y"])],
    }.items():
        save(f"fused_{name}", [node] + [helper.make_node(t, i, o) for t, i, o in tail], {"x": square}, fixed, ["y"])

    statistics = {"s": floats(4), "b": floats(4), "m": floats(4), "v": floats(4, low=0.1, high=2)}
    nodes = [node, helper.make_node("BatchNormalization", ["x.c", "s", "b", "m", "v"], ["n"]),
             helper.make_node("LeakyRelu", ["n"], ["y"], alpha=0.1)]
    save("fused_batch_normalization", nodes, {"x": square}, fixed | statistics, ["y"])
    nodes = [helper.make_node("Split", ["x"], ["a", "b"], axis=1),
             helper.make_node("Conv", ["b", "w"], ["c"], pads=[1] * 4),
             helper.make_node("Concat", ["c", "a", "b"], ["y"], axis=1)]
    save("split_concat", nodes, {"x": floats(2, 6, 5, 4)}, {"w": floats(3, 3, 3, 3)}, ["y"])
    image = helper.make_node("Conv", ["x", "w"], ["i"])
    tails = {
        "softmax_channels": helper.make_node("Softmax", ["i"], ["y"], axis=1),
        "transpose_channels": helper.make_node("Transpose", ["i"], ["y"], perm=[0, 2, 3, 1]),
        "reshape": helper.make_node("Reshape", ["i", "shape"], ["y"]),
        "mean": helper.make_node("ReduceMean", ["i"], ["y"], axes=[2, 3]),
        "global_average": helper.make_node("GlobalAveragePool", ["i"], ["y"]),
        "pad": helper.make_node("Pad", ["i", "pads"], ["y"]),
        "slice": helper.make_node("Slice", ["i", "starts", "ends", "axes", "steps"], ["y"]),
        "multiply_by_channel": helper.make_node("Mul", ["i", "gate"], ["y"]),
    }
    constants = {"shape": ints(1, 5, -1), "pads": ints(0, 1, 1, 0, 0, 0, 2, 1), "starts": ints(0, 1), "ends": ints(99, 4),
                 "axes": ints(3, 1), "steps": ints(2, 1), "gate": floats(1, 5, 1, 1)}
    for name, tail in tails.items():
        fixed = {"w": floats(5, 3, 1, 1)} | {k: v for k, v in constants.items() if k in tail.input}
        save(f"channels_last_{name}", [image, tail], {"x": floats(1, 3, 4, 6)}, fixed, ["y"])


def poolings():
    for i, (kernel, strides, pads, ceil) in enumerate([
        ((2, 2), (2, 2), (0, 0, 0, 0), 0), ((3, 3), (2, 2), (1, 1, 1, 1), 0), ((5, 5), (1, 1), (2, 2, 2, 2), 0),
        ((3, 2), (2, 3), (1, 0, 0, 1), 1), ((2, 2), (2, 2), (0, 0, 0, 0), 1),
    ]):
        x = floats(2, 5, 7, 9)
        case(f"max_pool_{i}", "MaxPool", [x], kernel_shape=kernel, strides=strides, pads=pads, ceil_mode=ceil)
        for count in (0, 1) if not ceil else (0,):
            case(f"average_pool_{i}_{count}", "AveragePool", [x], kernel_shape=kernel, strides=strides, pads=pads,
                 ceil_mode=ceil, count_include_pad=count)
    case("max_pool_dilated", "MaxPool", [floats(1, 2, 8, 8)], kernel_shape=(2, 2), dilations=(2, 3))
    case("max_pool_line", "MaxPool", [floats(1, 2, 9)], kernel_shape=(3,), strides=(2,))
    case("global_average_pool", "GlobalAveragePool", [floats(2, 3, 5, 4)])
    case("global_max_pool", "GlobalMaxPool", [floats(2, 3, 5, 4)])


def elementwise():
    x = floats(2, 3, 5)
    for name in ("Relu Sigmoid Tanh Exp Neg Abs Floor Ceil Round Erf Sin Cos Sign Softplus Softsign HardSwish"
                 " Reciprocal Elu Selu HardSigmoid LeakyRelu").split():
        case(f"unary_{name}", name, [x])
    case("unary_Mish", "Mish", [x], opset=18)
    case("unary_Gelu", "Gelu", [x], opset=20)
    case("unary_Gelu_tanh", "Gelu", [x], opset=20, approximate="tanh")
    for name in ("Sqrt", "Log"):
        case(f"unary_{name}", name, [floats(7, low=0.01)])
    case("extremes_sigmoid", "Sigmoid", [np.array([-1000, -90, -88, 0, 88, 90, 1000], np.float32)])
    case("extremes_exp", "Exp", [np.array([-1000, -87, 0, 88, 88.7, 1000], np.float32)])
    case("extremes_relu", "Relu", [np.array([-np.inf, np.inf, np.nan, -0.0, 1e-40], np.float32)])
    case("clip_6", "Clip", [x], opset=6, min=-1.0, max=0.5)
    case("clip_low", "Clip", [x, np.float32(0.25).reshape(())], constants=(1,))
    case("clip_variable", "Clip", [x, None, np.float32(0.25).reshape(())])
    case("clip_integers", "Clip", [ints(-5, 0, 9), np.array(-1), np.array(3)])
    case("prelu", "PRelu", [floats(1, 3, 4, 2), floats(3, 1, 1)], constants=(1,))
    pairs = [((2, 3, 4), (2, 3, 4)), ((2, 3, 4), (4,)), ((2, 1, 4), (3, 1)), ((1, 5, 1, 3), (2, 1, 4, 3)), ((), (2, 2))]
    for (i, (a, b)), name in itertools.product(enumerate(pairs), ("Add", "Sub", "Mul", "Div")):
        case(f"binary_{name}_{i}", name, [floats(*a), floats(*b, low=0.5)])
    case("binary_Pow", "Pow", [floats(3, 4, low=0.1), np.array([2, 0.5, -1, 3], np.float32)])
    case("binary_Pow_integers", "Pow", [ints(2, -3, 5), ints(3, 2, 0)])
    case("binary_Div_integers", "Div", [ints(7, -7, 7, -7), ints(2, 2, -2, -2)])
    case("binary_Mod", "Mod", [ints(7, -7, 7, -7), ints(3, 3, -3, -3)])
    case("binary_Mod_f", "Mod", [floats(5), floats(5, low=0.5)], fmod=1)
    case("variadic_Max", "Max", [floats(2, 3), floats(3), floats(2, 1)])
    case("variadic_Min", "Min", [floats(2, 3), floats(3)])
    case("variadic_Sum", "Sum", [floats(2, 3), floats(3), floats(2, 1)])
    case("variadic_Mean", "Mean", [floats(2, 3), floats(3), floats(2, 1)])
    for name in ("Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual"):
        case(f"compare_{name}", name, [np.array([1, 2, 3], np.float32), np.array([[1], [3]], np.float32)])
    flags = np.array([True, False, True, False]), np.array([True, True, False, False])
    for name in ("And", "Or", "Xor"):
        case(f"logic_{name}", name, list(flags))
    case("logic_Not", "Not", [flags[0]])
    case("logic_IsNaN", "IsNaN", [np.array([1, np.nan, np.inf], np.float32)])
    case("where", "Where", [np.array([[True], [False]]), floats(2, 3), floats(3)])
    for to in (TensorProto.FLOAT, TensorProto.INT64, TensorProto.INT32, TensorProto.BOOL, TensorProto.UINT8,
               TensorProto.FLOAT16, TensorProto.DOUBLE):
        case(f"cast_{to}", "Cast", [np.array([0, 1.5, 2.75, 100.5], np.float32)], to=to)


def matrices():
    for i, (a, b) in enumerate([((3, 5), (5, 4)), ((2, 3, 5), (5, 17)), ((2, 3, 5), (2, 5, 4)), ((5,), (5, 3)),
                                ((2, 3), (3,)), ((4,), (4,)), ((2, 1, 3, 4), (3, 4, 2)), ((7, 33), (33, 40))]):
        case(f"matmul_{i}", "MatMul", [floats(*a), floats(*b)], constants=(1,) if i % 2 else ())
    for i, (ta, tb) in enumerate(itertools.product((0, 1), (0, 1))):
        a, b = floats(4, 3), floats(3, 5)
        case(f"gemm_{i}", "Gemm", [a.T.copy() if ta else a, b.T.copy() if tb else b, floats(5)], constants=(1, 2),
             transA=ta, transB=tb)
    case("gemm_scaled", "Gemm", [floats(4, 3), floats(3, 5), floats(4, 1)], alpha=0.5, beta=2.0)
    case("gemm_no_bias", "Gemm", [floats(2, 3), floats(3, 2)])


def normalizations():
    case("batch_normalization", "BatchNormalization",
         [floats(2, 3, 4, 5), floats(3), floats(3), floats(3), floats(3, low=0.1)], constants=(1, 2, 3, 4))
    case("instance_normalization", "InstanceNormalization", [floats(2, 3, 4, 5), floats(3), floats(3)])
    case("layer_normalization", "LayerNormalization", [floats(2, 3, 8), floats(8), floats(8)])
    case("softmax_last", "Softmax", [floats(2, 3, 9)])
    case("softmax_middle", "Softmax", [floats(2, 16, 30)], axis=1)
    case("softmax_11", "Softmax", [floats(2, 3, 4)], opset=11, axis=1)
    case("log_softmax", "LogSoftmax", [floats(2, 5, 3)], axis=1)


def reductions():
    x = floats(2, 3, 4, low=0.1)
    for name in "ReduceMean ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2 ReduceSumSquare ReduceLogSumExp".split():
        case(f"{name}_axis", name, [x], axes=[1], keepdims=0)
        case(f"{name}_all", name, [x])
    case("ReduceSum_axes", "ReduceSum", [x, ints(0, -1)], constants=(1,), keepdims=0)
    case("ReduceSum_none", "ReduceSum", [x, ints()], constants=(1,), noop_with_empty_axes=1)
    case("ReduceMax_18", "ReduceMax", [x, ints(2)], constants=(1,), opset=18)
    for name in ("ArgMax", "ArgMin"):
        case(f"{name}", name, [np.array([[1, 3, 3], [2, 0, 0]], np.float32)], axis=1)
        case(f"{name}_last", name, [np.array([[1, 3, 3], [2, 0, 0]], np.float32)], axis=-1, keepdims=0,
             select_last_index=1)
    case("topk", "TopK", [floats(3, 7), ints(3)], outputs=2, constants=(1,))
    case("topk_smallest_axis", "TopK", [floats(5, 2, 2), ints(2)], outputs=2, axis=0, largest=0)
    case("cumsum", "CumSum", [floats(3, 4), np.array(1)], constants=(1,))
    case("cumsum_reverse", "CumSum", [floats(3, 4), np.array(0)], constants=(1,), exclusive=1, reverse=1)


def shapes():
    x = floats(2, 3, 4)
    case("reshape", "Reshape", [x, ints(0, -1)], constants=(1,))
    case("reshape_variable", "Reshape", [x, ints(4, 6)])
    case("flatten", "Flatten", [x], axis=2)
    case("squeeze", "Squeeze", [floats(1, 3, 1)])
    case("squeeze_axes", "Squeeze", [floats(1, 3, 1), ints(-1)], constants=(1,))
    case("unsqueeze", "Unsqueeze", [x, ints(0, -1)], constants=(1,))
    case("unsqueeze_11", "Unsqueeze", [x], opset=11, axes=[1, 3])
    case("shape", "Shape", [x])
    case("shape_part", "Shape", [x], start=1)
    case("size", "Size", [x])
    case("identity", "Identity", [x])
    case("concat", "Concat", [floats(2, 1, 3), floats(2, 4, 3), floats(2, 2, 3)], axis=-2)
    case("split_equal", "Split", [floats(6, 2)], outputs=3)
    case("split_sizes", "Split", [floats(2, 7), ints(3, 4)], outputs=2, constants=(1,), axis=1)
    case("split_11", "Split", [floats(2, 7)], outputs=2, opset=11, axis=1, split=[2, 5])
    case("split_uneven", "Split", [floats(7)], outputs=3, opset=18, num_outputs=3)
    for i, (starts, ends, axes, steps) in enumerate([
        ([0, 1], [2, 3], None, None), ([-3], [99], [1], None), ([5], [-99], [1], [-2]), ([1, 0], [-1, 4], [2, 0], [1, 2]),
        ([3], [1], [0], None),
    ]):
        optional = [ints(*axes) if axes else None, ints(*steps) if steps else None]
        while optional and optional[-1] is None:
            optional.pop()
        case(f"slice_{i}", "Slice", [floats(4, 6, 5), ints(*starts), ints(*ends)] + optional)
    case("slice_9", "Slice", [floats(4, 6)], opset=9, starts=[1, -3], ends=[3, 99])
    case("transpose", "Transpose", [floats(2, 3, 4)])
    case("transpose_perm", "Transpose", [floats(2, 3, 4, 5)], perm=[0, 2, 1, 3])
    case("transpose_large", "Transpose", [floats(1, 19, 21)], perm=[0, 2, 1])
    case("gather", "Gather", [floats(3, 4, 2), np.array([[0, -1], [1, 1]])], axis=1)
    case("gather_scalar", "Gather", [ints(5, 6, 7), np.array(1)])
    case("gather_elements", "GatherElements", [floats(3, 3), np.array([[0, 2, -1], [1, 1, 0]])], axis=0)
    case("expand", "Expand", [floats(3, 1), ints(2, 1, 6)], constants=(1,))
    case("tile", "Tile", [floats(2, 3), ints(2, 3)], constants=(1,))
    case("pad_constant", "Pad", [floats(2, 3, 4), ints(0, 1, 2, 1, 0, -1), np.array(1.5, np.float32)], constants=(1, 2))
    case("pad_reflect", "Pad", [floats(4, 5), ints(2, 3, 1, 4)], constants=(1,), mode="reflect")
    case("pad_edge", "Pad", [floats(2, 3), ints(1, 0, 2, 2)], constants=(1,), mode="edge")
    case("depth_to_space", "DepthToSpace", [floats(1, 8, 2, 3)], blocksize=2)
    case("depth_to_space_crd", "DepthToSpace", [floats(1, 8, 2, 3)], blocksize=2, mode="CRD")
    case("space_to_depth", "SpaceToDepth", [floats(1, 2, 4, 6)], blocksize=2)
    case("constant_of_shape", "ConstantOfShape", [ints(2, 3)],
         value=numpy_helper.from_array(np.array([7], np.int64)))
    case("range", "Range", [np.array(1), np.array(10), np.array(3)])
    case("range_down", "Range", [np.float32(2).reshape(()), np.float32(-1).reshape(()), np.float32(-0.5).reshape(())])
    case("nonzero", "NonZero", [np.array([[1, 0], [3, 4]], np.float32)])


def resizes():
    x = floats(1, 2, 4, 5)
    for i, (mode, coordinates, nearest) in enumerate([
        ("nearest", "asymmetric", "floor"), ("nearest", "half_pixel", "round_prefer_floor"),
        ("nearest", "half_pixel", "round_prefer_ceil"), ("linear", "half_pixel", "floor"),
        ("linear", "align_corners", "floor"), ("linear", "asymmetric", "floor"), ("linear", "pytorch_half_pixel", "floor"),
    ]):
        options = dict(mode=mode, coordinate_transformation_mode=coordinates, nearest_mode=nearest)
        case(f"resize_{i}_double", "Resize", [x, None, np.array([1, 1, 2, 2], np.float32)], constants=(2,), **options)
        case(f"resize_{i}_sizes", "Resize", [x, None, None, ints(1, 2, 7, 3)], constants=(3,), **options)
    case("upsample_9", "Upsample", [x, np.array([1, 1, 2, 3], np.float32)], constants=(1,), opset=9)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.onnx"):
        old.unlink()
    for family in (convolutions, fusions, poolings, elementwise, matrices, normalizations, reductions, shapes, resizes):
        family()
    files = list(FOLDER.glob("*.onnx"))
    print(len(files), "models,", sum(f.stat().st_size for f in files), "bytes")
