"""Writes the files of weights beside this file. Needs torch==2.13.0, numpy==2.4.6 and safetensors==0.8.0.

Each file is small, and holds tensors whose values follow from their name: element i of a float tensor is
(i * 37 + len(name)) % 101 / 8 - 5, which every type of float holds exactly; of an integer one (i * 37 + len(name)) % 101;
of a bool one, whether that is odd. `manifest.txt` lists for each file the tensors as PyTorch's `torch.load` finds them:
file, name, type, shape and a sum that depends on order.
"""
import collections
import pathlib
import sys

import numpy
import torch
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).resolve().parent
LINES = []
# Old files carry the source of each class, which is PyTorch's own for most.
torch.serialization.get_source_lines_and_file = lambda *_: (["class Any: ...\n"], 1, "any.py")


def filled(name, shape, dtype=torch.float32):
    count = int(numpy.prod(shape))
    numbers = (numpy.arange(count) * 37 + len(name)) % 101
    if dtype == torch.bool:
        return torch.from_numpy(numbers % 2 == 1).view(shape)
    if dtype.is_floating_point:
        return torch.from_numpy(numbers / 8 - 5).to(dtype).view(shape)
    return torch.from_numpy(numbers).to(dtype).view(shape)


def state(*entries):
    return collections.OrderedDict((name, filled(name, *rest)) for name, *rest in entries)


class Block(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = torch.nn.Conv2d(2, 3, 3, bias=False)
        self.bn = torch.nn.BatchNorm2d(3)
        self.register_buffer("passing", torch.zeros(4), persistent=False)


class Network(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = Block()
        self.stages = torch.nn.ModuleList([Block(), torch.nn.Sequential(torch.nn.Linear(4, 2), torch.nn.ReLU())])
        self.scale = torch.nn.Parameter(torch.zeros(3))
        for name, value in self.state_dict().items():
            value.copy_(filled(name, tuple(value.shape), value.dtype))


def digest(tensor):
    numbers = tensor.detach().cpu().contiguous().to(torch.float64).flatten().numpy()
    return float((numbers * (numpy.arange(numbers.size) % 13 + 1)).sum())


def listed(file, tensors):
    for name, tensor in tensors.items():
        shape = "x".join(map(str, tensor.shape)) or "-"
        LINES.append(f"{file} {name} {str(tensor.dtype)[6:]} {shape} {digest(tensor)!r}")


def save(file, value, tensors, **options):
    torch.save(value, HERE / file, **options)
    torch.load(HERE / file, weights_only=False)
    listed(file, tensors)


plain = state(("conv.weight", (3, 2, 3, 3)), ("bn.num_batches_tracked", (), torch.int64), ("bias", (5,)))
old = {"_use_new_zipfile_serialization": False}
save("plain.weights", plain, plain)
save("plain-old.weights", plain, plain, **old)
for protocol in (3, 4, 5):
    save(f"protocol{protocol}.weights", plain, plain, pickle_protocol=protocol)
    save(f"protocol{protocol}-old.weights", plain, plain, pickle_protocol=protocol, **old)

types = state(*((f"t.{d}", (2, 3), getattr(torch, d)) for d in (
    "float16", "bfloat16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "bool")))
save("types.weights", types, types)
save("types-old.weights", types, types, **old)

wide = state(("u16", (5,), torch.uint16), ("u32", (2, 2), torch.uint32))
save("wide.weights", wide, wide)
foreign = {"complex": torch.zeros(2, dtype=torch.complex64), "sparse": torch.eye(2).to_sparse(), "w": filled("w", (2,))}
save("foreign.weights", foreign, {"w": foreign["w"]})

# As a big-endian machine would write it.
sys.byteorder = "big"
torch.save({name: torch.from_numpy(value.numpy().byteswap()) for name, value in plain.items()}, HERE / "big.weights")
sys.byteorder = "little"
assert all(torch.equal(value, plain[name]) for name, value in torch.load(HERE / "big.weights").items())
listed("big.weights", plain)

base = filled("base", (4, 6))
views = {
    "base": base, "transposed": base.t(), "column": base[:, 2], "steps": base[::2, 1::2], "row": base[3],
    "expanded": filled("expanded", (1, 3)).expand(4, 3), "empty": torch.zeros(0, 3), "scalar": base[1, 1],
    "channels_last": filled("channels_last", (2, 3, 4, 4)).contiguous(memory_format=torch.channels_last),
}
save("views.weights", views, views)
save("views-old.weights", views, views, **old)

network = Network()
save("module.weights", network, network.state_dict())
save("module-old.weights", network, network.state_dict(), **old)
save("ultra.weights", {
    "epoch": 3, "best_fitness": numpy.float64(0.5), "model": network, "ema": None, "optimizer": None,
    "train_args": {"lr0": 0.01}, "date": "2026", "half": numpy.float32(2),
}, network.state_dict())

parameter = torch.nn.Parameter(filled("w", (3, 2)))
optimizer = torch.optim.AdamW([parameter])
parameter.sum().backward()
optimizer.step()
ema, model = state(("w", (3, 2)), ("longer", (2,))), {"w": parameter, "longer": torch.zeros(2)}
save("nested.weights", {
    "epoch": 7, "model": model, "optimizer": optimizer.state_dict(), "ema": ema, "loss": torch.tensor(0.5),
}, ema)
save("training.weights", {"backbone": ema, "head": {"w": parameter}, "optimizer": optimizer.state_dict()},
     {**{f"backbone.{k}": v for k, v in ema.items()}, "head.w": parameter})

script = torch.jit.script(torch.nn.Sequential(torch.nn.Linear(3, 2)))
for name, value in script.state_dict().items():
    value.copy_(filled(name, tuple(value.shape)))
script.save(str(HERE / "script.weights"))
listed("script.weights", script.state_dict())

tensors = {name: tensor.clone() for name, tensor in types.items()}
tensors |= {"u16": torch.arange(4).to(torch.uint16), "scalar": torch.tensor(2.5), "empty": torch.zeros(0, 2)}
save_file(tensors, HERE / "types-safe.weights", {"format": "pt", "näme": "a \"quoted\"\ntext"})
listed("types-safe.weights", tensors)

for file in HERE.glob("*.weights"):
    file.chmod(0o644)
(HERE / "manifest.txt").write_text("\n".join(LINES) + "\n", encoding="utf-8")
