"""One training step of the v8-style detector in PyTorch eager, channels_last: the peer of `apus-step`.

Needs torch==2.13.0. Prints one JSON line: seconds of each step, the first loss, peak memory.
"""
import argparse
import json
import pathlib
import resource
import sys
import time

import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "Tests" / "ApusModelsTests" / "Oracles"))
import v8_reference as v8  # noqa: E402


def main():
    parser = argparse.ArgumentParser()
    for name, value in (("size", 320), ("batch", 16), ("classes", 80), ("threads", 2), ("steps", 5), ("warmup", 2)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--precision", choices=("float32", "bfloat16"), default="float32")
    for name in ("tf32", "benchmark"):
        parser.add_argument(f"--{name}", type=int, choices=(0, 1), default=0)
    options = parser.parse_args()
    torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = bool(options.tf32)
    torch.backends.cudnn.benchmark = bool(options.benchmark)
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    device = torch.device(options.device)
    casting = torch.autocast(device.type, torch.bfloat16, enabled=options.precision == "bfloat16")
    model = v8.Detector(*v8.SCALES["n"], options.classes).to(device, memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(v8.parameter_groups(model, 5e-4), lr=0.01, momentum=0.937, nesterov=True)
    average = v8.Average(model)
    images = torch.randint(0, 256, (options.batch, options.size, options.size, 3), dtype=torch.uint8)
    generator = torch.Generator().manual_seed(1)
    rows = [[i, k % options.classes, *(0.3 + 0.4 * torch.rand(2, generator=generator)).tolist(),
             *(0.1 + 0.4 * torch.rand(2, generator=generator)).tolist()]
            for i in range(options.batch) for k in range(8)]
    targets = torch.tensor(rows)
    if device.type == "cuda":
        images = images.to(device)
    trained = [p for p in model.parameters() if p.requires_grad]
    seconds, losses = [], []
    for step in range(options.warmup + options.steps):
        if step == options.warmup:
            first = time.process_time()
        start = time.perf_counter()
        x = images.permute(0, 3, 1, 2).float().div_(255)
        with casting:
            maps = model(x)
        loss, parts = v8.detection_loss([m.float() for m in maps], targets)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 10.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        average.update(model)
        losses.append(float(parts.sum()))
        if device.type == "cuda":
            torch.cuda.synchronize()
        if step >= options.warmup:
            seconds.append(time.perf_counter() - start)
    cpu = (time.process_time() - first) / options.steps
    gpu_peak = torch.cuda.max_memory_reserved() / 2**20 if device.type == "cuda" else 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"engine": "pytorch " + torch.__version__, "seconds": seconds, "loss": losses,
                      "cpuSecondsPerStep": cpu, "peakMiB": peak, "gpuPeakMiB": gpu_peak}))


main()
