"""Writes what albumentations does with fixed parameters: spatial.json and spatial.bin beside this file.

Needs: numpy==2.4.6 opencv-python-headless==4.11.0.86 albumentations==2.0.8
Run:   python make_spatial.py

Each case: the transform, its parameters, the draw where the parameters leave one, and what became of image, mask,
boxes and keypoints. Keypoints count from the first pixel's centre, as albumentations' do. Where albumentations moves a
point by other rules than its picture, the case says where the picture goes (`scaled`, `by_matrix`).
"""

import json
import pathlib

import albumentations as A
import cv2
import numpy as np

HERE = pathlib.Path(__file__).parent
HEIGHT, WIDTH = 34, 46
BOXES = [[4.0, 6.0, 20.0, 18.0], [20.0, 10.0, 44.0, 30.0]]
# Where albumentations makes whole pixels of boxes, it cuts 19.999998 to 19; after a remap it also leaves out the last.
CUT = ("CoarseDropout", "ConstrainedCoarseDropout", "Erasing", "XYMasking", "GridDropout", "RandomGridShuffle")
FIELDS = ("GridDistortion", "OpticalDistortion", "PiecewiseAffine", "ThinPlateSpline")
POINTS = [[10.0, 8.0], [30.5, 20.25], [41.0, 29.0]]


def picture():
    """Smooth waves, some noise, one sharp square."""
    rng = np.random.default_rng(11)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float64)
    waves = np.stack([np.sin(x / 5 + c) * np.cos(y / (4 + c)) for c in range(3)], axis=-1)
    rgb = 128 + 90 * waves + rng.integers(-8, 9, (HEIGHT, WIDTH, 3))
    rgb[12:20, 24:34] = (250, 20, 90)
    return np.clip(rgb, 0, 255).astype(np.uint8)


def mask():
    parts = np.zeros((HEIGHT, WIDTH), np.uint8)
    parts[5:19, 3:25] = 1
    parts[16:30, 22:42] = 2
    return parts


IMAGE, MASK = picture(), mask()
DATA = bytearray()


def stored(array):
    """Where the array's bytes are in the file, once however often they come up."""
    elements = np.ascontiguousarray(array).tobytes()
    start = DATA.find(elements)
    if start < 0:
        start = len(DATA)
        DATA.extend(elements)
    shape = list(array.shape) + [1] * (3 - array.ndim)
    return {"start": start, "height": shape[0], "width": shape[1], "channels": shape[2]}


def frame(x0, y0, x1, y1, width=None, height=None):
    size = {"width": x1 - x0, "height": y1 - y0}
    return {"x": x0, "y": y0, "size": size, "output": {"width": width or size["width"], "height": height or size["height"]}}


def case(name, parameters, draw=None, forced=None, scaled=None, by_matrix=False, boxes=True, points=True, extra=None):
    transform = getattr(A, name)(**{k: tuple(v) if isinstance(v, list) else v for k, v in parameters.items()}, p=1)
    if forced is not None:
        fixed = {k: v for k, v in forced.items()}
        transform.get_params_dependent_on_data = lambda params, data: fixed
        transform.get_params = lambda: fixed
    pipeline = A.Compose(
        [transform], bbox_params=A.BboxParams(format="pascal_voc", label_fields=["labels"]),
        keypoint_params=A.KeypointParams(format="xy", remove_invisible=False), save_applied_params=True)
    if not (boxes or points):
        pipeline = A.Compose([transform], save_applied_params=True)
    marks = {"bboxes": BOXES, "labels": [0, 1], "keypoints": POINTS} if boxes or points else {}
    result = pipeline(image=IMAGE, mask=MASK.copy(), **marks, **(extra or {}))
    keypoints = np.asarray(result.get("keypoints", []), dtype=float)
    if scaled is not None:
        keypoints = keypoints + (np.asarray(scaled) - 1) / 2
    moved = np.asarray(result.get("bboxes", []), dtype=float)
    if by_matrix:
        applied = result["applied_transforms"][0][1]
        moved = boxes_by(np.asarray(applied["matrix"]), applied, result["image"].shape)
    entry = {"name": name, "parameters": json.dumps(parameters), "image": stored(result["image"]), "mask": stored(result["mask"])}
    if draw is not None:
        entry["draw"] = json.dumps(draw)
    if boxes:
        entry["boxes"] = moved.tolist()
    if points:
        entry["keypoints"] = keypoints.tolist()
    return entry


def boxes_by(matrix, applied, shape):
    """The boxes where the picture goes: by its own matrix, which counts from pixel centres."""
    scale = np.eye(3)
    if "max_width" in applied:
        scale = np.diag([WIDTH / applied["max_width"], HEIGHT / applied["max_height"], 1.0])
    result = []
    for x0, y0, x1, y1 in BOXES:
        corners = np.array([[x0, y0, 1], [x1, y0, 1], [x1, y1, 1], [x0, y1, 1]], dtype=float).T
        corners[:2] -= 0.5
        moved = scale @ matrix @ corners
        moved = moved[:2] / moved[2] + 0.5
        low, high = moved.min(axis=1).clip(0, [shape[1], shape[0]]), moved.max(axis=1).clip(0, [shape[1], shape[0]])
        result.append([low[0], low[1], high[0], high[1]])
    return np.asarray(result)


def flips():
    yield case("HorizontalFlip", {})
    yield case("VerticalFlip", {})
    yield case("Transpose", {})
    for factor, element in enumerate(["e", "r90", "r180", "r270"]):
        yield case("RandomRotate90", {}, draw=element, forced={"factor": factor})
    for element in ["v", "hvt", "h", "t"]:
        yield case("D4", {}, draw=element, forced={"group_element": element})


def sizes():
    half = (23 / WIDTH, 20 / HEIGHT)
    for interpolation in [cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_AREA, cv2.INTER_NEAREST]:
        yield case("Resize", {"height": 20, "width": 23, "interpolation": interpolation}, scaled=half)
    yield case("Resize", {"height": 51, "width": 61}, scaled=(61 / WIDTH, 51 / HEIGHT))
    # Points follow the size that the picture really gets, not the scale before rounding.
    yield case("LongestMaxSize", {"max_size": 32}, points=False)
    yield case("SmallestMaxSize", {"max_size": 40}, points=False)
    yield case("RandomScale", {"scale_limit": [-0.25, -0.25]}, points=False)
    yield case("Pad", {"padding": [3, 5, 7, 2], "fill": [9, 80, 200], "fill_mask": 5})
    yield case("PadIfNeeded", {"min_height": 45, "min_width": 60, "fill": 77})
    yield case("PadIfNeeded", {
        "min_height": None, "min_width": None, "pad_height_divisor": 16, "pad_width_divisor": 32,
        "position": "bottom_right"})
    for border in [1, 2, 3, 4]:
        yield case("Pad", {"padding": 9, "border_mode": border}, boxes=border in (1, 3), points=border in (1, 3))


def crops():
    yield case("Crop", {"x_min": 5, "y_min": 7, "x_max": 40, "y_max": 31})
    yield case("Crop", {"x_min": 5, "y_min": 7, "x_max": 52, "y_max": 38, "pad_if_needed": True, "fill": 30,
                        "pad_position": "top_left"})
    yield case("CenterCrop", {"height": 21, "width": 30})
    yield case("CenterCrop", {"height": 40, "width": 30, "pad_if_needed": True, "fill": 30})
    yield case("RandomCrop", {"height": 20, "width": 24}, draw=frame(9, 6, 33, 26),
               forced={"crop_coords": (9, 6, 33, 26), "pad_params": None})
    yield case("RandomResizedCrop", {"size": [24, 32]}, draw=frame(4, 3, 40, 30, 32, 24),
               forced={"crop_coords": (4, 3, 40, 30)}, scaled=(32 / 36, 24 / 27))
    yield case("CropAndPad", {"px": [-3, 4, 5, -6], "keep_size": False, "fill": 60})
    yield case("CropAndPad", {"px": [-3, 4, 5, -6]}, scaled=(46 / 44, 34 / 36))


def boxed_crops():
    """Crops that boxes decide: where they lie is drawn, what is kept is compared."""
    part = (3, 4, 45, 31)
    yield case("BBoxSafeRandomCrop", {}, draw=frame(*part), forced={"crop_coords": part})
    yield case("AtLeastOneBBoxRandomCrop", {"height": 20, "width": 24}, draw=frame(15, 9, 39, 29),
               forced={"crop_coords": (15, 9, 39, 29)})
    yield case("RandomCropNearBBox", {"max_part_shift": [0.1, 0.2]}, draw=frame(2, 5, 22, 19),
               forced={"crop_coords": (2, 5, 22, 19)}, extra={"cropping_bbox": BOXES[0]})
    for interpolation in [cv2.INTER_LINEAR, cv2.INTER_CUBIC]:
        yield case("RandomSizedBBoxSafeCrop", {"height": 30, "width": 25, "interpolation": interpolation},
                   draw=frame(*part, 25, 30), forced={"crop_coords": part}, scaled=(25 / 42, 30 / 27))


def planes():
    for degrees in [25.0, -70.0]:
        yield case("Rotate", {"limit": [degrees, degrees], "fill": 114})
    yield case("Rotate", {"limit": [20.0, 20.0], "crop_border": True})
    yield case("Rotate", {"limit": [15.0, 15.0], "rotate_method": "ellipse", "interpolation": cv2.INTER_CUBIC})
    yield case("SafeRotate", {"limit": [33.0, 33.0]}, by_matrix=True)
    yield case("Affine", {"scale": [0.8, 0.8], "rotate": [12.0, 12.0], "shear": {"x": [9.0, 9.0], "y": [-4.0, -4.0]},
                          "translate_px": {"x": [3, 3], "y": [-2, -2]}})
    for interpolation in [cv2.INTER_NEAREST, cv2.INTER_CUBIC]:
        yield case("Affine", {"scale": {"x": [1.2, 1.2], "y": [0.7, 0.7]}, "rotate": [-35.0, -35.0], "fill": 50,
                              "fill_mask": 9, "interpolation": interpolation})
    yield case("Affine", {"translate_percent": {"x": [0.25, 0.25], "y": [-0.1, -0.1]}, "border_mode": cv2.BORDER_REPLICATE})
    yield case("Affine", {"scale": [1.3, 1.3], "keep_ratio": True, "rotate": [50.0, 50.0], "rotate_method": "ellipse"})
    yield case("Affine", {"rotate": [30.0, 30.0], "fit_output": True}, boxes=False)
    yield case("Affine", {"rotate": [10.0, 10.0], "border_mode": cv2.BORDER_REFLECT_101}, boxes=False, points=False)
    yield case("ShiftScaleRotate", {
        "shift_limit_x": [0.1, 0.1], "shift_limit_y": [-0.05, -0.05], "scale_limit": [0.15, 0.15],
        "rotate_limit": [-20.0, -20.0]})


def holes():
    rectangles = [[3, 4, 15, 12], [18, 8, 30, 31], [40, 0, 46, 9]]
    draw = {"holes": [{"left": a, "top": b, "width": c - a, "height": d - b} for a, b, c, d in rectangles], "seed": 1}
    forced = {"holes": np.array(rectangles), "seed": 1}
    yield case("CoarseDropout", {"fill": [10, 200, 30], "fill_mask": 7}, draw=draw, forced=forced)
    yield case("XYMasking", {"fill": 99.0}, draw=draw, forced=forced)
    yield case("GridDropout", {}, draw=draw, forced=forced)
    yield case("Erasing", {"fill": [10, 200, 30]}, draw=draw, forced=forced)
    yield case("ConstrainedCoarseDropout", {"fill": 77, "fill_mask": 3, "bbox_labels": [0]}, draw=draw, forced=forced)
    # The second of the mask's two parts.
    yield case("MaskDropout", {"fill": 44, "fill_mask": 6}, draw=[2], forced={"dropout_mask": MASK == 2},
               boxes=False, points=False)


def fields():
    # One number would fill the first channel alone there.
    look = {"fill": [40, 40, 40]}
    from albumentations.augmentations.geometric import functional as F
    shape = (HEIGHT, WIDTH)
    steps_x, steps_y = [1.2, 0.8, 1.1, 0.7, 1.3, 0.9], [0.9, 1.2, 0.75, 1.1, 1.0, 1.25]
    scaled = F.normalize_grid_distortion_steps(shape, 5, list(steps_x), list(steps_y))
    x, y = F.generate_grid(shape, scaled["steps_x"], scaled["steps_y"], 5)
    yield case("GridDistortion", look, forced={"map_x": x, "map_y": y}, points=False,
               draw={"x": scaled["steps_x"].tolist(), "y": scaled["steps_y"].tolist()})
    for mode in ["camera", "fisheye"]:
        yield case("OpticalDistortion", look | {"distort_limit": [-0.4, -0.4], "mode": mode}, points=False)

    class Fixed:
        """Hands out one list of numbers."""

        def __init__(self, numbers):
            self.numbers = numbers

        def normal(self, mean, deviation, shape):
            return self.numbers.reshape(shape)

    moves = np.random.default_rng(5).normal(0, 1.5, (4, 4, 2))
    x, y = F.create_piecewise_affine_maps(shape, (4, 4), 1, True, Fixed(moves))
    yield case("PiecewiseAffine", look, forced={"map_x": x, "map_y": y}, points=False,
               draw={"rows": 4, "columns": 4, "moves": [[float(m[1]), float(m[0])] for m in moves.reshape(-1, 2)]})

    moves = np.random.default_rng(6).normal(0, 0.03, (16, 2))
    points = F.generate_control_points(4)
    weights, affine = F.compute_tps_weights(points, points + moves)
    xs, ys = np.meshgrid(np.arange(WIDTH), np.arange(HEIGHT))
    places = np.stack([xs.flatten(), ys.flatten()], axis=1).astype(np.float32)
    mapped = F.tps_transform(places / [WIDTH, HEIGHT], points, weights, affine) * [WIDTH, HEIGHT]
    x, y = (mapped[:, i].reshape(shape).astype(np.float32) for i in (0, 1))
    yield case("ThinPlateSpline", look, forced={"map_x": x, "map_y": y}, points=False, draw=moves.tolist())


def deformed():
    edges_x, edges_y = [0, 15, 31, WIDTH], [0, 16, HEIGHT]
    moves = np.array([[[3, -2], [-4, 1]]])
    cells = []
    for row in range(2):
        for column in range(3):
            corners = [(column, row), (column + 1, row), (column + 1, row + 1), (column, row + 1)]
            quad = [np.array([edges_x[c], edges_y[r]]) + (moves[r - 1, c - 1] if 0 < c < 3 and 0 < r < 2 else 0)
                    for c, r in corners]
            cells.append([edges_x[column], edges_y[row], edges_x[column + 1], edges_y[row + 1], *np.concatenate(quad)])
    yield case("GridElasticDeform", {"num_grid_xy": [3, 2], "magnitude": 5}, boxes=False, points=False,
               draw={"x": edges_x, "y": edges_y, "moves": moves.reshape(-1, 2).tolist()},
               forced={"generated_mesh": np.array(cells, dtype=np.float32)})


def overlaid():
    """One in a box by its own mask, one anywhere: the test knows both pictures."""
    parts = [{"image": IMAGE[4:20, 10:30], "bbox": [0.25, 0.2, 0.8, 0.7], "mask": MASK[4:20, 10:30], "mask_id": 5},
             {"image": IMAGE[20:30, 5:15]}]
    transform = A.OverlayElements(p=1)

    class Places:
        def randint(self, low, high):
            return 7

    data = [transform.preprocess_metadata(part, IMAGE.shape, Places()) for part in parts]
    places = [{"left": 11, "top": 6, "width": 25, "height": 17}, {"left": 7, "top": 7, "width": 10, "height": 10}]
    yield case("OverlayElements", {}, draw=places, forced={"overlay_data": data}, boxes=False, points=False,
               extra={"overlay_metadata": parts})


def tiles():
    corners = [(0, 0, 17, 23), (0, 23, 17, 46), (17, 0, 34, 23), (17, 23, 34, 46)]
    order = [2, 0, 3, 1]
    draw = {"tiles": [{"left": b, "top": a, "width": d - b, "height": c - a} for a, b, c, d in corners], "order": order}
    yield case("RandomGridShuffle", {"grid": [2, 2]}, draw=draw, points=False,
               forced={"tiles": np.array(corners, dtype=np.int16), "mapping": order})
    for operation in ["dilation", "erosion"]:
        # albumentations changes boxes' masks along the wrong axes.
        yield case("Morphological", {"scale": [2, 3], "operation": operation}, boxes=False)


def perspective():
    points = np.array([[3, 2], [43.5, 4], [41, 31], [1, 29.5]], dtype=np.float32)
    from albumentations.augmentations.geometric import functional as F
    matrix, width, height = F.compute_perspective_params(points.copy(), (HEIGHT, WIDTH))
    scale = np.diag([WIDTH / width, HEIGHT / height, 1.0])
    shift = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    drawn = shift @ scale @ matrix @ np.linalg.inv(shift)
    yield case("Perspective", {}, by_matrix=True,
               draw={"map": drawn.flatten().tolist(), "outputSize": {"width": WIDTH, "height": HEIGHT}},
               forced={"matrix": matrix, "max_height": height, "max_width": width, "matrix_bbox": matrix})


def main():
    source = {"image": stored(IMAGE), "mask": stored(MASK), "boxes": BOXES, "keypoints": POINTS}
    cases = [entry for family in (
        flips, sizes, crops, boxed_crops, planes, perspective, holes, fields, deformed, overlaid, tiles) for entry in family()]
    for entry in cases:
        whole = 2.0 if entry["name"] in FIELDS else 1.0
        entry["boxesWithin"] = whole if entry["name"] in FIELDS + CUT else 1e-4
    (HERE / "spatial.bin").write_bytes(bytes(DATA))
    (HERE / "spatial.json").write_text(json.dumps({"source": source, "cases": cases}) + "\n")


main()
