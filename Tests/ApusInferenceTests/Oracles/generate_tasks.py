"""Writes small models of the tasks beyond boxes and classes (masks, points, boxes at an angle, a class for each pixel)
in the layouts that their users export, and what onnxruntime with NumPy makes of picture.png.

numpy==2.4.6 onnx==1.17.0 onnxruntime==1.32.0 opencv-python-headless==5.0.0.93 pillow==13.0.0 pycocotools==2.0.11
Run in this folder: python generate_tasks.py
"""

import cv2
import numpy as np
from PIL import Image
from pycocotools import mask as coco

import decoding as d
from generate import CELLS, HEIGHT, WIDTH, Network, boxes_around, image, rng, run

HIGH, WIDE = image.shape[:2]
cases = {}


def taps(pixels, scale, start, cells, side):
    """Cells and weights for pixel centres at half integers; the outermost cells hold beyond their centres."""
    place = ((np.arange(pixels) + 0.5) * scale + start) * cells / side - 0.5
    place = np.clip(place, 0, cells - 1)
    low = np.floor(place).astype(int)
    return low, np.minimum(low + 1, cells - 1), place - low


def upsampled(plane, fitted):
    """A plane over the whole input, bilinear at every pixel of the image."""
    rows, columns = plane.shape
    x0, x1, fx = taps(WIDE, fitted.sx, fitted.left, columns, fitted.pixels.shape[1])
    y0, y1, fy = taps(HIGH, fitted.sy, fitted.top, rows, fitted.pixels.shape[0])
    across = plane[:, x0] * (1 - fx) + plane[:, x1] * fx
    return across[y0] * (1 - fy[:, None]) + across[y1] * fy[:, None]


def segments(fitted, boxes, scores, coefficients, planes, **options):
    result = []
    for score, label, n in d.survivors(boxes, scores, **options):
        x0, y0, x1, y1 = fitted.boxes(boxes[n])[0]
        if x1 <= x0 or y1 <= y0:
            continue
        values = upsampled(np.tensordot(coefficients[n].astype(np.float64), planes.astype(np.float64), 1), fitted)
        x, y = np.arange(WIDE) + 0.5, np.arange(HIGH)[:, None] + 0.5
        inside = (x >= x0) & (x < x1) & (y >= y0) & (y < y1)
        bits = (values > 0) & inside
        rle = coco.encode(np.asfortranarray(bits.astype(np.uint8)))
        result.append({
            "label": label, "score": score, "box": [x0, y0, x1 - x0, y1 - y0], "area": int(bits.sum()),
            "rle": rle["counts"].decode(), "unsure": int(((np.abs(values) < 1e-4) & inside).sum())})
    return result


def metadata(task, names, **more):
    return {"names": str(dict(enumerate(names))), "task": task, "stride": "32", **more}


def segment():
    net, masks = Network("segment"), 8
    base = np.concatenate(
        [boxes_around(CELLS), rng.uniform(0, 0.9, (CELLS, 2)), rng.normal(0, 1, (CELLS, masks))], 1).T[None]
    net.output(net.table(base), "output0", list(base.shape))
    net.output(net.table(rng.normal(0, 1, (1, masks, 8, 16))), "output1", [1, masks, 8, 16])
    f = d.letterbox(image, WIDTH, HEIGHT)
    out = run(net.save(metadata("segment", ["cell", "nucleus"])), images=f.tensor())
    rows = out["output0"][0].T
    cases["segment"] = segments(f, d.corners(rows), rows[:, 4:6], rows[:, 6:], out["output1"][0])


def segment_rows():
    """Finished rows and prototypes of half the input's size."""
    net, masks, n = Network("segment-rows"), 4, 20
    base = np.concatenate([d.corners(boxes_around(n)), rng.uniform(0, 1, (n, 1))], 1)[None]
    labels = rng.integers(0, 2, (1, n, 1)).astype(np.float32)
    head = net.table(base)
    tail = net.table(rng.normal(0, 1, (1, n, masks)))
    net.output(net.add("Concat", [head, net.constant(labels), tail], axis=2), "output0", [1, n, 6 + masks])
    net.output(net.table(rng.normal(0, 1, (1, masks, 16, 32))), "output1", [1, masks, 16, 32])
    f = d.letterbox(image, WIDTH, HEIGHT)
    out = run(net.save(metadata("segment", ["cell", "nucleus"])), images=f.tensor())
    rows = out["output0"][0]
    scores = np.zeros((n, 2))
    scores[np.arange(n), rows[:, 5].astype(int)] = rows[:, 4]
    cases["segment-rows"] = segments(f, rows[:, :4], scores, rows[:, 6:], out["output1"][0], suppress=False)


def poses(fitted, kept, boxes, points):
    result = []
    for score, label, n in kept:
        x0, y0, x1, y1 = fitted.boxes(boxes[n])[0]
        if x1 <= x0 or y1 <= y0:
            continue
        xy = fitted.points(points[n][:, :2])
        flat = [float(v) for (x, y), s in zip(xy, points[n][:, 2]) for v in (x, y, s)]
        result.append({"label": label, "score": score, "box": [x0, y0, x1 - x0, y1 - y0], "points": flat})
    return result


def pose_rows():
    net, n, k = Network("pose-rows"), 12, 3
    base = np.concatenate([d.corners(boxes_around(n)), rng.uniform(0, 1, (n, 1))], 1)[None]
    points = np.concatenate([rng.uniform(-4, 60, (n, k, 2)), rng.uniform(0, 1, (n, k, 1))], 2).reshape(1, n, 3 * k)
    zeros = net.constant(np.zeros((1, n, 1), np.float32))
    net.output(net.add("Concat", [net.table(base), zeros, net.table(points)], axis=2), "output0", [1, n, 6 + 3 * k])
    f = d.letterbox(image, WIDTH, HEIGHT)
    names = "{0: ['snout', 'tail', 'paw']}"
    model = net.save(metadata("pose", ["mouse"], kpt_shape=f"[{k}, 3]", kpt_names=names))
    rows = run(model, images=f.tensor())["output0"][0]
    kept = d.survivors(rows[:, :4], rows[:, 4:5], suppress=False)
    cases["pose-rows"] = poses(f, kept, rows[:, :4], rows[:, 6:].reshape(n, k, 3))


def exact(a, b):
    """By OpenCV's own clipping."""
    rect = lambda r: ((float(r[0]), float(r[1])), (float(r[2]), float(r[3])), float(np.degrees(r[4])))
    kind, polygon = cv2.rotatedRectangleIntersection(rect(a), rect(b))
    shared = 0.0 if kind == 0 or polygon is None else cv2.contourArea(cv2.convexHull(polygon))
    return shared / (a[2] * a[3] + b[2] * b[3] - shared)


def probabilistic(a, b):
    """1 − Hellinger distance of the normal distributions with the boxes' moments, by matrices."""
    def moments(r):
        c, s = np.cos(float(r[4])), np.sin(float(r[4]))
        turn = np.array([[c, -s], [s, c]])
        return turn @ np.diag([float(r[2]) ** 2 / 12, float(r[3]) ** 2 / 12]) @ turn.T

    p, q = moments(a), moments(b)
    mean, delta = (p + q) / 2, np.asarray(a[:2], float) - np.asarray(b[:2], float)
    far = delta @ np.linalg.inv(mean) @ delta / 8
    unlike = 0.5 * np.log(np.linalg.det(mean) / np.sqrt(np.linalg.det(p) * np.linalg.det(q)))
    return 1 - np.sqrt(1 - np.exp(-max(far + unlike, 0)))


def oriented():
    net = Network("obb")
    angles = rng.uniform(-np.pi / 4, 3 * np.pi / 4, (CELLS, 1))
    base = np.concatenate([boxes_around(CELLS), rng.uniform(0, 0.9, (CELLS, 2)), angles], 1).T[None]
    net.output(net.table(base), "output0", list(base.shape))
    f = d.letterbox(image, WIDTH, HEIGHT)
    rows = run(net.save(metadata("obb", ["ship", "plane"])), images=f.tensor())["output0"][0].T
    boxes = np.concatenate([rows[:, :4], rows[:, 6:]], 1)
    for name, overlap, threshold in (("obb", probabilistic, 0.5), ("obb-exact", exact, 0.3)):
        result = []
        for score, label, n in d.survivors(boxes, rows[:, 4:6], threshold=threshold, overlap=overlap):
            x, y = f.points(boxes[n][:2])
            w, h, angle = boxes[n][2] / f.sx, boxes[n][3] / f.sy, boxes[n][4]
            result.append({"label": label, "score": score, "obb": [float(v) for v in (x, y, w, h, angle)]})
        cases[name] = result
    pairs = []
    for _ in range(200):
        a = np.concatenate([rng.uniform(0, 30, 2), rng.uniform(1, 25, 2), rng.uniform(-3, 3, 1)])
        b = np.concatenate([a[:2] + rng.normal(0, 6, 2), rng.uniform(1, 25, 2), rng.uniform(-3, 3, 1)])
        pairs.append({"label": 0, "score": exact(a, b), "box": [*a], "points": [*b, probabilistic(a, b)]})
    cases["overlaps"] = pairs


def cropped(box, w, h, factor=1.25):
    """The window around a box in the input's shape, bilinear, black outside; and the window."""
    x, y, bw, bh = box
    across = max(bw, bh * w / h) * factor
    down = across * h / w
    left, top = x + bw / 2 - across / 2, y + bh / 2 - down / 2
    padded = np.zeros((HIGH + 2, WIDE + 2, 3))
    padded[1:-1, 1:-1] = image
    px = left + (np.arange(w) + 0.5) * across / w - 0.5
    py = top + (np.arange(h) + 0.5) * down / h - 0.5
    def read(yy, xx):
        return padded[np.clip(yy + 1, 0, HIGH + 1)[:, None], np.clip(xx + 1, 0, WIDE + 1)[None]]
    x0, y0 = np.floor(px).astype(int), np.floor(py).astype(int)
    fx, fy = (px - x0)[None, :, None], (py - y0)[:, None, None]
    upper = read(y0, x0) * (1 - fx) + read(y0, x0 + 1) * fx
    lower = read(y0 + 1, x0) * (1 - fx) + read(y0 + 1, x0 + 1) * fx
    pixels = np.floor(upper * (1 - fy) + lower * fy + 0.5).astype(np.uint8)
    return pixels, (left, top, across / w, down / h)


def simcc():
    w, h, k = 24, 32, 5
    net = Network("simcc", (1, 3, h, w), spread=0.2)
    for name, side in (("simcc_x", w), ("simcc_y", h)):
        peaks = rng.uniform(4, 2 * side - 4, (k, 1))
        base = 4 * np.exp(-((np.arange(2 * side) - peaks) ** 2) / 60)[None]
        net.output(net.table(base), name, [1, k, 2 * side])
    session = net.save()
    result = []
    for box in ([10, 5, 40, 50], [60.5, -8, 30, 45.25], [0, 0, WIDE, HIGH]):
        whole = box[2] == WIDE
        pixels, (left, top, sx, sy) = cropped(box, w, h, 1 if whole else 1.25)
        x = d.Fitted(pixels, image, 1, 1).tensor(mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225))
        out = run(session, images=x)
        columns, rows = out["simcc_x"][0], out["simcc_y"][0]
        points = []
        for c, r in zip(columns, rows):
            points += [left + c.argmax() / 2 * sx, top + r.argmax() / 2 * sy, min(c.max(), r.max())]
        result.append({"label": 0, "score": 1.0, "box": [float(v) for v in box], "points": [float(p) for p in points]})
    cases["simcc"] = result[:2]
    cases["simcc-whole"] = result[2:]


def semantic():
    net, classes = Network("semantic", spread=4), 4
    net.output(net.table(rng.normal(0, 1, (1, classes, 8, 16))), "out", [1, classes, 8, 16])
    net.output(net.table(rng.normal(0, 1, (1, classes, 8, 16))), "aux", [1, classes, 8, 16])
    f = d.stretch(image, WIDTH, HEIGHT)
    out = run(net.save(), images=f.tensor(mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225)))["out"][0]
    planes = np.stack([upsampled(plane.astype(np.float64), f) for plane in out])
    first, second = np.sort(planes, 0)[-1], np.sort(planes, 0)[-2]
    Image.fromarray(planes.argmax(0).astype(np.uint8)).save("semantic.png")
    cases["semantic"] = [{"label": 0, "score": 0.0, "unsure": int((first - second < 1e-4).sum())}]


def classified():
    net = Network("classify", (1, 3, 32, 32), spread=3)
    net.output(net.add("Softmax", [net.table(rng.normal(0, 1, (1, 6)))], axis=1), "output0", [1, 6])
    f = d.center_crop(image, 32, 32)
    session = net.save(metadata("classify", ["a", "b", "c", "d", "e", "f"], imgsz="[32, 32]"))
    out = run(session, images=f.tensor())["output0"][0]
    order = np.argsort(-out, kind="stable")[:3]
    cases["classify"] = [{"label": int(c), "score": float(out[c])} for c in order]


for make in (segment, segment_rows, pose_rows, oriented, simcc, semantic, classified):
    make()
for name, result in cases.items():
    print(name, len(result), "results")
d.save(cases, "tasks.json")
