"""Writes what PyTorch's optimizers make of five numbers in eight steps: optimizers.json beside this file.

    pip install torch==2.13.0 && python make_optimizers.py

Lion is none of PyTorch's: its update is written out here from the paper's algorithm 2 (arXiv 2302.06675).
"""
import json
import pathlib

import torch

START = [1.0, -2.0, 0.5, 0.0, 3.0]
STEPS, RATE, DECAY = 8, 0.05, 0.1


class Lion(torch.optim.Optimizer):
    def __init__(self, parameters, lr, betas, weight_decay):
        super().__init__(parameters, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            first, second = group["betas"]
            for p in group["params"]:
                m = self.state[p].setdefault("m", torch.zeros_like(p))
                turn = torch.sign(first * m + (1 - first) * p.grad)
                p.sub_(group["lr"] * (turn + group["weight_decay"] * p))
                m.copy_(second * m + (1 - second) * p.grad)


def gradient(step):
    return [((step * 7 + i * 3) % 11 - 5) / 4 for i in range(len(START))]


MAKERS = {
    "adam": lambda p: torch.optim.Adam(p, lr=RATE, betas=(0.9, 0.999), weight_decay=DECAY),
    "adamW": lambda p: torch.optim.AdamW(p, lr=RATE, betas=(0.9, 0.999), weight_decay=DECAY),
    "radam": lambda p: torch.optim.RAdam(p, lr=RATE, betas=(0.9, 0.999), weight_decay=DECAY),
    "rmsProp": lambda p: torch.optim.RMSprop(p, lr=RATE, alpha=0.99, momentum=0.9, weight_decay=DECAY),
    "lion": lambda p: Lion(p, lr=RATE, betas=(0.9, 0.99), weight_decay=DECAY),
}

found = {}
for name, make in MAKERS.items():
    parameter = torch.nn.Parameter(torch.tensor(START, dtype=torch.float64))
    optimizer = make([parameter])
    found[name] = []
    for step in range(STEPS):
        parameter.grad = torch.tensor(gradient(step), dtype=torch.float64)
        optimizer.step()
        found[name].append(parameter.tolist())
pathlib.Path(__file__).with_name("optimizers.json").write_text(json.dumps(found, indent=0) + "\n")
