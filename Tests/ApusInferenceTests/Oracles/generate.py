"""Writes small models of every output format, their sidecars and what onnxruntime with NumPy makes of picture.png.

numpy==2.4.6 onnx==1.17.0 onnxruntime==1.32.0 opencv-python-headless==5.0.0.93 pillow==12.0.0
Run in this folder: python generate.py
"""

import textwrap

import cv2
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

import decoding as d

WIDTH, HEIGHT = 64, 32
CELLS = 42  # of strides 8, 16, 32
rng = np.random.default_rng(7)
cases = {}


def picture():
    """A smooth picture of 97×61 pixels that differs in every quarter."""
    y, x = np.mgrid[0:61, 0:97].astype(np.float64)
    b = 128 + 90 * np.sin(x / 13) * np.cos(y / 9)
    g = 60 + 150 * (x / 97) * (1 - y / 61)
    r = 200 - 2.4 * y + 30 * np.sin((x + y) / 7)
    return np.clip(np.stack([b, g, r], -1), 0, 255).astype(np.uint8)


class Network:
    """Outputs that are linear in eight means of the input: every pixel and every channel counts."""

    def __init__(self, name, shape=(1, 3, HEIGHT, WIDTH), dtype=TensorProto.FLOAT, channels_last=False, spread=1.0):
        self.name, self.nodes, self.constants, self.outputs = name, [], [], []
        self.inputs = [helper.make_tensor_value_info("images", dtype, shape)]
        self.spread = spread
        last = "images"
        if dtype != TensorProto.FLOAT:
            last = self.add("Cast", [last], to=TensorProto.FLOAT)
        if channels_last:
            last = self.add("Transpose", [last], perm=[0, 3, 1, 2])
        c, h, w = (shape[3], shape[1], shape[2]) if channels_last else shape[1:]
        pooled = self.add("AveragePool", [last], kernel_shape=[h // 2, w // 2], strides=[h // 2, w // 2])
        self.features = self.add("Flatten", [pooled])
        self.width = 4 * c

    def add(self, kind, inputs, output=None, **attributes):
        output = output or f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def constant(self, array):
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def table(self, base):
        """base + features · weights, in the shape of base."""
        base = np.asarray(base, np.float32)
        # Of low rank, so that the files stay small.
        left = self.constant(rng.normal(0, self.spread / self.width, (self.width, 2)).astype(np.float32))
        right = self.constant(rng.normal(0, 1, (2, base.size)).astype(np.float16).astype(np.float32))
        product = self.add("MatMul", [self.add("MatMul", [self.features, left]), right])
        shaped = self.add("Reshape", [product, self.constant(np.array(base.shape, np.int64))])
        return self.add("Add", [shaped, self.constant(base)])

    def output(self, value, name, shape, dtype=TensorProto.FLOAT):
        self.add("Identity", [value], name)
        self.outputs.append(helper.make_tensor_value_info(name, dtype, shape))

    def save(self, metadata=None):
        graph = helper.make_graph(self.nodes, self.name, self.inputs, self.outputs, self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        helper.set_model_props(model, metadata or {})
        onnx.checker.check_model(model)
        onnx.save(model, f"models/{self.name}.onnx")
        return onnxruntime.InferenceSession(f"models/{self.name}.onnx")


def run(session, **inputs):
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(None, inputs)))


def case(name, sidecar, result):
    if sidecar:
        with open(f"sidecars/{name}.yaml", "w") as file:
            file.write(textwrap.dedent(sidecar).lstrip())
    cases[name] = result


def boxes_around(count, w=WIDTH, h=HEIGHT):
    """Centre boxes that overlap here and there."""
    c = rng.uniform([4, 4], [w - 4, h - 4], (count, 2))
    return np.concatenate([c, rng.uniform(6, 24, (count, 2))], 1)


image = picture()


def v8():
    net = Network("v8")
    base = np.concatenate([boxes_around(CELLS), rng.uniform(0, 0.9, (CELLS, 3))], 1).T[None]
    net.output(net.table(base), "output0", [1, 7, CELLS])
    names = {"names": "{0: 'cat', 1: \"o'dog\", 2: 'h\\xe9n'}", "task": "detect", "stride": "32", "imgsz": "[32, 64]"}
    out = run(net.save(names), images=(f := d.letterbox(image, WIDTH, HEIGHT)).tensor())["output0"][0]
    result = d.detections(f, d.corners(out[:4].T), out[4:].T)
    case("v8", """
        preprocess: {fit: letterbox}
        decode: {format: v8}
        labels: [cat, dog, hen]
        """, result)


def v5():
    net = Network("v5")
    base = np.concatenate([boxes_around(126), rng.uniform(0.2, 1, (126, 4))], 1)[None]
    net.output(net.table(base), "output", [1, 126, 8])
    out = run(net.save(), images=(f := d.letterbox(image, WIDTH, HEIGHT)).tensor())["output"][0]
    result = d.detections(f, d.corners(out), out[:, 4:5] * out[:, 5:], threshold=0.45)
    case("v5", """
        decode: {format: v8, objectness: true}
        thresholds: {iou: 0.45}
        labels: [a, b, c]
        """, result)


def pose():
    net = Network("pose")
    points = np.concatenate([boxes_around(CELLS)[:, :2], rng.uniform(0, 1, (CELLS, 1))] * 2, 1)
    base = np.concatenate([boxes_around(CELLS), rng.uniform(0, 0.9, (CELLS, 1)), points], 1).T[None]
    net.output(net.table(base), "output0", [1, 11, CELLS])
    names = {"names": "{0: 'person'}", "task": "pose", "kpt_shape": "[2, 3]", "stride": "32"}
    out = run(net.save(names), images=(f := d.letterbox(image, WIDTH, HEIGHT)).tensor())["output0"][0]
    result = d.detections(f, d.corners(out[:4].T), out[4:5].T, out[5:].T.reshape(CELLS, 2, 3))
    case("pose", """
        decode: {format: v8, keypoints: 2, keypointNumbers: 3}
        labels: [person]
        """, result)


def yolox():
    net = Network("yolox", spread=0.004)
    base = np.concatenate(
        [rng.uniform(0, 1, (CELLS, 2)), rng.uniform(-0.3, 0.9, (CELLS, 2)), rng.uniform(0.3, 1, (CELLS, 4))], 1)[None]
    net.output(net.table(base), "output", [1, CELLS, 8])
    f = d.letterbox(image, WIDTH, HEIGHT, corner=True)
    out = run(net.save(), images=f.tensor(scale=1, bgr=True))["output"][0]
    result = d.detections(f, *d.yolox(out, WIDTH, HEIGHT), confidence=0.3, threshold=0.45)
    case("yolox", """
        preprocess: {fit: letterbox-top-left, channels: BGR, scale: 1}
        decode: {format: yolox}
        thresholds: {confidence: 0.3, iou: 0.45}
        """, result)


def nanodet():
    net = Network("nanodet")
    base = np.concatenate([rng.uniform(0, 0.8, (CELLS, 2)), rng.normal(0, 1, (CELLS, 16))], 1)[None]
    net.output(net.table(base), "output", [1, CELLS, 18])
    f = d.stretch(image, WIDTH, HEIGHT)
    x = f.tensor(1, (103.53, 116.28, 123.675), (57.375, 57.12, 58.395), bgr=True)
    out = run(net.save(), images=x)["output"][0]
    result = d.detections(f, *d.nanodet(out, WIDTH, HEIGHT, (8, 16, 32), 4), threshold=0.6)
    case("nanodet", """
        preprocess:
          fit: stretch
          channels: BGR
          scale: 1
          mean: [103.53, 116.28, 123.675]
          std: [57.375, 57.12, 58.395]
        decode: {format: nanodet, strides: [8, 16, 32], bins: 4}
        thresholds: {iou: 0.6}
        """, result)


def ultraface():
    net = Network("ultraface", spread=0.1)
    box = boxes_around(20) / [WIDTH, HEIGHT, WIDTH, HEIGHT]
    net.output(net.add("Softmax", [net.table(rng.normal(0, 1, (1, 20, 2)))], axis=2), "scores", [1, 20, 2])
    net.output(net.table(d.corners(box)[None]), "boxes", [1, 20, 4])
    f = d.stretch(image, WIDTH, HEIGHT)
    out = run(net.save(), images=f.tensor(1, [127] * 3, [128] * 3))
    result = d.detections(
        f, out["boxes"][0] * [WIDTH, HEIGHT, WIDTH, HEIGHT], out["scores"][0][:, 1:], confidence=0.6, threshold=0.5)
    case("ultraface", """
        preprocess: {fit: stretch, scale: 1, mean: 127, std: 128}
        decode: {format: ssd, boxes: boxes, scores: scores}
        thresholds: {confidence: 0.6, iou: 0.5}
        labels: [face]
        """, result)


def retinaface():
    strides, sizes = (8, 16), [[10, 16], [24, 30]]
    prior = d.priors(WIDTH, HEIGHT, strides, sizes)
    n = len(prior)
    net = Network("retinaface", spread=0.02)
    net.output(net.table(rng.normal(0, 1.5, (1, n, 4))), "loc", [1, n, 4])
    net.output(net.table(rng.normal(0, 1.5, (1, n, 2))), "conf", [1, n, 2])
    net.output(net.table(rng.normal(0, 1, (1, n, 4))), "landms", [1, n, 4])
    f = d.letterbox(image, WIDTH, HEIGHT, pad=0, corner=True)
    out = run(net.save(), images=f.tensor(1, (104, 117, 123), bgr=True))
    boxes, points = d.retina(out["loc"][0], out["landms"][0], prior, WIDTH, HEIGHT)
    result = d.detections(f, boxes, d.softmax(out["conf"][0])[:, 1:], points, confidence=0.7, threshold=0.4)
    case("retinaface", """
        preprocess: {fit: letterbox-top-left, padding: 0, channels: BGR, scale: 1, mean: [104, 117, 123]}
        decode:
          format: ssd
          boxes: loc
          scores: conf
          landmarks: landms
          activation: softmax
          priors: {strides: [8, 16], sizes: [[10, 16], [24, 30]], variances: [0.1, 0.2]}
        thresholds: {confidence: 0.7, iou: 0.4}
        labels: [face]
        """, result)


def yunet():
    net = Network("yunet", spread=0.002)
    for s in (8, 16, 32):
        n = (WIDTH // s) * (HEIGHT // s)
        for name, base in (
            ("cls", rng.uniform(0.2, 1, (1, n, 1))), ("obj", rng.uniform(0.2, 1.1, (1, n, 1))),
            ("bbox", rng.uniform(-0.5, 1, (1, n, 4))), ("kps", rng.uniform(-1, 1, (1, n, 10)))):
            net.output(net.table(base), f"{name}_{s}", list(base.shape))
    f = d.letterbox(image, WIDTH, HEIGHT, pad=0, corner=True)
    out = run(net.save(), images=f.tensor(scale=1, bgr=True))
    result = d.detections(f, *d.yunet(out, WIDTH, HEIGHT), confidence=0.6, threshold=0.3)
    case("yunet", """
        preprocess: {fit: letterbox-top-left, padding: 0, channels: BGR, scale: 1}
        decode: {format: yunet}
        thresholds: {confidence: 0.6, iou: 0.3}
        labels: [face]
        """, result)


def detr():
    for name, activation, mean, std in (
        ("detr", "softmax", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)), ("rtdetr", "sigmoid", (0, 0, 0), (1, 1, 1))):
        net = Network(name)
        queries = 10 if activation == "softmax" else 120
        box = boxes_around(queries) / [WIDTH, HEIGHT, WIDTH, HEIGHT]
        logits = rng.normal(0 if activation == "softmax" else -3, 2, (1, queries, 4))
        net.output(net.table(logits), "logits", list(logits.shape))
        net.output(net.table(box[None]), "pred_boxes", [1, queries, 4])
        f = d.stretch(image, WIDTH, HEIGHT)
        out = run(net.save(), images=f.tensor(mean=mean, std=std))
        scores = d.softmax(out["logits"][0])[:, :-1] if activation == "softmax" else d.sigmoid(out["logits"][0])
        boxes = d.corners(out["pred_boxes"][0]) * [WIDTH, HEIGHT, WIDTH, HEIGHT]
        result = d.detections(f, boxes, scores, suppress=False, multi=activation == "sigmoid")
        case(name, f"""
            preprocess: {{fit: stretch, mean: {list(mean)}, std: {list(std)}}}
            decode: {{format: detr, activation: {activation}}}
            """, result)


def rows():
    net = Network("rows")
    n = 30
    base = np.concatenate(
        [d.corners(boxes_around(n)), rng.uniform(0, 1, (n, 1)), np.zeros((n, 1))], 1).astype(np.float32)[None]
    labels = rng.integers(0, 5, (1, n, 1)).astype(np.float32)
    # Labels stay whole.
    left = net.add("Slice", [net.table(base), *(net.constant(np.array([v], np.int64)) for v in (0, 5, 2))])
    net.output(net.add("Concat", [left, net.constant(labels)], axis=2), "output0", [1, n, 6])
    out = run(net.save(), images=(f := d.letterbox(image, WIDTH, HEIGHT)).tensor())["output0"][0]
    scores = np.zeros((n, 5))
    scores[np.arange(n), out[:, 5].astype(int)] = out[:, 4]
    case("rows", "decode: {format: detections}\n", d.detections(f, out[:, :4], scores, suppress=False))


def tensorflow():
    net = Network("tensorflow", (1, HEIGHT, WIDTH, 3), TensorProto.UINT8, channels_last=True, spread=0.0005)
    n = 12
    corners = d.corners(boxes_around(n) / [WIDTH, HEIGHT, WIDTH, HEIGHT])[:, [1, 0, 3, 2]]
    net.output(net.table(corners[None]), "detection_boxes", [1, n, 4])
    net.output(net.table(rng.uniform(0, 1, (1, n))), "detection_scores", [1, n])
    labels = rng.integers(1, 4, (1, n)).astype(np.float32)
    net.output(net.constant(labels), "detection_classes", [1, n])
    net.output(net.constant(np.array([9], np.float32)), "num_detections", [1])
    f = d.stretch(image, WIDTH, HEIGHT)
    out = run(net.save(), images=np.ascontiguousarray(f.pixels[None, :, :, ::-1]))
    boxes = out["detection_boxes"][0, :9][:, [1, 0, 3, 2]] * [WIDTH, HEIGHT, WIDTH, HEIGHT]
    scores = np.zeros((9, 3))
    scores[np.arange(9), labels[0, :9].astype(int) - 1] = out["detection_scores"][0, :9]
    case("tensorflow", """
        preprocess: {fit: stretch}
        decode:
          format: detections
          boxes: detection_boxes
          scores: detection_scores
          labels: detection_classes
          count: num_detections
          form: yxyx
          coordinates: normalized
          firstLabel: 1
        """, d.detections(f, boxes, scores, suppress=False))


def sizes():
    """RT-DETR with its decoder: boxes in pixels of the image, whose size is an input."""
    net = Network("sizes")
    n = 15
    net.inputs.append(helper.make_tensor_value_info("orig_target_sizes", TensorProto.INT64, [1, 2]))
    size = net.add("Cast", ["orig_target_sizes"], to=TensorProto.FLOAT)
    factors = net.add("Concat", [size, size], axis=1)
    box = d.corners(boxes_around(n) / [WIDTH, HEIGHT, WIDTH, HEIGHT])
    net.output(net.constant(rng.integers(0, 3, (1, n))), "labels", [1, n], TensorProto.INT64)
    net.output(net.add("Mul", [net.table(box[None]), factors]), "boxes", [1, n, 4])
    net.output(net.table(rng.uniform(0, 1, (1, n))), "scores", [1, n])
    f = d.stretch(image, WIDTH, HEIGHT)
    out = run(net.save(), images=f.tensor(), orig_target_sizes=np.array([[97, 61]], np.int64))
    scores = np.zeros((n, 3))
    scores[np.arange(n), out["labels"][0]] = out["scores"][0]
    boxes = out["boxes"][0] * np.tile([WIDTH / 97, HEIGHT / 61], 2)
    case("sizes", """
        preprocess:
          fit: stretch
          sizes: {orig_target_sizes: [image-width, image-height]}
        decode: {format: detections, boxes: boxes, scores: scores, labels: labels, coordinates: image}
        """, d.detections(f, boxes, scores, suppress=False))


def selected():
    """YOLOv3 as in the ONNX model zoo."""
    net = Network("selected", spread=0.1)
    net.inputs.append(helper.make_tensor_value_info("image_shape", TensorProto.FLOAT, [1, 2]))
    n = 25
    factors = net.add("Concat", ["image_shape", "image_shape"], axis=1)
    corners = d.corners(boxes_around(n) / [WIDTH, HEIGHT, WIDTH, HEIGHT])[:, [1, 0, 3, 2]]
    boxes = net.add("Mul", [net.table(corners[None]), factors])
    scores = net.table(rng.uniform(0, 1, (1, 3, n)))
    limits = [net.constant(np.array([v], t)) for v, t in ((20, np.int64), (0.5, np.float32), (0.4, np.float32))]
    net.output(boxes, "boxes", [1, n, 4])
    net.output(scores, "scores", [1, 3, n])
    net.output(net.add("NonMaxSuppression", [boxes, scores, *limits]), "indices", ["n", 3], TensorProto.INT64)
    f = d.letterbox(image, WIDTH, HEIGHT, pad=128)
    out = run(net.save(), images=f.tensor(), image_shape=np.array([[61, 97]], np.float32))
    result = []
    for _, label, anchor in out["indices"]:
        y0, x0, y1, x1 = (float(v) for v in out["boxes"][0, anchor])
        x0, x1, y0, y1 = max(x0, 0), min(x1, 97), max(y0, 0), min(y1, 61)
        score = float(out["scores"][0, label, anchor])
        result.append({"label": int(label), "score": score, "box": [x0, y0, x1 - x0, y1 - y0]})
    case("selected", """
        preprocess: {padding: 128, sizes: {image_shape: [image-height, image-width]}}
        decode: {format: selected, coordinates: image}
        """, sorted(result, key=lambda entry: -entry["score"]))


def classified(probabilities, top=5):
    order = np.argsort(-probabilities, kind="stable")[:top]
    return [{"label": int(c), "score": float(probabilities[c])} for c in order]


def classifiers():
    net = Network("classifier", (1, 3, 64, 64), spread=3)
    net.output(net.table(rng.normal(0, 1, (1, 10))), "logits", [1, 10])
    f = d.center_crop(image, 64, 73)
    out = run(net.save(), images=f.tensor(mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225)))["logits"][0]
    case("classifier", """
        preprocess:
          fit: center-crop
          resize: 73
          interpolation: antialiased
          scale: 1/255
          mean: [0.485, 0.456, 0.406]
          std: [0.229, 0.224, 0.225]
        decode: {format: classifier, activation: softmax}
        """, classified(d.softmax(out)))

    net = Network("half", (1, 28, 28, 1), TensorProto.FLOAT16, channels_last=True, spread=2)
    net.output(net.add("Sigmoid", [net.table(rng.normal(0, 1, (1, 4)))]), "probabilities", [1, 4])
    grey = cv2.cvtColor(cv2.resize(image, (28, 28)), cv2.COLOR_BGR2GRAY)
    x = ((grey.astype(np.float32) / 255 - 0.5) / 0.25).astype(np.float16)[None, :, :, None]
    out = run(net.save(), images=x)["probabilities"][0]
    case("half", """
        preprocess: {fit: stretch, channels: grey, mean: 0.5, std: 0.25}
        decode: {format: classifier, activation: none, top: 3}
        labels: [zero, one, two, three]
        """, classified(out, top=3))


if __name__ == "__main__":
    cv2.imwrite("picture.png", image)
    for make in (
        v8, v5, pose, yolox, nanodet, ultraface, retinaface, yunet, detr, rows, tensorflow, sizes, classifiers, selected):
        make()
    for name, result in cases.items():
        print(name, len(result), "results")
    d.save(cases, "results.json")
