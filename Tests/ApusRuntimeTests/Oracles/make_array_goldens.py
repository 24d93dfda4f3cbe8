"""One-operator models of array, logic, linear and recurrent operators with the outputs that onnxruntime computes, for
ArrayGoldenTests.

Needs: onnx==1.17.0 onnxruntime==1.32.0 numpy==2.4.6.  Run: python make_array_goldens.py
Writes arrays/NAME.onnx: the model, with its inputs and expected outputs as further initializers, named
"input:NAME" and "expected:NAME", which no node reads.
"""

import pathlib

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

FOLDER = pathlib.Path(__file__).parent / "arrays"
RNG = np.random.default_rng(20241122)
onnxruntime.set_default_logger_severity(3)
INTEGERS = "int8 int16 int32 int64 uint8 uint16 uint32 uint64".split()
NUMBERS = INTEGERS + ["float32", "float64"]


def floats(*shape, low=-2.0, high=2.0, dtype=np.float32):
    return RNG.uniform(low, high, shape).astype(dtype)


def ints(*values):
    return np.array(values, dtype=np.int64)


def numbers(dtype, *shape, low=-9, high=10):
    """Small numbers of any type; those of unsigned types are not negative."""
    dtype = np.dtype(dtype)
    if dtype == bool:
        return RNG.integers(0, 2, shape).astype(bool)
    if dtype.kind == "f":
        return RNG.uniform(low, high, shape).astype(dtype)
    return RNG.integers(0 if dtype.kind == "u" else low, high, shape).astype(dtype)


def value_info(name, array):
    return helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape)


def case(name, operator, inputs, outputs=1, constants=(), opset=18, **attributes):
    """`inputs`: arrays or None (left out). `outputs`: how many, or a list of flags: which are wanted.

    A case that onnxruntime has no kernel for is left out and named."""
    wanted = [True] * outputs if isinstance(outputs, int) else outputs
    names = [f"x{i}" if array is not None else "" for i, array in enumerate(inputs)]
    fed = {n: np.asarray(a) for i, (n, a) in enumerate(zip(names, inputs)) if n and i not in constants}
    fixed = {n: np.asarray(a) for i, (n, a) in enumerate(zip(names, inputs)) if n and i in constants}
    output_names = [f"y{i}" if flag else "" for i, flag in enumerate(wanted)]
    node = helper.make_node(operator, names, output_names, name=name, **attributes)
    output_names = [n for n in output_names if n]
    graph = helper.make_graph(
        [node], name, [value_info(n, a) for n, a in fed.items()],
        [helper.make_empty_tensor_value_info(n) for n in output_names],
        [numpy_helper.from_array(a, n) for n, a in fixed.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    try:
        model = onnx.shape_inference.infer_shapes(model)
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        results = [np.asarray(a) for a in session.run(output_names, fed)]
    except Exception as error:  # noqa: BLE001, onnxruntime raises many kinds
        print("left out", name, str(error).split("\n")[0][-90:])
        return
    del model.graph.output[:]
    model.graph.output.extend([value_info(n, a) for n, a in zip(output_names, results)])
    del model.graph.value_info[:]
    for prefix, arrays in (("input:", fed), ("expected:", dict(zip(output_names, results)))):
        for n, a in arrays.items():
            model.graph.initializer.append(numpy_helper.from_array(a, prefix + n))
    model.producer_name = ""
    (FOLDER / f"{name}.onnx").write_bytes(model.SerializeToString())


def arithmetic():
    for dtype in NUMBERS:
        a, b = numbers(dtype, 3, 1, 4), numbers(dtype, 2, 1)
        b[b == 0] = 3
        for name in ("Add", "Sub", "Mul", "Div", "Mod", "Max", "Min"):
            if name == "Mod" and dtype.startswith("f"):
                case(f"fmod_{dtype}", name, [a, b], fmod=1)
            else:
                case(f"{name}_{dtype}", name, [a, b])
        if not dtype.startswith("f"):
            case(f"Mod_fmod_{dtype}", "Mod", [a, b], fmod=1)
        for name in ("Equal", "Less", "GreaterOrEqual"):
            case(f"{name}_{dtype}", name, [a, numbers(dtype, 3, 1, 4, low=-2, high=3)])
        for name in ("Abs", "Neg", "Sign"):
            case(f"{name}_{dtype}", name, [a])
        case(f"Clip_{dtype}", "Clip", [a, np.array(2, dtype), np.array(5, dtype)])
    for base in ("float32", "float64", "int32", "int64"):
        for power in ("float32", "int32", "int64", "float64"):
            x = np.abs(numbers(base, 5)) + 1 if power.startswith("f") else numbers(base, 5)
            case(f"Pow_{base}_{power}", "Pow", [x.astype(base), numbers(power, 2, 1, low=0, high=4)])
    for name in ("Acos", "Asin", "Atanh"):
        case(name, name, [floats(7, low=-1, high=1)])
    for name in ("Atan", "Asinh", "Cosh", "Sinh", "Tan"):
        case(name, name, [floats(7)])
    case("Acosh", "Acosh", [floats(7, low=1, high=9)])
    for name in ("Exp", "Sigmoid", "Tanh", "Erf", "Sqrt", "Log", "Floor", "Ceil", "Round", "Reciprocal", "Sin", "Cos",
                 "Relu", "Softplus", "Elu", "Selu", "HardSigmoid", "LeakyRelu", "Softsign"):
        case(f"{name}_float64", name, [floats(2, 5, low=0.1, high=3, dtype=np.float64)])
    for name in ("Softmax", "LogSoftmax"):
        case(f"{name}_float64", name, [floats(2, 3, 4, dtype=np.float64)], axis=1)
        case(f"{name}_float64_11", name, [floats(2, 3, 4, dtype=np.float64)], axis=1, opset=11)
    case("sum_broadcast", "Sum", [floats(3, 1), floats(1, 4), floats(2, 1, 1)])
    case("mean_broadcast", "Mean", [floats(3, 1), floats(1, 4), floats(2, 1, 1)])
    case("max_broadcast", "Max", [numbers("int64", 3, 1), numbers("int64", 1, 4), numbers("int64", 2, 1, 1)])
    case("add_empty", "Add", [floats(0, 3), floats(1, 3)])
    for dtype in ("float64", "int32", "uint64"):
        case(f"prelu_{dtype}", "PRelu", [numbers(dtype, 2, 3), numbers(dtype, 3)])


def activations():
    case("celu", "Celu", [floats(3, 4)], alpha=0.7)
    case("shrink", "Shrink", [floats(9)], lambd=0.8, bias=0.3)
    case("shrink_int8", "Shrink", [numbers("int8", 9)], lambd=3.0, bias=1.0)
    case("thresholded_relu", "ThresholdedRelu", [floats(9)], alpha=0.4)
    for opset in (11, 13):
        case(f"hardmax_{opset}", "Hardmax", [floats(2, 3, 4)], axis=1, opset=opset)
    case("hardmax_ties", "Hardmax", [np.array([[1, 3, 3], [2, 2, 2]], np.float32)], axis=-1)


def logic():
    for dtype in ("uint8", "uint16", "uint32", "uint64"):
        a, b = numbers(dtype, 2, 4, high=200), numbers(dtype, 4, high=7)
        for direction in ("LEFT", "RIGHT"):
            case(f"BitShift_{direction}_{dtype}", "BitShift", [a, b], direction=direction)
    for dtype in INTEGERS:
        a, b = numbers(dtype, 2, 4, low=-100, high=100), numbers(dtype, 4, low=-100, high=100)
        for name in ("BitwiseAnd", "BitwiseOr", "BitwiseXor"):
            case(f"{name}_{dtype}", name, [a, b])
        case(f"BitwiseNot_{dtype}", "BitwiseNot", [a])
    special = np.array([np.inf, -np.inf, np.nan, 0, -3], np.float32)
    for negative in (0, 1):
        case(f"IsInf_{negative}", "IsInf", [special], detect_negative=negative, detect_positive=1 - negative)
    case("IsNaN_float64", "IsNaN", [special.astype(np.float64)])
    case("Equal_bool", "Equal", [numbers(bool, 3, 2), numbers(bool, 2)])
    for dtype in ("float32", "int64", "uint8", "float64", "int32"):
        case(f"Where_{dtype}", "Where", [numbers(bool, 3, 1), numbers(dtype, 2, 1, 4), numbers(dtype, 4)])


def movement():
    x = floats(4, 5, 3)
    for upper in (0, 1):
        for k in (-9, -2, 0, 1, 9):
            case(f"Trilu_{upper}_{k}", "Trilu", [floats(2, 3, 5), np.array(k)], upper=upper)
    case("Trilu_int64", "Trilu", [numbers("int64", 5, 2)])
    which = RNG.integers(-4, 4, (2, 5, 2))
    for reduction in ("none", "add", "mul", "max", "min"):
        indices = np.array([[[0], [-1], [2], [3], [1]]]) if reduction == "none" else which
        updates = floats(*indices.shape)
        case(f"ScatterElements_{reduction}", "ScatterElements", [x, indices, updates], axis=0, reduction=reduction)
        tuples = np.array([[0, 1], [-1, 2]]) if reduction == "none" else np.array([[0, 1], [0, 1]])
        case(f"ScatterND_{reduction}", "ScatterND", [x, tuples, floats(2, 3)], reduction=reduction)
        case(f"ScatterND_int32_{reduction}", "ScatterND",
             [numbers("int32", 6), np.array([[1], [-2]]), numbers("int32", 2)], reduction=reduction)
    case("ScatterElements_axis", "ScatterElements", [x, RNG.permutation(3)[None, None], floats(1, 1, 3)], axis=-1)
    case("Scatter_9", "Scatter", [floats(3, 4), np.array([[1, 0]]), floats(1, 2)], axis=1, opset=9)
    case("GatherND_0", "GatherND", [x, np.array([[[0, 1], [-1, -1]]])])
    case("GatherND_full", "GatherND", [x, np.array([[1, 2, 0], [3, 4, -3]])])
    case("GatherND_1", "GatherND", [x, np.array([[1], [0], [4], [-5]])], batch_dims=1)
    case("GatherND_2", "GatherND", [floats(2, 3, 4, 2), RNG.integers(0, 4, (2, 3, 1))], batch_dims=2)
    for dtype in NUMBERS + ["bool"]:
        y = numbers(dtype, 3, 4)
        case(f"Gather_{dtype}", "Gather", [y, np.array([[-1, 0]], np.int32)], axis=1)
        case(f"Concat_{dtype}", "Concat", [y, numbers(dtype, 3, 1)], axis=-1)
        case(f"Slice_{dtype}", "Slice", [y, ints(-1), ints(-99), ints(1), ints(-2)])
        case(f"Transpose_{dtype}", "Transpose", [y])
        case(f"Tile_{dtype}", "Tile", [y, ints(2, 1)])
        case(f"NonZero_{dtype}", "NonZero", [y])
    case("Transpose_rank6", "Transpose", [floats(2, 1, 3, 2, 2, 3)], perm=[3, 5, 0, 1, 4, 2])
    condition = np.array([0, 1, 1, 0, 1], bool)
    case("Compress_axis", "Compress", [x, condition], axis=1)
    case("Compress_short", "Compress", [x, condition[:2]], axis=-1)
    case("Compress_flat", "Compress", [x, condition])
    for axes in ((0, 1), (1, 0)):
        case(f"ReverseSequence_{axes[0]}", "ReverseSequence", [floats(3, 3, 2), ints(1, 3, 2)], batch_axis=axes[0],
             time_axis=axes[1])
    repeated = np.array([2, 1, 1, 3, 4, 3, 2], np.float32)
    for is_sorted in (0, 1):
        case(f"Unique_{is_sorted}", "Unique", [repeated], outputs=4, sorted=is_sorted)
        case(f"Unique_axis_{is_sorted}", "Unique", [numbers("int64", 5, 2, low=0, high=2)], outputs=4, axis=0,
             sorted=is_sorted)
    case("Unique_axis_1", "Unique", [np.array([[1, 0, 1], [2, 3, 2]], np.float32)], outputs=4, axis=1)
    case("Unique_counts", "Unique", [repeated], outputs=[True, False, False, True])
    for mode in ("constant", "edge", "reflect", "wrap"):
        case(f"Pad_{mode}", "Pad", [floats(3, 5), ints(1, 2, 0, 3), None], mode=mode, opset=19)
        case(f"Pad_{mode}_axes", "Pad", [floats(2, 4, 5), ints(2, -1, 1, 2), None, ints(-1, 1)], mode=mode, opset=19)
        case(f"Pad_{mode}_cropped", "Pad", [floats(4, 6), ints(-1, 2, 2, -3), None], mode=mode, opset=19)
    case("Pad_int32", "Pad", [numbers("int32", 2, 2), ints(0, 1, 1, 0), np.array(7, np.int32)])
    case("Pad_10", "Pad", [floats(2, 3)], pads=[1, 0, -1, 2], value=0.5, opset=10)
    case("Split_uneven", "Split", [floats(2, 7)], outputs=3, axis=1, num_outputs=3)
    case("Split_sizes", "Split", [floats(2, 7), ints(3, 0, 4)], outputs=3, axis=-1)
    case("Split_2", "Split", [floats(6)], outputs=2, split=[1, 5], opset=2)
    case("Slice_9", "Slice", [floats(4, 6)], opset=9, starts=[-3, 1], ends=[99, -1], axes=[1, 0])
    case("Expand_int64", "Expand", [numbers("int64", 3, 1), ints(2, 1, 6)])
    case("CenterCropPad", "CenterCropPad", [floats(5, 4, 7), ints(2, 9)], axes=[0, -1])


def generation():
    for axis in (-1, 0, 1):
        case(f"OneHot_{axis}", "OneHot", [np.array([[0, -1, 9], [2, -5, -4]]), np.array(4), floats(2)], axis=axis)
    case("OneHot_float", "OneHot", [np.array([1, 0], np.float32), np.array([3], np.float32), ints(5, 7)])
    for k in (-7, -1, 0, 2, 7):
        case(f"EyeLike_{k}", "EyeLike", [floats(3, 5)], k=k)
    case("EyeLike_int64", "EyeLike", [floats(3, 2)], dtype=TensorProto.INT64)
    for dtype in ("int16", "int32", "int64", "float32", "float64"):
        case(f"Range_{dtype}", "Range", [np.array(v, dtype) for v in (10, -3, -4)])


def reductions():
    for dtype in ("float32", "float64", "int32", "int64", "int8", "uint8"):
        x = numbers(dtype, 3, 4, 2, low=1, high=5)
        for name in ("Sum", "Mean", "Max", "Min", "Prod", "SumSquare", "L1", "L2", "LogSum", "LogSumExp"):
            if name == "LogSumExp" and dtype.startswith("int"):
                continue  # onnxruntime cuts off between the steps
            case(f"Reduce{name}_{dtype}", f"Reduce{name}", [x, ints(-1, 0)], keepdims=0)
            case(f"Reduce{name}_{dtype}_11", f"Reduce{name}", [x], axes=[1], opset=11)
        for name in ("ArgMax", "ArgMin"):
            for last in (0, 1):
                case(f"{name}_{dtype}_{last}", name, [x], axis=1, select_last_index=last)
        case(f"TopK_{dtype}", "TopK", [x, ints(3)], outputs=2, axis=1)
        case(f"CumSum_{dtype}", "CumSum", [x, np.array(-2)], exclusive=1)
    for name in ("Sum", "Max", "Mean", "L1", "L2", "SumSquare", "Prod"):
        case(f"Reduce{name}_none", f"Reduce{name}", [floats(2, 3), ints()], noop_with_empty_axes=1)
        case(f"Reduce{name}_all", f"Reduce{name}", [floats(2, 3), ints()], keepdims=0)
    case("ReduceMax_bool", "ReduceMax", [numbers(bool, 3, 4), ints(1)], opset=20)
    case("TopK_smallest", "TopK", [floats(40, 2), ints(3)], outputs=2, axis=0, largest=0)
    case("TopK_heap", "TopK", [floats(2, 300), ints(5)], outputs=2)
    case("TopK_9", "TopK", [floats(3, 6)], outputs=2, k=2, opset=9)
    case("TopK_1", "TopK", [floats(3, 6)], outputs=2, k=2, axis=0, opset=7)
    case("CumSum_backward", "CumSum", [floats(2, 5), np.array(1)], exclusive=1, reverse=1)


def linear():
    for dtype in ("float64", "int32", "int64", "uint32", "uint64"):
        case(f"MatMul_{dtype}", "MatMul", [numbers(dtype, 2, 3, 4), numbers(dtype, 4, 5)])
        case(f"MatMul_{dtype}_batch", "MatMul", [numbers(dtype, 2, 1, 3, 4), numbers(dtype, 3, 4, 2)])
        case(f"MatMul_{dtype}_vectors", "MatMul", [numbers(dtype, 4), numbers(dtype, 4)])
    case("Gemm_float64", "Gemm", [floats(4, 3, dtype=np.float64), floats(5, 4, dtype=np.float64),
                                  floats(5, dtype=np.float64)], transA=1, transB=1, alpha=0.5, beta=2.0)
    case("MatMul_narrow", "MatMul", [floats(3, 2, 4), floats(3, 4, 6)])
    equations = {
        "ij,jk->ik": [(3, 4), (4, 5)], "bij,bjk->bik": [(2, 3, 4), (2, 4, 5)], "ii->i": [(4, 4)], "ii->": [(4, 4)],
        "bii->b": [(2, 3, 3)], "ij->ji": [(2, 3)], "ji": [(2, 3)], "ij,jk": [(3, 4), (4, 5)], "i,i->": [(4,), (4,)],
        "i,j->ij": [(3,), (4,)], "ij,ij->ij": [(3, 4), (3, 4)], "...ij,...jk->...ik": [(2, 1, 3, 4), (3, 4, 2)],
        "...ii->...i": [(2, 3, 3)], "bhqd,bhkd->bhqk": [(2, 2, 3, 4), (2, 2, 5, 4)],
        "ab,bc,cd->ad": [(2, 3), (3, 4), (4, 5)],
        "a b , b c -> c a": [(2, 3), (3, 4)], "ijk->": [(2, 3, 2)], "iij,jk->ik": [(3, 3, 4), (4, 2)],
        "ij,kl->il": [(2, 3), (4, 5)], "...a->...": [(2, 3, 4)], "i...->...i": [(2, 3, 4)],
        "abc,cd,db->a": [(2, 3, 4), (4, 5), (5, 3)],
        "Ab,bA->bA": [(2, 3), (3, 2)],
    }
    for i, (equation, shapes) in enumerate(equations.items()):
        case(f"Einsum_{i}", "Einsum", [floats(*s) for s in shapes], equation=equation)
    case("Einsum_int64", "Einsum", [numbers("int64", 3, 4), numbers("int64", 4, 2)], equation="ij,jk->ki")
    case("Einsum_float64", "Einsum", [floats(3, 4, dtype=np.float64), floats(3, 4, dtype=np.float64)],
         equation="ij,ij->i")


def recurrences():
    time, batch, size, hidden = 4, 3, 5, 6
    for name, gates in (("RNN", 1), ("GRU", 3), ("LSTM", 4)):
        for direction in ("forward", "reverse", "bidirectional"):
            d = 2 if direction == "bidirectional" else 1
            def inputs(dtype=np.float32, batch_first=False):
                first = [floats(time, batch, size), floats(d, gates * hidden, size, low=-.5, high=.5),
                         floats(d, gates * hidden, hidden, low=-.5, high=.5), floats(d, 2 * gates * hidden)]
                return [a.astype(dtype) for a in first]
            outputs = 3 if name == "LSTM" else 2
            states = [floats(d, batch, hidden)] * (outputs - 1)
            lengths = np.array([2, 4, 1], np.int32)
            common = dict(outputs=outputs, direction=direction, hidden_size=hidden)
            case(f"{name}_{direction}", name, inputs(), constants=(1, 2, 3), **common)
            case(f"{name}_{direction}_variable", name, inputs()[:3], **common)
            case(f"{name}_{direction}_lengths", name, inputs() + [lengths] + states, constants=(1, 2, 3), **common)
            case(f"{name}_{direction}_clip", name, inputs() + [None] + states, clip=0.4, **common)
            if name == "GRU":
                case(f"{name}_{direction}_linear", name, inputs() + [lengths] + states, linear_before_reset=1, **common)
            if name == "LSTM":
                peepholes = floats(d, 3 * hidden)
                case(f"{name}_{direction}_peepholes", name, inputs() + [lengths] + states + [peepholes], **common)
                case(f"{name}_{direction}_coupled", name, inputs(), input_forget=1, **common)
            names = {"RNN": ["Relu"], "GRU": ["HardSigmoid", "Softsign"],
                     "LSTM": ["HardSigmoid", "ScaledTanh", "Elu"]}[name]
            alphas = {"RNN": [], "GRU": [0.3], "LSTM": [0.3, 1.5, 0.7]}[name] * d
            betas = {"RNN": [], "GRU": [0.4], "LSTM": [0.4, 0.6]}[name] * d
            case(f"{name}_{direction}_functions", name, inputs(), activations=names * d,
                 **(dict(activation_alpha=alphas, activation_beta=betas) if alphas else {}), **common)
        case(f"{name}_float64", name, [a.astype(np.float64) for a in inputs()], **common)
        case(f"{name}_last", name, inputs(), constants=(1, 2, 3), **{**common, "outputs": [False, True]})


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.onnx"):
        old.unlink()
    for family in (arithmetic, activations, logic, movement, generation, reductions, linear, recurrences):
        family()
    files = list(FOLDER.glob("*.onnx"))
    print(len(files), "models,", sum(f.stat().st_size for f in files), "bytes")
