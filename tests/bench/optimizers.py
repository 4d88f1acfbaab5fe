"""The figure `optimizers`: updates alone on 10 million parameters, against PyTorch and against the memory bandwidth."""
import pathlib
import re

from ours import Program

BARS = {"sgd": 1.0, "sgd with momentum": 1.0, "adam": 1.0, "rmsprop": 2.0, "nadam": 2.0, "adagrad": 2.0, "adadelta": 2.0, "adamax": 2.0}
BANDWIDTH_BAR = 0.8  # of STREAM's triad, measured in the same run


def optimizers(table, _, options):
    program = Program(pathlib.Path(options.build) / "tests" / "bench_optimizers")
    ours, theirs, triad = {}, {}, 0.0
    for _ in range(options.rounds):
        report = program.report(2, 2)
        triad = max(triad, report["triad_gb_per_s"])
        for row in report["optimizers"]:
            if row["name"] not in ours or row["seconds"] < ours[row["name"]]["seconds"]:
                ours[row["name"]] = row
        for name, seconds in torch_seconds(options.environments).items():
            theirs[name] = min(theirs.get(name, seconds), seconds)
    for name, row in ours.items():
        share = row["gb_per_s"] / triad
        value = f"{row['seconds'] * 1e3:.2f} ms, {row['gb_per_s']:.1f} GB/s, {share:.2f} of {triad:.1f}"
        table.add(f"update of 10 M parameters, {name}", value, f">= {BANDWIDTH_BAR} of the triad", share >= BANDWIDTH_BAR)
        if name in theirs:
            ratio, bar = theirs[name] / row["seconds"], BARS[name]
            table.add(f"  against PyTorch ({theirs[name] * 1e3:.2f} ms)", f"{ratio:.2f}x", f">= {bar}x", ratio >= bar)


def torch_seconds(environments):
    if not environments:
        return {}
    text = environments.run("torch", "torch_optimizers.py", ["--threads", 2])
    return {name: float(seconds) for name, seconds in re.findall(r"^(.+): seconds_per_step ([\d.]+)$", text, re.MULTILINE)}
