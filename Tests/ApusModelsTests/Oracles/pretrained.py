"""Writes pretrained.weights beside this file. Needs torch==2.13.0 and numpy==2.4.6.

A checkpoint as programs that train v8-style detectors save it: the whole model of scale n with 80 classes, in half
precision, under `model`, beside an `ema` of None and what training needs. Tensor i of its state dictionary is i / 8
everywhere, and all are views on one storage, so that the file is small.
"""
import pathlib

import torch

import v8_reference as v8

HERE = pathlib.Path(__file__).resolve().parent

model = v8.Detector(*v8.SCALES["n"], 80)
names = list(model.state_dict())
table = (torch.arange(len(names)) / 8).half()
for index, name in enumerate(names):
    path, _, leaf = name.rpartition(".")
    owner = model.get_submodule(path)
    value = table[index].expand(getattr(owner, leaf).shape)
    if leaf in owner._parameters:
        owner._parameters[leaf] = torch.nn.Parameter(value, requires_grad=False)
    else:
        owner._buffers[leaf] = value if leaf != "num_batches_tracked" else torch.tensor(index)
torch.save({"epoch": -1, "ema": None, "model": model, "optimizer": None, "train_args": {"imgsz": 640}},
           HERE / "pretrained.weights")
