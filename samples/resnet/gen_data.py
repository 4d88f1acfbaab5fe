#!/usr/bin/env python3
"""Writes images of ten classes in the format of CIFAR-10's binaries: stripes of five directions, fine or coarse, in random colours
under noise. usage: gen_data.py DIR [--train N] [--test N] [--seed S]"""
import argparse
import math
import pathlib
import random

SIDE = 32
DIRECTIONS = 5


def image(label, rng):
    """Bytes of one record: the label, then the planes of red, green and blue."""
    angle = math.pi * (label % DIRECTIONS) / DIRECTIONS + rng.uniform(-0.12, 0.12)
    wavelength = (4.0 if label < DIRECTIONS else 9.0) * rng.uniform(0.85, 1.15)
    phase = rng.uniform(0, 2 * math.pi)
    step_x, step_y = (2 * math.pi * f(angle) / wavelength for f in (math.cos, math.sin))
    waves = [math.sin(phase + step_x * x + step_y * y) for y in range(SIDE) for x in range(SIDE)]
    planes = []
    for _ in range(3):
        middle, height = rng.uniform(80, 170), rng.uniform(20, 60) * rng.choice((-1, 1))
        planes += [min(255, max(0, round(middle + height * wave + rng.gauss(0, 25)))) for wave in waves]
    return bytes([label, *planes])


def write(path, count, rng):
    with open(path, "wb") as file:
        for i in range(count):
            file.write(image(rng.randrange(2 * DIRECTIONS), rng))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--train", type=int, default=5000, help="training images (5000)")
    parser.add_argument("--test", type=int, default=1000, help="test images (1000)")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    options.folder.mkdir(parents=True, exist_ok=True)
    write(options.folder / "data_batch_1.bin", options.train, rng)
    write(options.folder / "test_batch.bin", options.test, rng)


if __name__ == "__main__":
    main()
