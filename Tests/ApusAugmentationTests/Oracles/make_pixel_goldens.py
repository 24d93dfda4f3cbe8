"""Writes what the pixel transforms are compared with, `pixels.json` and `pixels.npy`, beside this file.

Needs: numpy==2.4.6 opencv-python-headless==4.11.0.86 albumentations==2.0.8
Run:   python make_pixel_goldens.py

A case is a transform's parameters, a draw of it as ours records it, and what Albumentations' own code makes of an image
by the same numbers. Results are bytes: floats were scaled to them (`scale · x + offset`).
"""
import json
import math
import pathlib
import random
import warnings

import albumentations as A
import cv2
import numpy as np
from albumentations.augmentations.blur import functional as fblur
from albumentations.augmentations.pixel import functional as fpixel

HERE = pathlib.Path(__file__).parent
HEIGHT, WIDTH = 16, 24
NO_DRAW = {}


def picture(channels):
    """Every hue, dark and bright, edges, noise, a grey corner."""
    rng = np.random.default_rng(7)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float64)
    planes = [127 + 120 * np.sin(x / (3 + c) + y / (5 - c / 2) + c) for c in range(channels)]
    image = np.stack(planes, axis=-1) + rng.integers(-9, 10, (HEIGHT, WIDTH, channels))
    image[8:14, 10:20] = 250 - image[8:14, 10:20] / 8
    image[:4, :4] = 128
    return np.clip(image, 0, 255).astype(np.uint8)


IMAGES = {"color": picture(3), "grey": picture(1), "five": picture(5)}
# OpenCV converts HSV to RGB in vectors of 32 pixels, which it cuts to whole numbers, and rounds what is left of a row.
IMAGES["wide"] = IMAGES["color"].reshape(-1, 32, 3)
cases, results = [], []


def wave(count, period, low, high):
    """A field that both sides can make: `count` numbers from low to high."""
    index = np.arange(count, dtype=np.float64)
    return (low + (high - low) * (index * 37 % period) / (period - 1)).astype(np.float32)


def add(transform, parameters, draw, body, images=("color", "color.float"), scale=None, offset=0, tolerance=1,
        field=None, beyond=0):
    """Runs `body(image)` and keeps the case."""
    for name in images:
        is_float = name.endswith(".float")
        image = IMAGES[name.split(".")[0]].copy()
        if is_float:
            image = image.astype(np.float32) / np.float32(255)
        # Some of Albumentations' functions take grey images of two dimensions only.
        try:
            result = np.asarray(body(image))
        except (ValueError, cv2.error):
            if image.shape[2] > 1:
                raise
            result = np.asarray(body(image[..., 0]))
        result = result if result.ndim == 3 else result[..., None]
        factor = scale or (255 if result.dtype != np.uint8 else 1)
        stored = np.clip(np.rint(result.astype(np.float64) * factor + offset), 0, 255).astype(np.uint8)
        case = dict(transform=transform, parameters=parameters, draw=json.dumps([draw]), image=name,
                    shape=list(stored.shape), scale=factor, offset=offset, tolerance=tolerance, beyond=beyond)
        cases.append({**case, **({"field": field} if field else {})})
        results.append(stored.ravel())


def table(transform, parameters, draw, arguments, images=("color", "grey", "five", "color.float"), **more):
    """A transform whose `apply` takes its drawn numbers by name."""
    instance = getattr(A, transform)(p=1, **parameters)
    add(transform, parameters, draw, lambda image: instance.apply(image, **arguments), images, **more)


def tones():
    table("Solarize", {}, 0.4, {"threshold": 0.4})
    table("InvertImg", {}, NO_DRAW, {})
    table("Posterize", {}, [3], {"num_bits": 3})
    table("Posterize", {"num_bits": [(1, 1), (3, 3), (5, 5)]}, [1, 3, 5], {"num_bits": [1, 3, 5]}, ("color",))
    table("RandomBrightnessContrast", {}, {"alpha": 1.15, "beta": -17.3}, {"alpha": 1.15, "beta": -17.3},
          ("color", "grey", "five"))
    table("RandomBrightnessContrast", {}, {"alpha": 0.8, "beta": 0.13}, {"alpha": 0.8, "beta": 0.13}, ("color.float",))
    for gamma in (0.8, 1.17):
        table("RandomGamma", {}, gamma, {"gamma": gamma}, ("color", "grey", "color.float"))
    table("RandomToneCurve", {}, {"low": [0.2], "high": [0.85]}, {"low_y": 0.2, "high_y": 0.85})
    curve = {"low": [0.2, 0.3, 0.1], "high": [0.85, 0.6, 0.8]}
    table("RandomToneCurve", {"per_channel": True}, curve,
          {"low_y": np.array(curve["low"]), "high_y": np.array(curve["high"])}, ("color",))
    for parameters in ({}, {"method": "pil"}, {"cutoff": 5.0}, {"cutoff": 5.0, "method": "pil"}):
        table("AutoContrast", parameters, NO_DRAW, {}, ("color", "grey"))
    for parameters in ({}, {"mode": "pil"}, {"by_channels": False}, {"mode": "pil", "by_channels": False}):
        table("Equalize", parameters, NO_DRAW, {"mask": None}, ("color", "grey"))
    table("Equalize", {}, NO_DRAW, {"mask": None}, ("color.float",))
    table("CLAHE", {"tile_grid_size": [4, 4]}, 2.5, {"clip_limit": 2.5}, ("color", "grey", "color.float"))


def light():
    draw = dict(intensity=0.15, angle=30.0, corner=2, centerX=0.3, centerY=0.6, sigma=0.4)
    for angle in (30.0, 0.0, 90.0, 135.0, 225.0, 315.0, 270.0):
        for sign in (1, -1):
            table("Illumination", {}, {**draw, "angle": angle, "intensity": sign * 0.15},
                  {"intensity": sign * 0.15, "angle": angle}, ("color",) if sign < 0 else ("color", "five"))
    table("Illumination", {"mode": "corner"}, draw, {"intensity": 0.15, "corner": 2}, ("color", "grey", "color.float"))
    table("Illumination", {"mode": "gaussian"}, draw, {"intensity": 0.15, "center": (0.3, 0.6), "sigma": 0.4},
          ("color", "grey", "color.float"))
    pattern = wave(HEIGHT * WIDTH, 97, 0, 1).reshape(HEIGHT, WIDTH)
    field = {"period": 97, "low": 0, "high": 1}
    add("PlasmaShadow", {}, {"intensity": 0.6, "seed": 1}, lambda i: fpixel.apply_plasma_shadow(i, 0.6, pattern),
        field=field)
    for brightness, contrast in ((0.25, 0.2), (-0.2, 0.3), (0.2, -0.3)):
        add("PlasmaBrightnessContrast", {}, {"brightness": brightness, "contrast": contrast, "seed": 1},
            lambda i: fpixel.apply_plasma_brightness_contrast(i, brightness, contrast, pattern), field=field)


def colors():
    table("ChannelDropout", {}, [1], {"channels_to_drop": [1]}, ("color", "five", "color.float"))
    table("ChannelShuffle", {}, [2, 0, 1], {"channels_shuffled": [2, 0, 1]}, ("color", "color.float"))
    table("ChannelShuffle", {}, [3, 0, 4, 1, 2], {"channels_shuffled": [3, 0, 4, 1, 2]}, ("five",))
    for numbers in ((0.02, 0.05, -0.02, -0.04), (-0.6, 0.5, 0.4, -0.3)):
        keys = ("primary_distortion_red", "secondary_distortion_red", "primary_distortion_blue",
                "secondary_distortion_blue")
        draw = dict(zip(("primaryRed", "secondaryRed", "primaryBlue", "secondaryBlue"), numbers))
        table("ChromaticAberration", {}, draw, dict(zip(keys, numbers)), ("color", "color.float"))
    for order in ([0, 1, 2, 3], [3, 2, 1, 0]):
        numbers = dict(brightness=1.1, contrast=0.85, saturation=1.2, hue=-0.2, order=order)
        table("ColorJitter", {}, numbers, numbers, ("wide", "grey", "wide.float"))
    numbers = dict(brightness=0.9, contrast=0.0, saturation=0.0, hue=0.0, order=[0, 2, 1, 3])
    table("ColorJitter", {}, numbers, numbers, ("color",))
    alpha = np.array([0.9, -1.4, 2.0, 0.5, -1], np.float32)
    for image, channels in (("color", 3), ("color.float", 3), ("grey", 1), ("five", 5)):
        table("FancyPCA", {}, (alpha[:channels] * signs(IMAGES[image.split(".")[0]])).tolist(),
              {"alpha_vector": alpha[:channels]}, (image,))
    for hue, saturation, value in ((12.7, -22.4, 15.9), (-19.2, 28.8, -18.3), (0.0, 0.0, 7.5)):
        table("HueSaturationValue", {}, dict(hue=hue, saturation=saturation, value=value),
              dict(hue_shift=hue, sat_shift=saturation, val_shift=value), ("color", "grey", "color.float"))
    for mode in ("blackbody", "cied"):
        for temperature in (4320, 11111):
            table("PlanckianJitter", {"mode": mode}, temperature, {"temperature": temperature}, ("color", "color.float"))
    shares = np.array([0.04, -0.07, 0.011])
    add("RGBShift", {}, shares.tolist(),
        lambda i: fpixel.add_noise(i, shares * (255 if i.dtype == np.uint8 else 1)))
    for method in ("weighted_average", "from_lab", "desaturation", "average", "max"):
        table("ToGray", {"method": method}, NO_DRAW, {}, ("color", "color.float"))
    table("ToGray", {"method": "max", "num_output_channels": 1}, NO_DRAW, {}, ("color", "five"))
    table("ToRGB", {}, NO_DRAW, {}, ("grey", "grey.float"))
    table("ToSepia", {}, NO_DRAW, {}, ("color", "color.float"))


def signs(image):
    """Which way LAPACK turns each component, the strongest first; ours has its largest weight positive."""
    if image.shape[2] == 1:
        return np.ones(1)
    _, vectors = np.linalg.eigh(np.cov(image.reshape(-1, image.shape[2]) / 255.0, rowvar=False))
    return np.array([np.sign(vector[np.argmax(np.abs(vector))]) for vector in vectors.T[::-1]])


def blurs():
    everywhere = ("color", "grey", "five", "color.float")
    for side in (3, 5, 7, 17):
        table("Blur", {}, side, {"kernel": side}, everywhere if side == 5 else ("color",))
        table("MedianBlur", {}, side, {"kernel": side}, everywhere if side in (5, 7) else ("color",))
    for sigma, side in ((0.5, 0), (1.7, 0), (3.0, 0), (1.0, 4)):
        table("GaussianBlur", {}, dict(side=side, sigma=sigma),
              {"kernel": fblur.create_gaussian_kernel_1d(sigma, side)}, everywhere if sigma == 1.7 else ("color",))
    for side, angle, direction, shift in ((7, 33.0, 0.3, (0.4, -0.8)), (5, 200.0, -0.7, (0, 0)), (3, 90.0, 0.0, (0, 0))):
        state = random.Random(0)
        state.uniform = iter(shift).__next__ and (lambda values: lambda low, high: next(values))(iter(shift))
        kernel = fblur.create_motion_kernel(side, angle, direction, True, state)
        draw = dict(side=side, angle=angle, direction=direction, shiftX=shift[0], shiftY=shift[1])
        table("MotionBlur", {}, draw, {"kernel": kernel.astype(np.float32) / kernel.sum()},
              everywhere if side == 7 else ("color",))
    for side, x, y, angle, beta in ((7, 0.9, 0.3, 40.0, 1.3), (5, 0.5, 1.0, -70.0, 0.6)):
        table("AdvancedBlur", {"noise_limit": [1.0, 1.0]},
              dict(side=side, sigmaX=x, sigmaY=y, angle=angle, beta=beta, seed=3),
              {"kernel": advanced_kernel(side, x, y, np.deg2rad(angle), beta)}, ("color", "color.float"))
    for radius, softness in ((1, 0.4), (3, 0.1), (5, 0.5), (8, 0.45), (10, 0.3)):
        table("Defocus", {}, dict(radius=radius, softness=softness), {"radius": radius, "alias_blur": softness},
              everywhere if radius == 5 else ("color",))
    for largest, step in ((1.2, 0.02), (1.31, 0.03), (2.5, 0.4)):
        table("ZoomBlur", {}, dict(largest=largest, step=step), {"zoom_factors": np.arange(1.0, largest, step)},
              everywhere if step == 0.03 else ("color",))
    # Of colours, "exact" exchanges nothing in Albumentations: the pixel that it keeps is a view of the one it overwrites.
    for mode in ("fast", "exact"):
        count = (HEIGHT - 8) * (WIDTH - 8)
        moves = np.floor(wave(count * 4, 101, -4, 3.999)).astype(int).reshape(count, 2, 2)
        add("GlassBlur", {"mode": mode}, 1, lambda i: fblur.glass_blur(i, 0.7, 4, 2, moves, mode),
            ("color", "grey", "color.float") if mode == "fast" else ("grey",),
            field={"period": 101, "low": -4, "high": 3.999})


def advanced_kernel(side, sigma_x, sigma_y, angle, beta):
    """As AdvancedBlur makes it, without noise."""
    axis = np.arange(-side // 2 + 1.0, side // 2 + 1.0)
    grid = np.stack(np.meshgrid(axis, axis), axis=-1)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    inverse = np.linalg.inv(turn @ np.diag([sigma_x ** 2, sigma_y ** 2]) @ turn.T)
    kernel = np.exp(-0.5 * np.power(np.sum(np.dot(grid, inverse) * grid, 2), beta))
    return kernel.astype(np.float32) / np.sum(kernel)


def details():
    everywhere = ("color", "grey", "five", "color.float")
    sharpen = A.Sharpen()
    matrix = getattr(sharpen, "_Sharpen__generate_sharpening_matrix")
    emboss = getattr(A.Emboss(), "_Emboss__generate_emboss_matrix")
    for alpha, lightness in ((0.35, 0.8), (0.5, 1.0)):
        table("Sharpen", {}, dict(alpha=alpha, lightness=lightness),
              dict(alpha=alpha, sharpening_matrix=matrix(alpha, lightness)), everywhere)
    table("Sharpen", {"method": "gaussian"}, dict(alpha=0.3, lightness=0.0),
          dict(alpha=0.3, sharpening_matrix=None), ("color.float",))
    table("Emboss", {}, dict(alpha=0.4, strength=0.6), {"emboss_matrix": emboss(0.4, 0.6)}, everywhere)
    for side, cutoff in ((7, 1.1), (15, 0.8)):
        table("RingingOvershoot", {}, dict(side=side, cutoff=cutoff), {"kernel": ringing(side, cutoff)},
              everywhere if side == 7 else ("color",))
    for side, sigma in ((5, 0.0), (7, 1.3)):
        table("UnsharpMask", {}, dict(side=side, sigma=sigma, alpha=0.4), dict(ksize=side, sigma=sigma, alpha=0.4),
              everywhere if sigma == 0 else ("color",))
    replaced = [index % 3 == 0 for index in range(20)]
    for largest in (128, 20):
        table("Superpixels", {"n_segments": 20, "max_size": largest},
              dict(count=20, replaced=[i for i, r in enumerate(replaced) if r]),
              dict(n_segments=20, replace_samples=replaced), ("color", "grey", "color.float"))


def ringing(side, cutoff):
    from scipy import special
    place = np.arange(side) - (side - 1) / 2
    distance = np.hypot(place[:, None], place[None, :])
    with np.errstate(divide="ignore", invalid="ignore"):
        kernel = cutoff * special.j1(cutoff * distance) / (2 * np.pi * distance)
    kernel[side // 2, side // 2] = cutoff ** 2 / (4 * np.pi)
    return kernel.astype(np.float32) / np.sum(kernel)


def weather():
    places = [(4, 5), (20, 12), (31, 23), (-2, 9), (16, 12), (18, 13), (17, 11)]
    radii = [3, 6, 9, 4, 12, 5, 1]
    add("RandomFog", {}, dict(intensity=0.7, x=[p[0] for p in places], y=[p[1] for p in places], radii=radii),
        lambda i: fpixel.add_fog(i, 0.7, 0.08, places, radii))
    add("RandomFog", {"alpha_coef": 0.6}, dict(intensity=1.0, x=[16, 16], y=[12, 12], radii=[11, 7]),
        lambda i: fpixel.add_fog(i, 1.0, 0.6, [(16, 12), (16, 12)], [11, 7]), ("color",))
    stones = [(2, 7, 3, 9, 200), (10, 14, 20, 24, 30), (11, 12, 21, 30, 255)]
    add("RandomGravel", {}, [dict(top=t, bottom=b, left=l, right=r, lightness=s) for t, b, l, r, s in stones],
        lambda i: fpixel.add_gravel(i, np.array(stones)))
    drops = np.array([[3, 2], [10, 5], [25, 0], [31, 8], [17, 15]], np.int32)
    for parameters in ({}, {"drop_width": 3, "drop_color": [220, 30, 100], "blur_value": 4, "brightness_coefficient": 1.0}):
        width, color = parameters.get("drop_width", 1), tuple(parameters.get("drop_color", (200, 200, 200)))
        blur, bright = parameters.get("blur_value", 7), parameters.get("brightness_coefficient", 0.7)
        for slant in (-6.4, 7.8):
            add("RandomRain", parameters, dict(slant=slant, length=9, x=drops[:, 0].tolist(), y=drops[:, 1].tolist()),
                lambda i: fpixel.add_rain(i, slant, 9, width, color, blur, bright, drops),
                ("color", "color.float") if slant > 0 else ("color",))
    shadows = [np.array([[2, 20], [30, 10], [25, 23], [5, 8], [16, 16]]), np.array([[0, 0], [12, 3], [9, 20]])]
    # OpenCV's versions differ by a few pixels on a polygon's edge.
    add("RandomShadow", {}, [dict(intensity=s, x=v[:, 0].tolist(), y=v[:, 1].tolist())
                             for v, s in zip(shadows, (0.5, 0.3))],
        lambda i: fpixel.add_shadow(i, shadows, np.array([0.5, 0.3])), ("color", "grey", "five", "color.float"),
        beyond=12)
    for amount in (0.1, 0.3):
        add("RandomSnow", {}, dict(amount=amount, seed=1), lambda i: fpixel.add_snow_bleach(i, amount, 2.5))
    flare()
    spatter()


def flare():
    circles = [(0.15, (8, 9), 8, (240, 220, 255)), (0.1, (20, 12), 1, (210, 255, 230)), (0.2, (25, 14), 8, (255, 255, 255)),
               (0.12, (22, 15), 8, (205, 230, 215))]
    draw = dict(x=6, y=8, circles=[dict(opacity=a, x=p[0], y=p[1], radius=r, color=list(c)) for a, p, r, c in circles])
    for radius in (30, 400):
        add("RandomSunFlare", {"src_radius": radius}, draw,
            lambda i: fpixel.add_sun_flare_overlay(i, (6, 8), radius, (255, 255, 255), circles))
    add("RandomSunFlare", {"src_radius": 5, "method": "physics_based", "src_color": [255, 250, 200]}, draw,
        lambda i: fpixel.add_sun_flare_physics_based(i, (6, 8), 5, (255, 250, 200), circles))


def spatter():
    for mode, color in (("rain", [238, 238, 175]), ("mud", [20, 42, 63])):
        def body(image):
            layer = wave(HEIGHT * WIDTH, 103, 0.0, 1.35).reshape(HEIGHT, WIDTH).astype(np.float64)
            cv2.GaussianBlur(layer, (13, 13), dst=layer, sigmaX=2.0, sigmaY=2.0, borderType=cv2.BORDER_REPLICATE)
            layer[layer < 0.66] = 0
            unit = np.array(color) / 255.0
            if mode == "rain":
                return fpixel.spatter_rain(image, fpixel.get_rain_params(layer, unit, 0.6)["drops"])
            mud = fpixel.get_mud_params(layer, unit, 0.66, 2.0, 0.6, np.random.default_rng(1))
            return fpixel.spatter_mud(image, mud["non_mud"], mud["mud"])
        add("Spatter", {"mode": mode}, dict(mean=0.6, deviation=0.3, sigma=2.0, threshold=0.66, intensity=0.6, seed=1),
            body, field={"period": 103, "low": 0, "high": 1.35})


def noise():
    """The same fields, applied."""
    def field_of(image, low, high):
        scale = 255 if image.dtype == np.uint8 else 1
        return wave(image.size, 211, low * scale, high * scale).reshape(image.shape)
    everywhere = ("color", "grey", "five", "color.float")
    add("GaussNoise", {}, dict(deviation=0.1, mean=0.0, seed=1), lambda i: fpixel.add_noise(i, field_of(i, -0.3, 0.25)),
        everywhere, field={"period": 211, "low": -0.3, "high": 0.25})
    multiply = A.MultiplicativeNoise(elementwise=True, per_channel=True)
    add("MultiplicativeNoise", {}, dict(factors=[], seed=1),
        lambda i: multiply.apply(i, wave(i.size, 211, 0.5, 1.5).reshape(i.shape)), everywhere,
        field={"period": 211, "low": 0.5, "high": 1.5})
    table("MultiplicativeNoise", {}, dict(factors=[1.07], seed=0), {"multiplier": np.float32(1.07)})
    table("MultiplicativeNoise", {"per_channel": True}, dict(factors=[0.9, 1.1, 1.25], seed=0),
          {"multiplier": np.array([0.9, 1.1, 1.25], np.float32)}, ("color",))
    add("AdditiveNoise", {}, dict(constants=[0.08, -0.05, 0.2], numbers=[], seed=1),
        lambda i: fpixel.add_noise(i, np.array([0.08, -0.05, 0.2]) * (255 if i.dtype == np.uint8 else 1)))
    add("ISONoise", {}, dict(colorShift=0.05, intensity=0.5, seed=1), sensor,
        field={"period": 89, "low": -0.2, "high": 0.2})


def sensor(image):
    """iso_noise of Albumentations with its two random fields put in."""
    class Fields:
        def poisson(self, mean, size):
            return np.floor(wave(HEIGHT * WIDTH, 53, 0, 1.999)).reshape(size)

        def normal(self, mean, deviation, size):
            return wave(HEIGHT * WIDTH, 89, -0.2, 0.2).astype(np.float64).reshape(size)
    return fpixel.iso_noise(image, 0.05, 0.5, Fields())


def formats():
    table("ToFloat", {}, NO_DRAW, {}, ("color", "grey", "color.float"))
    table("FromFloat", {}, NO_DRAW, {}, ("color.float",))
    for parameters in ({}, {"normalization": "image"}, {"normalization": "image_per_channel"},
                       {"normalization": "min_max"}, {"normalization": "min_max_per_channel"},
                       {"mean": 0.5, "std": 0.4}):
        instance = A.Normalize(**parameters)
        add("Normalize", parameters, NO_DRAW, instance.apply, ("color", "grey"), scale=40, offset=120)
    instance = A.Normalize(max_pixel_value=1.0)
    add("Normalize", {"max_pixel_value": 1.0}, NO_DRAW, instance.apply, ("color.float",), scale=40, offset=120)
    for scale in (0.25, 0.5, 0.37):
        table("Downscale", {}, scale, {"scale": scale}, ("color", "five") if scale == 0.25 else ("color",))
    table("Downscale", {"interpolation_pair": {"downscale": 3, "upscale": 1}}, 0.5, {"scale": 0.5},
          ("color", "grey", "color.float"))
    for quality in (30, 75, 99):
        table("ImageCompression", {}, quality, {"quality": quality, "image_type": ".jpg"}, ("color", "grey"))
    table("ImageCompression", {}, 60, {"quality": 60, "image_type": ".jpg"}, ("five", "color.float"))


def main():
    warnings.simplefilter("ignore")
    for family in (tones, light, colors, blurs, details, weather, noise, formats):
        family()
    inputs = {name: dict(shape=list(image.shape), pixels=image.ravel()) for name, image in IMAGES.items()}
    flat = np.concatenate([entry["pixels"] for entry in inputs.values()] + results)
    np.save(HERE / "pixels.npy", flat)
    index = dict(images=[dict(name=name, shape=entry["shape"]) for name, entry in inputs.items()], cases=cases)
    (HERE / "pixels.json").write_text(json.dumps(index, separators=(",", ":")).replace('{"transform"', '\n{"transform"') + "\n")
    print(len(cases), "cases,", flat.size, "bytes")


main()
