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


def save(name, pipeline):
    for kind in ("json", "yaml"):
        A.save(pipeline, str(FOLDER / f"{name}.{kind}"), data_format=kind)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    save("detection", detection())
    save("single", A.Affine(shear={"x": (-5, 5)}, interpolation=2, border_mode=4, p=1))
    save("replay", A.ReplayCompose([A.HorizontalFlip(p=0.5)], p=0.5))
