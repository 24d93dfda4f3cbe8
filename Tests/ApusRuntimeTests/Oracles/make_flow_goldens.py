"""Writes flow/CASE/{model.onnx, test_data_set_0/{input,output}_N.pb}: models with subgraphs, functions, sequences, texts
and 16-bit floats, and what onnxruntime makes of seeded inputs.

Needs: onnx==1.17.0 onnxruntime==1.32.0 numpy==2.4.6.
Run: python make_flow_goldens.py
"""

import pathlib

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper, parser

OUT = pathlib.Path(__file__).parent / "flow"
RNG = np.random.default_rng(7)


def noise(*shape):
    return RNG.uniform(-1, 1, shape).astype(np.float32)


def proto(value, name):
    if isinstance(value, list):
        return numpy_helper.from_list(value, name)
    array = np.asarray(value)
    if array.dtype.kind in "OU":
        return helper.make_tensor(name, TensorProto.STRING, array.shape, [str(s).encode() for s in array.reshape(-1)])
    return numpy_helper.from_array(array, name)


def save(name, model, *feeds):
    onnx.checker.check_model(model)
    folder = OUT / name / "test_data_set_0"
    folder.mkdir(parents=True, exist_ok=True)
    names = [i.name for i in model.graph.input]
    outputs = ort.InferenceSession(model.SerializeToString()).run(None, dict(zip(names, feeds)))
    (folder.parent / "model.onnx").write_bytes(model.SerializeToString(deterministic=True))
    for kind, infos, values in (("input", model.graph.input, feeds), ("output", model.graph.output, outputs)):
        for index, (info, value) in enumerate(zip(infos, values)):
            (folder / f"{kind}_{index}.pb").write_bytes(proto(value, info.name).SerializeToString(deterministic=True))


def text(source, opset=17, ml=False, **initializers):
    imports = f'"" : {opset}' + (', "ai.onnx.ml" : 4' if ml else "")
    model = parser.parse_model(f"<ir_version: 8, opset_import: [{imports}]>\n" + source)
    model.graph.initializer.extend(numpy_helper.from_array(v, k) for k, v in initializers.items())
    return model


def half_network():
    """A small network as converters to float16 leave it: weights, inputs and outputs of 16 bits, scales of 32."""
    model = text(
        """net (float16[N, 3, 12, 12] x) => (float16[N, 5] y, float16[N, 8, 12, 12] features) {
            a = Conv <pads = [1, 1, 1, 1]> (x, w1)
            b = BatchNormalization (a, gamma, beta, mean, var)
            features = Relu (b)
            c = Conv <group = 8, pads = [1, 1, 1, 1], strides = [2, 2]> (features, w2, b2)
            s = Sigmoid (c)
            d = Mul (c, s)
            e = Resize <mode = "nearest"> (d, , scales)
            f = Concat <axis = 1> (e, features)
            g = GlobalAveragePool (f)
            h = Flatten (g)
            i = Gemm <transB = 1> (h, w3, b3)
            j = Cast <to = 1> (i)
            k = Softmax <axis = -1> (j)
            y = Cast <to = 10> (k)
        }""",
        scales=np.array([1, 1, 2, 2], np.float32),
        **{k: v.astype(np.float16) for k, v in {
            "w1": noise(8, 3, 3, 3), "gamma": noise(8) + 2, "beta": noise(8), "mean": noise(8), "var": noise(8) + 2,
            "w2": noise(8, 1, 3, 3), "b2": noise(8), "w3": noise(5, 16), "b3": noise(5)}.items()})
    save("half_network", model, noise(2, 3, 12, 12).astype(np.float16))


def branches():
    """Branches that read the graph around them, one inside the other, with a constant of the outermost graph."""
    source = """g (float[2, 3] x, bool outer, bool inner) => (float[2, 3] y) {
            shift = Add (x, one)
            y = If (outer) <
                then_branch = t () => (float[2, 3] r) {
                    r = If (inner) <
                        then_branch = tt () => (float[2, 3] p) { p = Mul (shift, weight) },
                        else_branch = te () => (float[2, 3] q) { q = Sub (x, shift) }
                    >
                },
                else_branch = e () => (float[2, 3] z) { m = MatMul (x, square) z = Add (m, shift) }
            >
        }"""
    model = text(source, one=np.float32(1), weight=noise(3), square=noise(3, 3))
    x = noise(2, 3)
    for outer in (True, False):
        for inner in (True, False):
            save(f"branches_{int(outer)}{int(inner)}", model, x, np.array(outer), np.array(inner))


def loops():
    """A loop in a loop: carried values, an early end, stacked values, and no round at all."""
    source = """g (int64 rounds, float[3] x) => (float[3] last, float[N, 3] all, float[N] sums) {
            last, all, sums = Loop (rounds, go, x) <
                body = b (int64 i, bool c, float[3] v) => (bool d, float[3] n, float[3] copy, float s) {
                    f = Cast <to = 1> (i)
                    w = Loop (two, , v) <
                        body = bb (int64 k, bool e, float[3] u) => (bool e2, float[3] o) {
                            t = Mul (u, half)
                            o = Add (t, f)
                            e2 = Identity (e)
                        }
                    >
                    n = Add (w, x)
                    copy = Identity (n)
                    s = ReduceSum <keepdims = 0> (n)
                    d = Less (s, bound)
                }
            >
        }"""
    model = text(source, go=np.array(True), two=np.int64(2), half=np.float32(0.5), bound=np.float32(20))
    for rounds in (0, 3, 50):
        save(f"loops_{rounds}", model, np.array(rounds), noise(3))


def scans():
    """Backwards, along the second axis, stacked behind."""
    source = """g (float[2] state, float[2, 4] x, float[4, 2] z) => (float[2] last, float[2, 4] sums, float[4, 2] back) {
            last, sums, back = Scan <num_scan_inputs = 2, scan_input_axes = [1, 0], scan_input_directions = [1, 0],
                                     scan_output_axes = [1, 0], scan_output_directions = [0, 1],
                body = b (float[2] s, float[2] a, float[2] c) => (float[2] n, float[2] p, float[2] q) {
                    t = Mul (s, factor)
                    n = Add (t, a)
                    p = Identity (n)
                    q = Sub (n, c)
                }
            > (state, x, z)
        }"""
    save("scans", text(source, factor=np.float32(0.5)), noise(2), noise(2, 4), noise(4, 2))


def functions():
    """Functions that call each other, with attributes given, left to defaults and left out."""
    source = """<ir_version: 8, opset_import: ["" : 17, "local" : 1]>
        g (float[2, 3, 1] x) => (float[2, 3] y, float[2, 3] z) {
            y = local.Normalized <slope = 0.25> (x)
            w = local.Normalized (x)
            z = local.Both (w)
        }
        <domain: "local", opset_import: ["" : 17, "local" : 1]>
        Normalized <slope: float = 0.5> (a) => (b) {
            axes = Constant <value_ints = [2]> ()
            s = Squeeze (a, axes)
            l = LeakyRelu <alpha: float = @slope> (s)
            b = local.Both (l)
        }
        <domain: "local", opset_import: ["" : 17]>
        Both (a) => (b) {
            s = Softmax <axis = 1> (a)
            b = Add (s, a)
        }"""
    save("functions", parser.parse_model(source), noise(2, 3, 1))


def sequences():
    source = """g (float[7, 3] x, int64 place) => (float[N, 3] joined, float[2, M, 3] stacked, float[A, B] one, int64 n,
                                              seq(float[A, B]) parts) {
            parts = SplitToSequence <axis = 0> (x, three)
            extra = SequenceAt (parts, place)
            more = SequenceInsert (parts, extra, first)
            fewer = SequenceErase (more)
            joined = ConcatFromSequence <axis = 0> (fewer)
            pair = SplitToSequence <axis = 0> (x, sizes)
            head = SequenceErase (pair, second)
            twice = SequenceInsert (head, tail)
            stacked = ConcatFromSequence <axis = 0, new_axis = 1> (twice)
            one = SequenceAt (pair, minus)
            n = SequenceLength (more)
        }"""
    model = text(source, three=np.int64(3), first=np.int64(-1), sizes=np.array([5, 2]), second=np.int64(1),
                 minus=np.int64(-1), tail=noise(5, 3))
    save("sequences", model, noise(7, 3), np.array(1))


def texts():
    source = """g (string[4] x, string[1, 3] s) => (string[4, 3] joined, string[4, M] parts, int64[4] counts,
                                               int64[4] codes, string[2, 6] moved, bool[4, 3] same, float[2] numbers) {
            column = Reshape (x, shape)
            joined = StringConcat (column, s)
            parts, counts = StringSplit <delimiter = "a"> (x)
            codes = ai.onnx.ml.LabelEncoder <keys_strings = ["naïve", "b-a-c"], values_int64s = [5, 6],
                                             default_int64 = -2> (x)
            flat = Reshape (joined, sixtwo)
            moved = Transpose (flat)
            same = Equal (column, s)
            numbers = Cast <to = 1> (words)
        }"""
    model = text(source, opset=20, ml=True, shape=np.array([4, 1]), sixtwo=np.array([6, 2]))
    model.graph.initializer.append(proto(np.array(["2.5e-1", "-INF"], object), "words"))
    save("texts", model, np.array(["naïve", "Two Words", "b-a-c", "zz"], object),
         np.array([["x", "", "naïve"]], object))


def patterns():
    """RE2's syntax, one node a pattern."""
    expressions = [r"a+b*", r"(cat|dog)s?", r"[^0-9]{2,4}", r"\d{3}-\d+", r".*\bend\b.*", r"[[:alpha:]_]\w*", r"(?:ab){2,}?c",
                   r"x{0}|\x41\.", r"[a\-z\]]+", r"^\S+$"]
    nodes = [helper.make_node("RegexFullMatch", ["x"], [f"y{i}"], pattern=p) for i, p in enumerate(expressions)]
    words = ["aab", "b", "cats", "dog", "ab!", "12", "555-0199", "the end is", "bend", "_a1", "1a", "ababc", "abc", "A.",
             "-]a", "", "two words", "naïve", "line\nend"]
    graph = helper.make_graph(
        nodes, "patterns", [helper.make_tensor_value_info("x", TensorProto.STRING, ["n"])],
        [helper.make_tensor_value_info(f"y{i}", TensorProto.BOOL, ["n"]) for i in range(len(expressions))])
    save("patterns", helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9),
         np.array(words, object))


def grams():
    common = dict(min_gram_length=1, max_gram_length=3, max_skip_count=1, ngram_counts=[0, 2, 6],
                  ngram_indexes=[2, 0, 1, 4, 3, 5], weights=[0.5, 2.0, 1.0, 3.0, 0.25, 1.5])
    words = ["a", "b", "a", "b", "b", "c", "a", "b", "c", "b", "c", "a"]
    for mode in ("TF", "IDF", "TFIDF"):
        node = helper.make_node("TfIdfVectorizer", ["x"], ["y"], mode=mode, pool_strings=words, **common)
        graph = helper.make_graph([node], "grams", [helper.make_tensor_value_info("x", TensorProto.STRING, [2, 7])],
                                  [helper.make_tensor_value_info("y", TensorProto.FLOAT, [2, 6])])
        save(f"grams_{mode}", helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8),
             np.array([list("abacbca"), list("bcabbca")], object))


if __name__ == "__main__":
    for make in (half_network, branches, loops, scans, functions, sequences, texts, patterns, grams):
        make()
