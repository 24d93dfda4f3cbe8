"""Writes masks.json: what PyTorch makes of prototypes and coefficients for an image of the input's size.

numpy==2.4.6 torch==2.13.0
Run in this folder: python generate_masks.py
"""

import json

import numpy as np
import torch

rng = np.random.default_rng(3)
WIDTH, HEIGHT, STRIDE, COUNT = 72, 40, 4, 6
planes = rng.normal(0, 1, (COUNT, HEIGHT // STRIDE, WIDTH // STRIDE)).astype(np.float32)
# Neighbours are alike, as a network's are.
planes = (planes + np.roll(planes, 1, 1) + np.roll(planes, 1, 2) + np.roll(planes, (1, 1), (1, 2))) / 2
planes = np.round(planes, 4).astype(np.float32)

cases = []
for box in ([0, 0, 72, 40], [3.4, 5.6, 50.2, 33.3], [-9, -3, 20.5, 60], [70.2, 1, 90, 39], [12, 12, 12.3, 20], [5, 5, 5, 5]):
    coefficients = np.round(rng.normal(0, 1, COUNT), 4).astype(np.float32)
    sums = torch.einsum("c,chw->hw", torch.tensor(coefficients), torch.tensor(planes))
    size = (HEIGHT, WIDTH)
    full = torch.nn.functional.interpolate(sums[None, None], size, mode="bilinear", align_corners=False)[0, 0]
    x, y = torch.arange(WIDTH) + 0.5, torch.arange(HEIGHT)[:, None] + 0.5
    inside = (x >= box[0]) & (x < box[2]) & (y >= box[1]) & (y < box[3])
    bits = (torch.sigmoid(full) > 0.5) & inside
    cases.append({
        "box": box, "coefficients": [float(f"{c:.4f}") for c in coefficients],
        "unsure": int(((full.abs() < 1e-5) & inside).sum()),
        "rows": ["".join("#" if bit else "." for bit in row) for row in bits.tolist()]})

with open("masks.json", "w") as file:
    values = [float(f"{v:.4f}") for v in planes.flatten()]
    json.dump({"width": WIDTH, "height": HEIGHT, "count": COUNT, "planes": values, "cases": cases}, file, indent=1)
