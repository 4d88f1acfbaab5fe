"""Fashion-MNIST from Debian's dataset-fashion-mnist as float32 in [0, 1], and the arguments that every peer takes."""
import argparse
import gzip
import time

import numpy as np

FOLDER = "/usr/share/datasets/fashion-mnist/"


def idx(name, header):
    with gzip.open(FOLDER + name) as source:
        return np.frombuffer(source.read(), np.uint8, offset=header)


def load():
    """Train images [60000, 784], labels, test images [10000, 784], labels."""
    parts = []
    for part in ("train", "t10k"):
        parts.append(idx(f"{part}-images-idx3-ubyte.gz", 16).reshape(-1, 784).astype(np.float32) / 255)
        parts.append(idx(f"{part}-labels-idx1-ubyte.gz", 8).astype(np.int32))
    return parts


def images(rows):
    """The first `rows` train images [rows, 28, 28, 1] and their labels."""
    pixels, labels, _, _ = load()
    return pixels[:rows].reshape(-1, 28, 28, 1), labels[:rows]


def arguments(**more):
    """--batch --epochs --threads --device --amp and what `more` adds (name=default)."""
    parser = argparse.ArgumentParser()
    for name, default in dict(batch=32, epochs=3, threads=2, device="cpu", amp=0, **more).items():
        parser.add_argument(f"--{name}", type=type(default), default=default)
    return parser.parse_args()


class EpochClock:
    """Prints one line per epoch: `samples_per_s VALUE loss VALUE`, the form that figures.py reads."""

    def __init__(self, rows):
        self.rows = rows

    def __enter__(self):
        self.begin = time.perf_counter()
        return self

    def __exit__(self, *_):
        self.seconds = time.perf_counter() - self.begin

    def report(self, loss):
        print(f"samples_per_s {self.rows / self.seconds:.1f} loss {float(loss):.4f}", flush=True)
