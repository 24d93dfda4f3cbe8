"""One-operator models of spatial and image operators with the outputs that onnxruntime computes, for ImageGoldenTests.

Needs: onnx==1.17.0 onnxruntime==1.32.0 numpy==2.4.6.  Run: python make_image_goldens.py
Writes images/NAME.onnx: the model, with its inputs and expected outputs as further initializers, named "input:NAME"
and "expected:NAME", which no node reads. Shapes are drawn small, with borders, tails and empty margins.
"""

import pathlib

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper

FOLDER = pathlib.Path(__file__).parent / "images"
RNG = np.random.default_rng(20261122)
onnxruntime.set_default_logger_severity(4)


def floats(*shape, low=-2.0, high=2.0, dtype=np.float32):
    return RNG.uniform(low, high, shape).astype(dtype)


def ints(*values):
    return np.array(values, dtype=np.int64)


def number(low, high):
    return int(RNG.integers(low, high + 1))


def numbers(count, low, high):
    return [number(low, high) for _ in range(count)]


def value_info(name, array):
    return helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape)


def case(name, operator, inputs, outputs=1, opset=18, **attributes):
    """`inputs`: arrays, or None where one is left out; all are fed."""
    fed = {f"x{i}": np.asarray(a) for i, a in enumerate(inputs) if a is not None}
    names = [f"x{i}" if a is not None else "" for i, a in enumerate(inputs)]
    output_names = [f"y{i}" for i in range(outputs)]
    node = helper.make_node(operator, names, output_names, name=name, **attributes)
    results = [helper.make_empty_tensor_value_info(n) for n in output_names]
    graph = helper.make_graph([node], name, [value_info(n, a) for n, a in fed.items()], results)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    model = onnx.shape_inference.infer_shapes(model)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    expected = dict(zip(output_names, map(np.asarray, session.run(output_names, fed))))
    del model.graph.output[:]
    model.graph.output.extend([value_info(n, a) for n, a in expected.items()])
    for prefix, arrays in (("input:", fed), ("expected:", expected)):
        for n, a in arrays.items():
            model.graph.initializer.append(numpy_helper.from_array(np.ascontiguousarray(a).reshape(a.shape), prefix + n))
    onnx.save(model, FOLDER / f"{name}.onnx")


def convolutions():
    for i in range(14):
        axes, groups = (1, 3, 3, 2)[i % 4], (1, 2, 3)[i % 3]
        channels, out = groups * number(1, 3), groups * number(1, 4)
        kernel, strides, dilations = numbers(axes, 1, 3), numbers(axes, 1, 3), numbers(axes, 1, 2)
        extents = [number((k - 1) * d + 1, 7) for k, d in zip(kernel, dilations)]
        case(f"conv_{axes}d_{i}", "Conv",
             [floats(number(1, 2), channels, *extents), floats(out, channels // groups, *kernel), floats(out)],
             group=groups, strides=strides, dilations=dilations, pads=numbers(2 * axes, 0, 2))
    for i in range(14):
        axes, groups = (1, 3, 2, 3)[i % 4], (1, 2, 3)[i % 3]
        channels, out = groups * number(1, 3), number(1, 4)
        kernel, strides, dilations = numbers(axes, 1, 3), numbers(axes, 1, 3), numbers(axes, 1, 2)
        extents, room = numbers(axes, 2, 5), [number(0, s - 1) for s in strides]
        more = dict(pads=numbers(2 * axes, 0, 1))
        if i % 3 == 1:
            more = dict(auto_pad=("NOTSET", "SAME_UPPER")[i % 2],
                        output_shape=[s * (e - 1) + r + (k - 1) * d + 1 - number(0, 1)
                                      for s, e, r, k, d in zip(strides, extents, room, kernel, dilations)])
        case(f"conv_transpose_{axes}d_{i}", "ConvTranspose",
             [floats(number(1, 2), channels, *extents), floats(channels, out, *kernel), floats(out * groups)],
             group=groups, strides=strides, dilations=dilations, output_padding=room, **more)
    for i in range(6):
        groups, shared = (1, 2)[i % 2], (1, 2)[i // 2 % 2]
        kernel, pads = numbers(2, 1, 3), numbers(4, 0, 2)
        h, w = numbers(2, 4, 6)
        oh, ow = h + pads[0] + pads[2] - kernel[0] + 1, w + pads[1] + pads[3] - kernel[1] + 1
        taps = shared * kernel[0] * kernel[1]
        mask = [floats(1, taps, oh, ow)] if i % 3 else []
        case(f"deform_conv_{i}", "DeformConv",
             [floats(1, 4, h, w), floats(2 * groups, 4 // groups, *kernel), floats(1, 2 * taps, oh, ow), floats(2 * groups), *mask],
             opset=19, group=groups, offset_group=shared, pads=pads)
    for i in range(4):
        block, image, strides, pads = numbers(2, 1, 3), numbers(2, 3, 6), numbers(2, 1, 2), numbers(4, 0, 1)
        places = np.prod([(image[a] + pads[a] + pads[a + 2] - block[a]) // strides[a] + 1 for a in (0, 1)])
        case(f"col2im_{i}", "Col2Im", [floats(2, 2 * block[0] * block[1], places), ints(*image), ints(*block)],
             strides=strides, pads=pads)


def poolings():
    for i in range(24):
        operator, axes = ("MaxPool", "AveragePool", "LpPool")[i % 3], (3, 1, 2)[i // 3 % 3]
        kernel, strides, dilations = numbers(axes, 2, 3), numbers(axes, 1, 3), numbers(axes, 1, 2)
        extents = [number((k - 1) * d + 1, 7) for k, d in zip(kernel, dilations)]
        options = dict(kernel_shape=kernel, strides=strides, pads=numbers(2 * axes, 0, 1), ceil_mode=i % 2)
        x = floats(2, 2, *extents, low=-100, high=100)
        if operator == "MaxPool":
            options |= dict(dilations=dilations, storage_order=i // 2 % 2)
            x = x.astype((np.float32, np.int8, np.float64, np.float32)[i // 3 % 4])
        elif operator == "AveragePool":
            options |= dict(count_include_pad=i // 2 % 2)
        else:
            options |= dict(dilations=dilations, p=1 + i // 3 % 3)
        case(f"pool_{operator.lower()}_{axes}d_{i}", operator, [x], outputs=1 + (operator == "MaxPool" and i % 2), **options)
    for axes in (1, 2, 3):
        x = floats(2, 3, *numbers(axes, 1, 4))
        for operator in ("GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool"):
            case(f"{operator.lower()}_{axes}d", operator, [x])
    where = np.stack([RNG.permutation(36)[:9] + 36 * c for c in range(2)]).reshape(1, 2, 3, 3).astype(np.int64)
    case("max_unpool", "MaxUnpool", [floats(1, 2, 3, 3), where], kernel_shape=[2, 2], strides=[2, 2])
    case("max_unpool_larger", "MaxUnpool", [floats(1, 2, 3, 3), where, ints(1, 2, 6, 6)], kernel_shape=[2, 2], strides=[2, 2])
    for i in range(3):
        regions = RNG.uniform(-1, 9, (4, 5)).astype(np.float32)
        regions[:, 0], regions[:, 3:] = RNG.integers(0, 2, 4), regions[:, 1:3] + RNG.uniform(0, 6, (4, 2))
        case(f"max_roi_pool_{i}", "MaxRoiPool", [floats(2, 2, 7, 8), regions], opset=13, pooled_shape=numbers(2, 1, 3),
             spatial_scale=(1.0, 0.5, 0.8)[i])


def samplings():
    i = 0
    for mode in ("linear", "nearest", "cubic"):
        for padding in ("zeros", "border", "reflection"):
            for corners in (0, 1):
                axes = 3 if mode != "cubic" and i % 3 == 0 else 2
                case(f"grid_sample_{mode}_{padding}_{corners}", "GridSample",
                     [floats(1, 2, *numbers(axes, 1, 5)), floats(1, *numbers(axes, 1, 4), axes, low=-2.5, high=2.5)],
                     opset=20, mode=mode, padding_mode=padding, align_corners=corners)
                i += 1
    for axes in (2, 3):
        for corners in (0, 1):
            case(f"affine_grid_{axes}d_{corners}", "AffineGrid",
                 [floats(2, axes, axes + 1), ints(2, 3, *numbers(axes, 2, 4))], opset=20, align_corners=corners)
    for i in range(8):
        regions = RNG.uniform(-2, 8, (4, 4)).astype(np.float32)
        regions[:, 2:] = regions[:, :2] + RNG.uniform(0.1, 6, (4, 2))
        case(f"roi_align_{i}", "RoiAlign", [floats(2, 2, 6, 7), regions, RNG.integers(0, 2, 4).astype(np.int64)],
             opset=(10, 16)[i % 2], mode=("avg", "max")[i // 2 % 2], output_height=number(1, 3), output_width=number(1, 3),
             sampling_ratio=i % 3, spatial_scale=(1.0, 0.5)[i // 4])


def resizes():
    modes = ("half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric", "half_pixel_symmetric", "tf_crop_and_resize")
    i = 0
    for mode in ("linear", "cubic", "nearest"):
        for coordinates in modes:
            for direction in ("scales", "sizes"):
                rank = 4 if mode == "cubic" or i % 3 else 5
                shape = [1, 2, *numbers(rank - 2, 3, 6)]
                region = np.array([0] * rank + [1] * rank, np.float32)
                if coordinates == "tf_crop_and_resize":
                    region[2:rank], region[rank + 2:] = RNG.uniform(-0.2, 0.3, rank - 2), RNG.uniform(0.7, 1.2, rank - 2)
                options = dict(mode=mode, coordinate_transformation_mode=coordinates, extrapolation_value=7.5)
                if mode == "cubic":
                    options |= dict(exclude_outside=i % 2, cubic_coeff_a=(-0.5, -0.75)[i % 2])
                if mode == "nearest":
                    options |= dict(nearest_mode=("round_prefer_floor", "round_prefer_ceil", "floor", "ceil")[i % 4])
                factors = (2, 3) if coordinates == "align_corners" else (0.6, 2.3, 1.5, 0.5, 2)
                scales = np.array([1, 1, *RNG.choice(factors, rank - 2)], np.float32)
                sizes = ints(1, 2, *[e + number(1, 4) for e in shape[2:]])
                targets = [scales] if direction == "scales" else [None, sizes]
                case(f"resize_{mode}_{coordinates}_{direction}", "Resize", [floats(*shape), region, *targets], opset=19, **options)
                i += 1
    for i, policy in enumerate(("stretch", "not_larger", "not_smaller")):
        case(f"resize_{policy}", "Resize", [floats(1, 2, 5, 7), None, None, ints(8, 6)], axes=[2, 3], mode="linear",
             keep_aspect_ratio_policy=policy)
    for mode in ("linear", "cubic"):
        case(f"resize_antialias_{mode}", "Resize", [floats(1, 1, 9, 8), None, None, ints(1, 1, 4, 3)], mode=mode, antialias=1,
             exclude_outside=1)
    case("resize_bytes", "Resize", [RNG.integers(0, 255, (1, 2, 4, 5)).astype(np.uint8), None, None, ints(1, 2, 8, 10)], mode="linear")
    case("resize_integers", "Resize", [floats(1, 2, 4, 5, low=-99, high=99).astype(np.int32), None, None, ints(1, 2, 8, 10)], mode="linear")
    case("resize_10_nearest", "Resize", [floats(1, 1, 5, 6), np.array([1, 1, 0.6, 1.5], np.float32)], opset=10)
    case("upsample_9_linear", "Upsample", [floats(1, 1, 3, 4), np.array([1, 1, 2, 3], np.float32)], opset=9, mode="linear")
    for i, axes in enumerate(([0, 1], [-1, 0], [1, 2])):
        case(f"center_crop_pad_{i}", "CenterCropPad", [floats(5, 4, 3), ints(*numbers(2, 1, 7))], axes=axes)


def detections():
    for i in range(8):
        boxes, scores = floats(2, 20, 4, low=0, high=10), floats(2, 2, 20)
        boxes[..., 2:] = boxes[..., :2] + floats(2, 20, 2, low=0.5, high=4) if i % 2 else floats(2, 20, 2, low=0.5, high=4)
        if i % 3 == 0:
            scores = scores.round(1)  # ties
        more = [ints(number(1, 20)), np.float32([(0.1, 0.5, 0.0)[i % 3]]), np.float32([(0.0, -1.0)[i % 2]])]
        case(f"nms_{i}", "NonMaxSuppression", [boxes, scores, *more[:1 + i % 3]], opset=11, center_point_box=i // 2 % 2)


def losses():
    for i in range(12):
        axes, classes, dtype = i % 4, number(2, 5), (np.int64, np.int32)[i % 2]
        extents, ignored = numbers(axes, 1, 3), (None, -1, 1)[i % 3]
        labels = RNG.integers(0, classes, (3, *extents)).astype(dtype)
        if ignored == -1:
            labels.flat[0] = -1
        options = dict(reduction=("none", "mean", "sum")[i // 2 % 3]) | ({} if ignored is None else dict(ignore_index=ignored))
        weights = [floats(classes, low=0.1)] if i % 2 else []
        case(f"nll_loss_{i}", "NegativeLogLikelihoodLoss", [floats(3, classes, *extents), labels, *weights], **options)
        case(f"softmax_loss_{i}", "SoftmaxCrossEntropyLoss", [floats(3, classes, *extents), labels, *weights],
             outputs=1 + i % 2, **options)


def normalizations():
    for axes in (1, 2, 3):
        groups = axes
        x = floats(2, 2 * groups, *numbers(axes, 1, 4))
        channels = x.shape[1]
        for opset, count in ((18, groups), (21, channels)):
            case(f"group_norm_{axes}d_{opset}", "GroupNormalization", [x, floats(count), floats(count)], opset=opset,
                 num_groups=groups)
        case(f"instance_norm_{axes}d", "InstanceNormalization", [x, floats(channels), floats(channels)])
        statistics = [floats(channels), floats(channels), floats(channels), floats(channels, low=0.1)]
        case(f"batch_norm_{axes}d", "BatchNormalization", [x, *statistics])
        case(f"batch_norm_training_{axes}d", "BatchNormalization", [x, *statistics], outputs=3, training_mode=1, momentum=0.7)
        case(f"lp_norm_{axes}d", "LpNormalization", [x], p=1 + axes % 2, axis=(-1, 1, 0)[axes - 1])
        case(f"layer_norm_{axes}d", "LayerNormalization", [x, floats(*x.shape[1:]), floats(*x.shape[1:])], outputs=3, axis=1)
    for size in (1, 3, 5, 9):
        case(f"lrn_{size}", "LRN", [floats(2, 6, 2, 3)], size=size, alpha=0.5, bias=2.0)
    for i, axes in enumerate(([0, 2, 3], [2, 3], [1])):
        case(f"mvn_{i}", "MeanVarianceNormalization", [floats(2, 3, 3, 4)], axes=axes)


def signals():
    for length in (1, 2, 3, 8, 12, 17):
        for i, parts in enumerate((1, 2)):
            x = floats(2, length, parts)
            case(f"dft_{length}_{parts}", "DFT", [x], axis=1, onesided=1 - i)
            case(f"dft_inverse_{length}_{parts}", "DFT", [x, np.array(length + 2)], axis=1, inverse=1)
    for axis in (0, 1, 2, -2):
        case(f"dft_axis_{axis}".replace("-", "m"), "DFT", [floats(2, 3, 5, 2), None, np.array(axis)], opset=20)
    for i in range(4):
        frame = number(2, 9)
        case(f"stft_{i}", "STFT", [floats(2, 20, 1), np.array(number(1, 5)), floats(frame), np.array(frame)], onesided=i % 2)
    for window in ("HannWindow", "HammingWindow", "BlackmanWindow"):
        for periodic in (0, 1):
            case(f"{window.lower()}_{periodic}", window, [np.array(9)], periodic=periodic)
    edges = [np.array(20.0, np.float32), np.array(3000.0, np.float32)]
    case("mel", "MelWeightMatrix", [np.array(6), np.array(32), np.array(8000), *edges])
    for size in (1, 2, 3, 5):
        case(f"det_{size}", "Det", [floats(3, size, size)])


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.onnx"):
        old.unlink()
    for family in (convolutions, poolings, samplings, resizes, detections, losses, normalizations, signals):
        family()
    files = list(FOLDER.glob("*.onnx"))
    print(len(files), "models,", sum(f.stat().st_size for f in files), "bytes")
