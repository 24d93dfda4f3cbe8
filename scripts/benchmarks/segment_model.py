"""Writes an ONNX file of a v8 segmentation network of scale n with random weights: the shapes and the arithmetic of the
real one, for timing alone.

usage: segment_model.py FILE.onnx [--finds N]

numpy==2.4.6 onnx==1.17.0
"""
import argparse

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SIDE, CLASSES, MASKS, BINS = 640, 80, 32, 16
rng = np.random.default_rng(0)


class Graph:
    def __init__(self):
        self.nodes, self.constants, self.count = [], [], 0

    def constant(self, array):
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def add(self, kind, inputs, outputs=1, name=None, **attributes):
        self.count += 1
        names = [name] if name else [f"v{self.count}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, inputs, names, **attributes))
        return names[0] if outputs == 1 else names

    def conv(self, x, inputs, outputs, kernel=3, stride=1, act=True, bias=0.0):
        weight = rng.normal(0, (2 / (inputs * kernel * kernel)) ** 0.5, (outputs, inputs, kernel, kernel))
        y = self.add(
            "Conv", [x, self.constant(weight.astype(np.float32)), self.constant(np.full(outputs, bias, np.float32))],
            kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=[kernel // 2] * 4)
        return self.add("Mul", [y, self.add("Sigmoid", [y])]) if act else y

    def split(self, x, sizes, axis=1):
        return self.add("Split", [x, self.constant(np.array(sizes, np.int64))], len(sizes), axis=axis)

    def c2f(self, x, inputs, outputs, repeats, shortcut):
        half = outputs // 2
        parts = self.split(self.conv(x, inputs, outputs, 1), [half, half])
        for _ in range(repeats):
            y = self.conv(self.conv(parts[-1], half, half), half, half)
            parts.append(self.add("Add", [parts[-1], y]) if shortcut else y)
        return self.conv(self.add("Concat", parts, axis=1), (2 + repeats) * half, outputs, 1)

    def upsampled(self, x):
        scales = self.constant(np.array([1, 1, 2, 2], np.float32))
        return self.add("Resize", [x, "", scales], mode="nearest", coordinate_transformation_mode="asymmetric",
                        nearest_mode="floor")

    def joined(self, *parts):
        return self.add("Concat", list(parts), axis=1)

    def flat(self, x, channels):
        return self.add("Reshape", [x, self.constant(np.array([1, channels, -1], np.int64))])


def pyramid(g):
    x = g.conv(g.conv("images", 3, 16, stride=2), 16, 32, stride=2)
    x = g.conv(g.c2f(x, 32, 32, 1, True), 32, 64, stride=2)
    p3 = g.c2f(x, 64, 64, 2, True)
    p4 = g.c2f(g.conv(p3, 64, 128, stride=2), 128, 128, 2, True)
    x = g.c2f(g.conv(p4, 128, 256, stride=2), 256, 256, 1, True)
    pools = [g.conv(x, 256, 128, 1)]
    for _ in range(3):
        pools.append(g.add("MaxPool", [pools[-1]], kernel_shape=[5, 5], strides=[1, 1], pads=[2] * 4))
    p5 = g.conv(g.joined(*pools), 512, 256, 1)
    n4 = g.c2f(g.joined(g.upsampled(p5), p4), 384, 128, 1, False)
    n3 = g.c2f(g.joined(g.upsampled(n4), p3), 192, 64, 1, False)
    n4 = g.c2f(g.joined(g.conv(n3, 64, 64, stride=2), n4), 192, 128, 1, False)
    n5 = g.c2f(g.joined(g.conv(n4, 128, 128, stride=2), p5), 384, 256, 1, False)
    return [(n3, 64, 8), (n4, 128, 16), (n5, 256, 32)]


def branch(g, x, inputs, middle, outputs, bias=0.0):
    return g.flat(g.conv(g.conv(g.conv(x, inputs, middle), middle, middle), middle, outputs, 1, act=False, bias=bias), outputs)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("--finds", type=int, default=30, help="anchors that score 0.9; the others score near 0")
    options = parser.parse_args()
    g = Graph()
    levels = pyramid(g)
    boxes = g.add("Concat", [branch(g, x, c, 64, 4 * BINS) for x, c, _ in levels], axis=2)
    scores = g.add("Concat", [branch(g, x, c, 80, CLASSES) for x, c, _ in levels], axis=2)
    masks = g.add("Concat", [branch(g, x, c, 32, MASKS) for x, c, _ in levels], axis=2)
    anchors, strides = [], []
    for _, _, s in levels:
        n = SIDE // s
        y, x = np.mgrid[0:n, 0:n] + 0.5
        anchors.append(np.stack([x.ravel(), y.ravel()]))
        strides.append(np.full(n * n, s))
    anchors, strides = np.concatenate(anchors, 1)[None], np.concatenate(strides)[None, None]
    total = anchors.shape[2]
    bins = g.add("Reshape", [boxes, g.constant(np.array([1, 4, BINS, total], np.int64))])
    bins = g.add("Softmax", [g.add("Transpose", [bins], perm=[0, 2, 1, 3])], axis=1)
    weight = np.arange(BINS, dtype=np.float32).reshape(1, BINS, 1, 1)
    sides = g.add("Conv", [bins, g.constant(weight)], kernel_shape=[1, 1])
    sides = g.add("Reshape", [sides, g.constant(np.array([1, 4, total], np.int64))])
    low, high = g.split(sides, [2, 2])
    place = g.constant(anchors.astype(np.float32))
    first, last = g.add("Sub", [place, low]), g.add("Add", [place, high])
    centre = g.add("Div", [g.add("Add", [first, last]), g.constant(np.float32(2))])
    found = g.joined(centre, g.add("Sub", [last, first]))
    found = g.add("Mul", [found, g.constant(strides.astype(np.float32))])
    # Random scores say nothing: chosen anchors of the coarsest and the middle level stand out instead.
    offset = np.full((1, CLASSES, total), -9, np.float32)
    for place in rng.choice(np.arange(6400, total), options.finds, replace=False):
        offset[0, rng.integers(CLASSES), place] = 2.2
    scores = g.add("Sigmoid", [g.add("Add", [g.add("Mul", [scores, g.constant(np.float32(0.01))]), g.constant(offset)])])
    g.add("Concat", [found, scores, masks], name="output0", axis=1)
    p3 = levels[0][0]
    x = g.conv(p3, 64, 64)
    kernel = rng.normal(0, 0.06, (64, 64, 2, 2)).astype(np.float32)
    x = g.add("ConvTranspose", [x, g.constant(kernel), g.constant(np.zeros(64, np.float32))], kernel_shape=[2, 2],
              strides=[2, 2])
    x = g.conv(g.conv(x, 64, 64), 64, MASKS, 1)
    g.add("Identity", [x], name="output1")
    info = lambda name, shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
    graph = helper.make_graph(
        g.nodes, "v8n-segment", [info("images", [1, 3, SIDE, SIDE])],
        [info("output0", [1, 4 + CLASSES + MASKS, total]), info("output1", [1, MASKS, SIDE // 4, SIDE // 4])], g.constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    names = {index: f"class {index}" for index in range(CLASSES)}
    helper.set_model_props(model, {"task": "segment", "names": str(names), "stride": "32", "imgsz": f"[{SIDE}, {SIDE}]"})
    onnx.checker.check_model(model)
    onnx.save(model, options.file)


main()
