"""Writes trained.txt beside this file, for the checkpoints in shared/weights. Needs torch==2.13.0 and numpy==2.4.6.

A line for each tensor as PyTorch's `torch.load` finds it: file, name, type, shape and Adler's checksum of its bytes.
"""
import pathlib
import zlib

import torch

HERE = pathlib.Path(__file__).resolve().parent
WEIGHTS = HERE.parents[3] / "shared" / "weights"

lines = []
for path in sorted(WEIGHTS.glob("*/*.pt")):
    weights = torch.load(path, map_location="cpu", weights_only=True)
    for name, tensor in weights.get("state_dict", weights).items():
        shape = "x".join(map(str, tensor.shape)) or "-"
        checksum = zlib.adler32(tensor.contiguous().numpy().tobytes())
        lines.append(f"{path.relative_to(WEIGHTS)} {name} {str(tensor.dtype)[6:]} {shape} {checksum}")
(HERE / "trained.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
