"""What the samples share whose comparison is a script: running the programs, a table, charts as SVG. Standard library alone."""
import argparse
import csv
import json
import pathlib
import subprocess

COLOURS = ("#1f77b4", "#d62728", "#2ca02c", "#ff7f0e")
FASHION = "/usr/share/datasets/fashion-mnist"


def parse(name, description):
    """Options that all have: --bin, --out (out/samples/NAME), --data."""
    parser = argparse.ArgumentParser(prog=f"compare_{name}", description=description)
    parser.add_argument("--bin", type=pathlib.Path, default=pathlib.Path("build/bin"), help="folder of the programs")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("out/samples") / name, help="folder of the picture and the runs")
    parser.add_argument("--data", default=FASHION, help="Fashion-MNIST")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    return options


def call(program, *arguments, codes=(0,)):
    """(the object that a command prints with --json, or None; what it says on stderr)."""
    run = subprocess.run([program, *map(str, arguments), "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if run.returncode not in codes:
        raise SystemExit(f"{pathlib.Path(program).name} {arguments[0]} ended with code {run.returncode}: {run.stderr.strip()}")
    return json.loads(run.stdout) if run.stdout.strip() else None, run.stderr.strip()


def epochs(folder):
    """What report.json of a run says of its epochs."""
    return json.loads((pathlib.Path(folder) / "report.json").read_text())["epochs"]


def step_losses(path):
    with open(path) as file:
        return [float(row[1]) for row in csv.reader(file)]


def print_table(columns, rows):
    """The first column stands left, the others right."""
    cells = [columns, *[[str(cell) for cell in row] for row in rows]]
    widths = [max(len(row[k]) for row in cells) for k in range(len(columns))]
    for row in cells:
        print("  ".join(cell.ljust(w) if k == 0 else cell.rjust(w) for k, (cell, w) in enumerate(zip(row, widths))).rstrip())


def text(x, y, content, anchor="start", more=""):
    content = str(content).replace("&", "&amp;").replace("<", "&lt;")
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {more}>{content}</text>'


class Chart:
    """One panel of 300 x 240 at `left`: lines over x, with marks at `x_marks` {x: text}."""

    def __init__(self, left, title, x_range, y_range, x_marks, y_text=lambda v: f"{v:.2f}"):
        self.left, (self.x0, self.x1), (self.y0, self.y1) = left, x_range, y_range
        self.parts = [text(left + 40, 30, title, more='font-weight="bold"')]
        for k in range(5):
            level = self.y0 + (self.y1 - self.y0) * k / 4
            self.parts.append(f'<line x1="{left + 40}" x2="{left + 290}" y1="{self.y(level):.1f}" y2="{self.y(level):.1f}" stroke="#ddd"/>')
            self.parts.append(text(left + 34, self.y(level) + 4, y_text(level), "end"))
        self.parts += [text(self.x(x), 248, mark, "middle") for x, mark in x_marks.items()]

    def x(self, value):
        return self.left + 50 + 230 * (value - self.x0) / (self.x1 - self.x0)

    def y(self, value):
        return 230 - 180 * (min(value, self.y1) - self.y0) / (self.y1 - self.y0)

    def curve(self, points, colour, dots=True):
        places = [(self.x(a), self.y(b)) for a, b in points]
        self.parts.append(f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{" ".join(f"{a:.1f},{b:.1f}" for a, b in places)}"/>')
        if dots:
            self.parts += [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3" fill="{colour}"/>' for a, b in places]


def write_picture(path, charts, names, x_label):
    """`names`: what the curves of each colour are."""
    width = 320 * len(charts)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="290" viewBox="0 0 {width} 290" font-family="sans-serif" font-size="11">',
             f'<rect width="{width}" height="290" fill="white"/>']
    for chart in charts:
        parts += chart.parts
    at = 50
    for colour, name in zip(COLOURS, names):
        parts.append(text(at, 278, name, more=f'fill="{colour}"'))
        at += 30 + 7 * len(name)
    parts += [text(width - 20, 278, x_label, "end"), "</svg>\n"]
    path.write_text("\n".join(parts))
    print(f"picture: {path}")
