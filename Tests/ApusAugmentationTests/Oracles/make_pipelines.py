"""Writes pipelines as albumentations saves them: pipelines/*.json and *.yaml, for PipelineFileTests.

pip install albumentations==2.0.8 opencv-python-headless==4.11.0.86 pyyaml==6.0.2; then python make_pipelines.py
"""
from pathlib import Path

import albumentations as A

FOLDER = Path(__file__).parent / "pipelines"


def detection():
    return A.Compose(
        [
            A.HorizontalFlip(p=0.5),
            A.OneOf([A.Solarize(threshold_range=(0.2, 0.7), p=0.3), A.VerticalFlip(p=0.7)], p=0.9),
            A.SomeOf([A.HorizontalFlip(p=1), A.VerticalFlip(p=1), A.Solarize(p=1)], n=2, replace=True, p=0.8),
            A.Sequential([A.Affine(scale=(0.8, 1.2), rotate=(-10, 10), translate_percent=0.1, p=1)], p=0.25),
            A.OneOrOther(A.HorizontalFlip(p=1), A.VerticalFlip(p=1), p=0.4),
            A.RandomOrder([A.HorizontalFlip(), A.Solarize()], n=2),
            A.SelectiveChannelTransform([A.Solarize(p=1)], channels=[1], p=0.5),
        ],
        bbox_params=A.BboxParams(
            format="yolo", label_fields=["classes"], min_area=16, min_visibility=0.1, clip=True, max_accept_ratio=20
        ),
        keypoint_params=A.KeypointParams(format="xyas", remove_invisible=False),
        p=0.95,
        seed=137,
    )


SIDES = {"height": 24, "width": 32}
# What transforms without defaults need, and other than defaults where that says more.
PARAMETERS = {
    "AtLeastOneBBoxRandomCrop": SIDES | {"erosion_factor": 0.25}, "CenterCrop": SIDES, "RandomCrop": SIDES, "Resize": SIDES,
    "Crop": {"x_max": 20, "y_max": 10}, "CropAndPad": {"px": ((-3, 4), 2, (0, 5), -1)},
    "CropNonEmptyMaskIfExists": SIDES | {"ignore_values": [0, 255]},
    "GridElasticDeform": {"num_grid_xy": (3, 4), "magnitude": 6}, "RandomResizedCrop": {"size": (24, 32)},
    "RandomSizedBBoxSafeCrop": SIDES, "RandomSizedCrop": {"min_max_height": (8, 20), "size": (24, 32)},
    "CoarseDropout": {"fill": "inpaint_telea"}, "Erasing": {"fill": "inpaint_ns"}, "MaskDropout": {"fill": "inpaint_ns"},
    "GridDropout": {"fill": "random", "unit_size_range": (8, 12)}, "Pad": {"padding": (1, 2, 3, 4), "fill": (1, 2, 3)},
    "ConstrainedCoarseDropout": {"mask_indices": [1, 2]}, "SmallestMaxSize": {"max_size_hw": (32, None)},
    "LongestMaxSize": {"max_size": [32, 48]}, "TimeMasking": {"time_mask_param": 9},
    "FrequencyMasking": {"freq_mask_param": 9}, "ElasticTransform": {"noise_distribution": "uniform"},
    "AdditiveNoise": {"noise_type": "beta", "noise_params": {"alpha_range": (1, 2), "beta_range": (2, 3), "scale_range": (0.1, 0.2)}},
    "XYMasking": {"num_masks_x": 2, "num_masks_y": (1, 3), "mask_x_length": (2, 5), "mask_y_length": 4},
}
# Not transforms of images and what is marked in them, or bound to functions, models, other images and text.
OTHERS = {
    "FDA", "HistogramMatching", "PixelDistributionAdaptation", "TemplateTransform", "TextImage", "HEStain", "Lambda",
    "TimeReverse", "ToTensorV2", "ToTensor3D", "CenterCrop3D", "CoarseDropout3D",
    "CubicSymmetry", "Pad3D", "PadIfNeeded3D", "RandomCrop3D", "FrequencyMasking", "TimeMasking",
}


def every():
    """Every transform of an image."""
    bases = (A.ImageOnlyTransform, A.DualTransform, A.NoOp)
    abstract = {base.__name__ for base in bases[:2]} | {"Transform3D", "BaseDistortion", "VolumeOnlyTransform", "BasePad"}
    names = sorted(name for name in dir(A) if isinstance(getattr(A, name), type) and issubclass(getattr(A, name), bases))
    chosen = [name for name in names if name not in OTHERS | abstract and not name.startswith("Base")]
    return A.Compose([getattr(A, name)(**PARAMETERS.get(name, {}), p=0.75) for name in chosen])


def save(name, pipeline):
    for kind in ("json", "yaml"):
        A.save(pipeline, str(FOLDER / f"{name}.{kind}"), data_format=kind)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    save("detection", detection())
    save("single", A.Affine(shear={"x": (-5, 5)}, interpolation=2, border_mode=4, p=1))
    save("every", every())
    save("replay", A.ReplayCompose([A.HorizontalFlip(p=0.5)], p=0.5))
