#!/usr/bin/env python3
"""Draws PNG files of two classes, discs and crosses of random colours, sizes, places and turns under noise, always the same.

usage: gen_images.py DIR [--count N] [--side PIXELS] [--seed S] [--folders]

N files of each class: DIR/cross.0.png, DIR/disc.0.png, ... or, with --folders, DIR/cross/0.png, DIR/disc/0.png, ...
"""
import argparse
import math
import pathlib
import random
import struct
import zlib

DARK, LIGHT, SPREAD = 20, 140, 90  # channels of the ground start at DARK, those of the figure at LIGHT
NOISE = 64  # values from -32 to 31 are added to every channel


def inside_disc(rng):
    """A function of a point (in units of the side, the middle of the figure is the origin): whether it belongs to the figure."""
    radius = rng.uniform(0.14, 0.32)
    return lambda x, y: x * x + y * y < radius * radius


def inside_cross(rng):
    half_length, half_width, turn = rng.uniform(0.2, 0.36), rng.uniform(0.03, 0.07), rng.uniform(0, math.pi / 2)
    c, s = math.cos(turn), math.sin(turn)

    def inside(x, y):
        u, v = abs(c * x + s * y), abs(c * y - s * x)
        return max(u, v) < half_length and min(u, v) < half_width

    return inside


FIGURES = {"cross": inside_cross, "disc": inside_disc}


def colours(rng):
    """Of figure and ground: light on dark."""
    return [[rng.randrange(low, low + SPREAD) for _ in range(3)] for low in (LIGHT, DARK)]


def pixels(inside, side, rng):
    """Rows of RGB bytes."""
    figure, ground = colours(rng)
    middle_x, middle_y = (rng.uniform(0.38, 0.62) for _ in range(2))
    rows = []
    for i in range(side):
        noise, y = rng.randbytes(3 * side), (i + 0.5) / side - middle_y
        base = [c for j in range(side) for c in (figure if inside((j + 0.5) / side - middle_x, y) else ground)]
        rows.append(bytes(max(0, min(255, c + n % NOISE - NOISE // 2)) for c, n in zip(base, noise)))
    return rows


def write_png(path, rows):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", len(rows[0]) // 3, len(rows), 8, 2, 0, 0, 0)  # 8 bits of RGB
    body = zlib.compress(b"".join(b"\0" + row for row in rows), 1)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b""))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=300, help="images of each class (300)")
    parser.add_argument("--side", type=int, default=150, help="width and height in pixels (150)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folders", action="store_true", help="a folder for each class instead of the class in the name of the file")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    for name, figure in FIGURES.items():
        for i in range(options.count):
            path = options.folder / name / f"{i}.png" if options.folders else options.folder / f"{name}.{i}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            write_png(path, pixels(figure(rng), options.side, rng))


if __name__ == "__main__":
    main()
