"""Trains with and without augmentation, three seeds each, and measures both on the same images: prints the gap between training and
validation, and draws the losses of the first seed.

usage: compare.py [--program build/bin/augmentation] [--out out/augmentation]
"""
import argparse
import csv
import json
import pathlib
import statistics
import subprocess

POINTS = {"without": {"turn": 0, "zoom": 0, "shift": 0}, "with": {"turn": 0.01, "zoom": 0.1, "shift": 0.03}}
SEEDS = (1, 2, 3)


def run(program, *arguments):
    done = subprocess.run([program, *map(str, arguments), "--json"], stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout)


def measure(program, out, name, seed):
    """Accuracy and loss on the 2,000 training images as they are, and on the validation images."""
    folder = out / f"{name}{seed}"
    settings = [word for item in POINTS[name].items() for word in ("--set", "{}={}".format(*item))]
    trained = run(program, "train", "--seed", seed, *settings, "--out", folder)
    own = run(program, "eval", "--split", "train", "--out", folder)
    return own["accuracy"], trained["val_accuracy"], own["loss"], trained["val_loss"]


def losses(folder):
    with open(folder / "history.csv") as file:
        return [float(row["val_loss"]) for row in csv.DictReader(file)]


def draw(path, lines):
    """Lines of the validation loss over the epochs, as SVG."""
    width, height, top = 560, 300, max(max(values) for values in lines.values()) * 1.05
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">']
    parts.append(f'<rect width="{width}" height="{height}" fill="white"/><text x="10" y="16">validation loss, 2,000 training images</text>')
    for k in range(5):
        y = height - 30 - k * (height - 70) / 4
        parts.append(f'<path d="M45 {y:.1f}H{width - 100}" stroke="#ddd"/><text x="8" y="{y + 4:.1f}">{top * k / 4:.2f}</text>')
    for (name, values), colour in zip(lines.items(), ("#c0392b", "#2471a3")):
        at = [(45 + i * (width - 145) / (len(values) - 1), height - 30 - v / top * (height - 70)) for i, v in enumerate(values)]
        parts.append(f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in at)}"/>')
        parts.append(f'<text x="{width - 95}" y="{at[-1][1] + 4:.1f}" fill="{colour}">{name}</text>')
    parts.append(f'<text x="{width / 2 - 60:.0f}" y="{height - 8}">epoch 1 .. {len(values)}</text></svg>')
    path.write_text("\n".join(parts) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--program", default="build/bin/augmentation")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("out/augmentation"))
    options = parser.parse_args()
    gaps = {}
    print("augmentation  training  validation    gap    loss  val_loss    gap   (mean of 3 seeds)")
    for name in POINTS:
        rows = [measure(options.program, options.out, name, seed) for seed in SEEDS]
        own, other, loss, val_loss = (statistics.mean(column) for column in zip(*rows))
        gaps[name] = own - other, val_loss - loss
        print(f"{name:12}  {own:8.4f}  {other:10.4f}  {own - other:.4f}  {loss:.4f}  {val_loss:8.4f}  {val_loss - loss:.4f}")
    narrowed = [1 - gaps["with"][k] / gaps["without"][k] for k in (0, 1)]
    print(f"the gap of the accuracy narrows by {narrowed[0]:.0%}, that of the loss by {narrowed[1]:.0%}")
    draw(options.out / "gap.svg", {name: losses(options.out / f"{name}1") for name in POINTS})


if __name__ == "__main__":
    main()
