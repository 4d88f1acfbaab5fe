"""Prunes trained weights to several shares and draws what comes of it.

usage: plot.py --program build/bin/pruning_dense [--out FOLDER] [--epochs N] [--finetune N]

Trains once without zeros, then prunes to each share in blocks of 16 x 16 and as whole filters.
Writes pruning.json and pruning.svg into the folder. Standard library alone.
"""
import argparse
import json
import pathlib
import subprocess

SHARES = (0.5, 0.7, 0.8, 0.9, 0.95)
FORMS = (("block:16x16", "#1f77b4"), ("filters", "#d62728"))


def call(program, *arguments):
    run = subprocess.run([program, *map(str, arguments), "--json"], stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(run.stdout)


def measure(options):
    rows = []
    for form, _ in FORMS:
        for share in SHARES:
            out = options.out / f"{form.replace(':', '_')}_{share}"
            report = call(
                options.program, "prune", "--to", share, "--form", form, "--finetune", options.finetune, "--weights",
                options.out / "dense" / "model.safetensors", "--out", out, "--threads", 1, "--seed", 1,
            )
            rows.append({"form": form, "share": share, **report})
            print(form, share, report["before_accuracy"], report["after_accuracy"], report["bytes_after"] / report["bytes_before"])
    return rows


def panel(rows, left, title, value, low, high, text):
    """One chart of 300 x 220 with a line for each form."""
    x = lambda share: left + 40 + 240 * (share - 0.45) / 0.55
    y = lambda v: 230 - 180 * (v - low) / (high - low)
    parts = [f'<text x="{left + 40}" y="30" font-weight="bold">{title}</text>']
    for k in range(5):
        level = low + (high - low) * k / 4
        parts.append(f'<line x1="{left + 40}" x2="{left + 290}" y1="{y(level):.1f}" y2="{y(level):.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{left + 34}" y="{y(level) + 4:.1f}" text-anchor="end">{text(level)}</text>')
    for share in SHARES:
        parts.append(f'<text x="{x(share):.1f}" y="248" text-anchor="middle">{share:.0%}</text>')
    for form, colour in FORMS:
        points = [(x(row["share"]), y(value(row))) for row in rows if row["form"] == form]
        parts.append(f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{" ".join(f"{a:.1f},{b:.1f}" for a, b in points)}"/>')
        parts += [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3" fill="{colour}"/>' for a, b in points]
    return parts


def draw(rows):
    faster = lambda row: row["seconds_before_batch_64"] / row["seconds_after_batch_64"]
    low = min(row["after_accuracy"] for row in rows) - 0.005
    high = max(max(row["after_accuracy"], row["before_accuracy"]) for row in rows) + 0.005
    parts = ['<svg xmlns="http://www.w3.org/2000/svg" width="960" height="290" font-family="sans-serif" font-size="11">',
             '<rect width="960" height="290" fill="white"/>']
    parts += panel(rows, 10, "test accuracy, fine-tuned", lambda r: r["after_accuracy"], low, high, lambda v: f"{v:.3f}")
    parts += panel(rows, 330, "file, of the dense one", lambda r: r["bytes_after"] / r["bytes_before"], 0, 0.6, lambda v: f"{v:.2f}")
    parts += panel(rows, 650, "inference at batch 64, times as fast", faster, 0, max(map(faster, rows)) * 1.1, lambda v: f"{v:.1f}")
    for k, (form, colour) in enumerate(FORMS):
        parts.append(f'<text x="{50 + 130 * k}" y="275" fill="{colour}">{form}</text>')
    parts.append('<text x="480" y="275" text-anchor="middle">share of zeros, or of filters left out</text></svg>')
    return "\n".join(parts) + "\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("out/pruning_plot"))
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--finetune", type=int, default=6)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    dense = options.out / "dense"
    call(options.program, "train", "--epochs", options.epochs, "--seed", 1, "--threads", 1, "--out", dense)
    rows = measure(options)
    (options.out / "pruning.json").write_text(json.dumps(rows, indent=1))
    (options.out / "pruning.svg").write_text(draw(rows))


if __name__ == "__main__":
    main()
