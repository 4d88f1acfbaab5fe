#!/usr/bin/env python3
"""Trains the three programs of this folder and draws what they print: precision.svg, and the table of README.md on stdout.

usage: gen_picture.py --bin build/bin [--out precision.svg]
"""
import argparse
import csv
import json
import pathlib
import subprocess
import tempfile

NAMES = {"fashion_f32": "f32", "fashion_bf16": "bf16", "fashion_f16": "f16"}
COLOURS = {"f32": "#555555", "bf16": "#1f77b4", "f16": "#d62728"}
WIDTH, HEIGHT, MARGIN, ROW = 640, 300, 46, 26


def run(program, *arguments):
    return json.loads(subprocess.run([program, *arguments, "--json"], stdout=subprocess.PIPE, check=True).stdout)


def measure(folder):
    rows = {}
    for name, precision in NAMES.items():
        program = folder / name
        with tempfile.TemporaryDirectory() as out:
            trained = run(program, "train", "--threads", "2", "--out", out)
            with open(pathlib.Path(out) / "history.csv") as file:
                losses = [float(row["val_loss"]) for row in csv.DictReader(file)]
        bench = [run(program, "bench", "--threads", "2", "--epochs", "1", "--validation", "40000") for _ in range(2)]
        memory = run(program, "describe")
        rows[precision] = {
            "samples/s": max(b["train_samples_per_s"] for b in bench),
            "MB a step": bench[0]["bytes_per_step"] / 2**20,
            "arena MB": memory["arena_bytes"] / 2**20,
            "test accuracy": trained["test_accuracy"],
            "skipped": trained.get("skipped_updates", 0),
            "val_loss": losses,
        }
    return rows


def curve(losses, low, high):
    step = (WIDTH / 2 - 2 * MARGIN) / max(len(losses) - 1, 1)
    points = ((MARGIN + k * step, HEIGHT - MARGIN - (v - low) / (high - low) * (HEIGHT - 2 * MARGIN)) for k, v in enumerate(losses))
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def text(x, y, content, anchor="start", size=12):
    return f'<text x="{x:.0f}" y="{y:.0f}" font-size="{size}" text-anchor="{anchor}">{content}</text>'


def picture(rows):
    """Left the validation loss of each epoch, right the throughput."""
    every = [v for row in rows.values() for v in row["val_loss"]]
    low, high, fastest = min(every), max(every), max(row["samples/s"] for row in rows.values())
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif">']
    parts.append(text(MARGIN, 24, "val_loss, epoch by epoch") + text(WIDTH / 2 + MARGIN, 24, "training, samples/s"))
    parts.append(text(MARGIN - 4, MARGIN + 4, f"{high:.2f}", "end", 10) + text(MARGIN - 4, HEIGHT - MARGIN + 4, f"{low:.2f}", "end", 10))
    for k, (name, row) in enumerate(rows.items()):
        colour, y = COLOURS[name], MARGIN + 20 + k * 2 * ROW
        parts.append(f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{curve(row["val_loss"], low, high)}"/>')
        length = row["samples/s"] / fastest * (WIDTH / 2 - 3 * MARGIN)
        parts.append(f'<rect x="{WIDTH / 2 + MARGIN}" y="{y}" width="{length:.1f}" height="{ROW}" fill="{colour}"/>')
        parts.append(text(WIDTH / 2 + MARGIN - 6, y + 17, name, "end") + text(WIDTH / 2 + MARGIN + length + 6, y + 17, f'{row["samples/s"]:,.0f}'))
    return "\n".join([*parts, "</svg>\n"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", type=pathlib.Path, required=True, help="folder of the programs")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).parent / "precision.svg")
    options = parser.parse_args()
    rows = measure(options.bin.resolve())
    options.out.write_text(picture(rows))
    columns = [c for c in next(iter(rows.values())) if c != "val_loss"]
    print("| | " + " | ".join(columns) + " |")
    print("|---" * (len(columns) + 1) + "|")
    for name, row in rows.items():
        print(f"| {name} | " + " | ".join(f"{row[c]:,.0f}" if c == "samples/s" else f"{row[c]:.4g}" for c in columns) + " |")


if __name__ == "__main__":
    main()
