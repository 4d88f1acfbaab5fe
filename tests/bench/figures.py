"""The figures that Ingot is held to, measured on this machine, as one table.

usage: ./ingot bench [--peers DIR] [--rounds N] [--only WORD ...] [--json FILE]

Runs alternate: machines drift by more than the differences that count, so only numbers from the same round compare.
Fractions of peak get a verdict on hosts with AVX-512 only.
"""
import argparse
import json
import pathlib
import shutil
import statistics
import sys
import tempfile

import convolutional
import craft
import decoding
import input_figures
import mixed
import on_gpu
import optimizers
from ours import Failure, Fashion, Program
from peers_environment import MLP, Peers
from table import Table, fraction

POINTS = pathlib.Path(__file__).parent / "peers" / "points.json"
POINTS_SEED = 1  # `search --seed` that draws the committed points
BARS = {  # batch: how many times faster than each peer
    128: {"JAX": 1.6, "PyTorch": 3.5, "Keras": 5.0},
    32: {"JAX": 1.9, "PyTorch": 4.0, "Keras": 10.0},
}


def accuracy(table, fashion, _):
    values = [fashion.accuracy(seed) for seed in (1, 2, 3)]
    median = statistics.median(values)
    shown = " ".join(f"{value:.4f}" for value in values)
    table.add("test accuracy, units 512, 10 epochs of 60,000, batch 32, 3 seeds", f"{median:.4f} ({shown})", ">= 0.88", median >= 0.88)


def throughput(table, fashion, options):
    for batch, bars in BARS.items():
        best, report = {}, {}
        for _ in range(options.rounds):
            run = fashion.bench(batch)
            if run["train_samples_per_s"] > report.get("train_samples_per_s", 0):
                report = run
            for peer, script in MLP.items() if options.environments else ():
                rate = options.environments.throughput(script, batch, epochs=3)
                best[peer] = max(best.get(peer, 0), rate)
        ours = report["train_samples_per_s"]
        table.add(f"train samples/s, batch {batch}", f"{ours:.0f}", "", None)
        table.add(f"inference samples/s, batch {batch}", f"{report['infer_samples_per_s']:.0f}", "", None)
        if best:
            best["PyTorch"] = max(best["PyTorch"], best.pop("PyTorch compiled"))
        for peer, bar in bars.items():
            if peer in best:
                ratio = ours / best[peer]
                table.add(f"  against {peer} ({best[peer]:.0f})", f"{ratio:.2f}x", f">= {bar}x", ratio >= bar)
        if batch == 128:
            fraction(table, "fraction of FMA peak, whole step, batch 128, both cores", report, report["peak_fraction"] or 0, 0.75)
        table.add(f"allocations in a steady step, batch {batch}", f"{report['allocations_per_step']:g}", "0", report["allocations_per_step"] == 0)


def forward(table, _, options):
    """The contraction alone."""
    report = Program(pathlib.Path(options.build) / "tests" / "bench_forward").report(2, options.rounds)
    fraction(table, "fraction of FMA peak, forward 128x784x512, both cores", report, report["gflops"] / report["peak_gflops"], 0.9)


def pruning(table, _, options):
    """A layer of 512 units without 80 % of its blocks, fine-tuned, against the same one with all of them."""
    program = Program(pathlib.Path(options.build) / "bin" / "pruning_dense")
    with tempfile.TemporaryDirectory() as folder:
        program.json("train", "--seed", 1, "--out", folder)
        report = program.json("prune", "--to", 0.8, "--form", "block:16x16", "--finetune", 6, "--seed", 1, "--weights",
                              pathlib.Path(folder) / "model.safetensors", "--out", pathlib.Path(folder) / "pruned")
    lost = report["before_accuracy"] - report["after_accuracy"]
    table.add("pruned to 80 % in blocks: accuracy lost", f"{lost:.4f} of {report['before_accuracy']:.4f}", "<= 0.01", lost <= 0.01)
    share = report["bytes_after"] / report["bytes_before"]
    table.add("  file against the dense one", f"{share:.3f}", "<= 0.3", share <= 0.3)
    for batch in (1, 64):
        ratio = report[f"seconds_before_batch_{batch}"] / report[f"seconds_after_batch_{batch}"]
        table.add(f"  inference at batch {batch}, one thread", f"{ratio:.1f}x", ">= 2x", ratio >= 2)


def compile_time(table, fashion, options):
    runs = [fashion.bench(32, threads=1, units=units) for units in (96, 160, 288)]
    cold = statistics.median(run["compile_ms_cold"] for run in runs)
    cached = statistics.median(run["compile_ms_cached"] for run in runs)
    table.add("new variant to first step, cold, one core", f"{cold:.1f} ms", "<= 50 ms", cold <= 50)
    table.add("new variant to first step, cached, one core", f"{cached:.2f} ms", "<= 3 ms", cached <= 3)
    if shutil.which("ptxas") is None:
        table.add("new variant to cubin in memory", "ptxas is not on PATH", "<= 400 ms", None)
        return
    report = Program(pathlib.Path(options.build) / "tests" / "bench_device_compile").report(options.rounds)
    for state, bar in (("cold", 400), ("cached", 10)):
        wall, cpu = report[f"{state}_ms"], report[f"{state}_cpu_ms"]
        table.add(f"new variant to cubin in memory, {state}", f"{wall:.1f} ms ({cpu:.1f} ms of CPU)", f"<= {bar} ms", wall <= bar)


def search(table, fashion, options):
    points = json.loads(POINTS.read_text())
    seconds, best = fashion.search(points, POINTS_SEED, epochs=10)
    table.add("10 points x 10 epochs, batch 32, two threads", f"{seconds:.1f} s (best {best:.4f})", "", None)
    if options.environments:
        theirs, their_best = options.environments.search_seconds(POINTS, epochs=10)
        ratio = theirs / seconds
        table.add(f"  against Keras Tuner ({theirs:.0f} s, best {their_best:.4f})", f"{ratio:.1f}x", ">= 10x", ratio >= 10)


def executable(table, fashion, _):
    size, start = fashion.stripped_bytes(), fashion.start_ms()
    table.add("executable, stripped", f"{size / 2**20:.2f} MB", "<= 2 MB", size <= 2 * 2**20)
    table.add("start with --help", f"{start:.1f} ms", "<= 5 ms", start <= 5)


FIGURES = {
    "accuracy": accuracy,
    "throughput": throughput,
    "forward": forward,
    "compile": compile_time,
    "pruning": pruning,
    "search": search,
    "executable": executable,
    "accuracy_cnn": convolutional.accuracy_cnn,
    "cnn": convolutional.cnn,
    "resnet": convolutional.resnet,
    "convolutions": convolutional.convolutions,
    "decode": decoding.decode,
    "optimizers": optimizers.optimizers,
    "overfitting": craft.overfitting,
    "early_stopping": craft.early_stopping,
    "caching": input_figures.caching,
    "augmentation": input_figures.augmentation,
    "mixed": mixed.mixed,
    "gpu": on_gpu.on_gpu,
}


def parse():
    parser = argparse.ArgumentParser(prog="./ingot bench", description="Measures the figures of Ingot and prints them as a table.")
    parser.add_argument("--build", default="build", help="build folder")
    parser.add_argument("--peers", metavar="DIR", help="also run PyTorch, JAX, Keras and Keras Tuner; their environments are made in DIR")
    parser.add_argument("--rounds", type=int, default=3, help="alternating rounds, best of them counts (3)")
    parser.add_argument("--only", nargs="+", choices=FIGURES, default=list(FIGURES), help="some figures only")
    parser.add_argument("--json", metavar="FILE", type=pathlib.Path, help="also write the table as JSON")
    return parser.parse_args()


def main():
    options = parse()
    table = Table()
    try:
        fashion = Fashion(pathlib.Path(options.build) / "bin" / "fashion")
        options.environments = Peers(options.peers) if options.peers else None
        for name in options.only:
            FIGURES[name](table, fashion, options)
    except Failure as failure:
        print(f"ingot: {failure}", file=sys.stderr)
        return 1
    print(table.text())
    if options.json:
        options.json.write_text(json.dumps([dict(zip(("figure", "measured", "bar", "verdict"), row)) for row in table.rows], indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
