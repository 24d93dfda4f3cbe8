"""PyTorch's DataLoader over a folder of JPEG files with OpenCV: the peer of scripts/benchmarks/data.

usage: data.py FOLDER LABELS.json AUGMENT(0|1) SIZE BATCH WORKERS EPOCHS

Reads, letterboxes to SIZE², and where AUGMENT is 1 turns the image by a random affine map (scale 0.5 to 1.5, shift up
to a tenth), changes hue, saturation and value by tables, and mirrors every other image, its boxes with it: the usual
recipe of YOLO-style trainings. Batches are uint8 RGB [BATCH, SIZE, SIZE, 3]. Prints one JSON line.
"""
import json
import pathlib
import resource
import sys
import time

import cv2
import numpy
import torch
from torch.utils.data import DataLoader, Dataset

GREY = (114, 114, 114)


def letterboxed(image, size):
    """The image resized with its shape kept, in the middle of a grey square; and how it was moved."""
    height, width = image.shape[:2]
    ratio = min(size / width, size / height)
    inner = round(width * ratio), round(height * ratio)
    if inner != (width, height):
        image = cv2.resize(image, inner, interpolation=cv2.INTER_LINEAR)
    left, top = (size - inner[0]) // 2, (size - inner[1]) // 2
    image = cv2.copyMakeBorder(
        image, top, size - inner[1] - top, left, size - inner[0] - left, cv2.BORDER_CONSTANT, value=GREY)
    return image, ratio, left, top


def warped(image, boxes, size, random):
    scale = random.uniform(0.5, 1.5)
    shift = random.uniform(0.4, 0.6, 2) * size
    matrix = numpy.array([[scale, 0, shift[0] - scale * size / 2], [0, scale, shift[1] - scale * size / 2]])
    image = cv2.warpAffine(image, matrix, (size, size), flags=cv2.INTER_LINEAR, borderValue=GREY)
    boxes = boxes * scale + numpy.tile(matrix[:, 2], 2)
    return image, boxes.clip(0, size)


def recoloured(image, random):
    gains = random.uniform(-1, 1, 3) * [0.015, 0.7, 0.4] + 1
    values = numpy.arange(256, dtype=gains.dtype)
    tables = [(values * gains[0]) % 180, (values * gains[1]).clip(0, 255), (values * gains[2]).clip(0, 255)]
    channels = cv2.split(cv2.cvtColor(image, cv2.COLOR_BGR2HSV))
    mapped = [cv2.LUT(channel, table.astype(numpy.uint8)) for channel, table in zip(channels, tables)]
    return cv2.cvtColor(cv2.merge(mapped), cv2.COLOR_HSV2BGR)


def mirrored(image, boxes, size):
    return cv2.flip(image, 1), numpy.stack([size - boxes[:, 2], boxes[:, 1], size - boxes[:, 0], boxes[:, 3]], 1)


class Photographs(Dataset):
    def __init__(self, folder, labels, augment, size):
        self.labels = json.loads(pathlib.Path(labels).read_text())
        self.files = [str(pathlib.Path(folder) / name) for name in self.labels]
        self.boxes = [numpy.array(boxes, numpy.float32).reshape(-1, 4) for boxes in self.labels.values()]
        self.augment, self.size = augment, size

    def __len__(self):
        return len(self.files)

    def __getitem__(self, index):
        image, ratio, left, top = letterboxed(cv2.imread(self.files[index]), self.size)
        boxes = self.boxes[index] * ratio + numpy.array([left, top, left, top], numpy.float32)
        if self.augment:
            random = numpy.random.default_rng(torch.randint(1 << 31, ()).item())
            image, boxes = warped(image, boxes, self.size, random)
            image = recoloured(image, random)
            if random.uniform() < 0.5:
                image, boxes = mirrored(image, boxes, self.size)
        image = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
        return torch.from_numpy(image), torch.from_numpy(boxes)


def collate(samples):
    images, boxes = zip(*samples)
    return torch.stack(images), list(boxes)


def start(_):
    cv2.setNumThreads(1)
    torch.set_num_threads(1)


def main(folder, labels, augment, size, batch, workers, epochs):
    start(0)
    loader = DataLoader(
        Photographs(folder, labels, augment == "1", int(size)), batch_size=int(batch), shuffle=True,
        num_workers=int(workers), collate_fn=collate, worker_init_fn=start,
        persistent_workers=int(workers) > 0)
    rates = []
    for _ in range(int(epochs) + 1):
        begin, count = time.perf_counter(), 0
        for images, _ in loader:
            count += images.shape[0]
        rates.append(count / (time.perf_counter() - begin))
    # The first epoch starts the workers and is left out.
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    print(json.dumps({"engine": f"torch {torch.__version__}, OpenCV {cv2.__version__}", "images_per_second": rates[1:],
                      "peak_mib": peak}))


if __name__ == "__main__":
    main(*sys.argv[1:])
