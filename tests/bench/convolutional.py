"""Figures of convolutional networks: accuracy, training throughput, and the kernels alone."""
import pathlib
import random
import statistics
import struct
import tempfile

from ours import Program
from peers_environment import CNN, RESNET
from table import fraction

BATCH = 64
POINT = ("--set", "filters=64", "--set", "rate=0.2", "--set", "learning_rate=0.001")  # what the peers' scripts train
SIDE, CHANNELS, CLASSES = 32, 3, 10  # of the generated images
ROWS = 6400


def fashion_cnn(options):
    return Program(pathlib.Path(options.build) / "bin" / "fashion_cnn")


def accuracy_cnn(table, _, options):
    program, values = fashion_cnn(options), []
    for seed in (1, 2, 3):
        with tempfile.TemporaryDirectory() as out:
            run = program.json("train", "--validation", 0, "--epochs", 10, "--batch", BATCH, *POINT, "--seed", seed, "--out", out)
        values.append(run["test_accuracy"])
    median = statistics.median(values)
    shown = " ".join(f"{value:.4f}" for value in values)
    table.add("test accuracy, fashion_cnn, 10 epochs of 60,000, batch 64, 3 seeds", f"{median:.4f} ({shown})", ">= 0.92", median >= 0.92)


def cnn(table, _, options):
    program = fashion_cnn(options)
    ours, theirs = alternate(options, CNN, lambda: program.json("bench", "--batch", BATCH, "--threads", 2, *POINT))
    show(table, "fashion_cnn", ours, theirs, 2.5)


def resnet(table, _, options):
    program = Program(pathlib.Path(options.build) / "bin" / "resnet20")
    with tempfile.TemporaryDirectory() as folder:
        write_images(pathlib.Path(folder))
        ours, theirs = alternate(options, RESNET, lambda: program.json("bench", "--data", folder, "--batch", BATCH, "--threads", 2, "--epochs", 2))
    show(table, "ResNet-20", ours, theirs, 1.7)


def alternate(options, peers, run):
    """Our best report and each peer's best rate, of `options.rounds` rounds in which everybody runs once."""
    ours, theirs = None, {}
    for _ in range(options.rounds):
        report = run()
        if ours is None or report["train_samples_per_s"] > ours["train_samples_per_s"]:
            ours = report
        for peer, script in peers.items() if options.environments else ():
            theirs[peer] = max(theirs.get(peer, 0), options.environments.throughput(script, BATCH, epochs=2))
    return ours, theirs


def show(table, name, ours, theirs, bar):
    """The bar is against the fastest peer; the others are there to compare."""
    rate = ours["train_samples_per_s"]
    table.add(f"train samples/s, {name}, batch {BATCH}", f"{rate:.0f} ({ours['train_gflops']:.0f} of {ours['peak_gflops']:.0f} GFLOP/s)", "", None)
    for peer in sorted(theirs, key=theirs.get, reverse=True):
        ratio = rate / theirs[peer]
        best = theirs[peer] == max(theirs.values())
        table.add(f"  against {peer} ({theirs[peer]:.0f})", f"{ratio:.2f}x", f">= {bar}x" if best else "", ratio >= bar if best else None)
    table.add(f"allocations in a steady step, {name}", f"{ours['allocations_per_step']:g}", "0", ours["allocations_per_step"] == 0)


def convolutions(table, _, options):
    """Kernels alone, on one thread and on two."""
    program = Program(pathlib.Path(options.build) / "tests" / "bench_convolutions")
    for threads in (1, 2):
        report = program.report(threads, options.rounds)
        name = f"{threads} thread{'s' if threads > 1 else ''}"
        for row in report["convolutions"]:
            show_convolution(table, f"{row['shape']} {row['direction']}, {name}", row, report)
        ratios = [row["direct_gflops"] / row["onednn_gflops"] for row in report["convolutions"] if row["onednn_gflops"]]
        if ratios:
            mean = statistics.geometric_mean(ratios)
            table.add(f"direct against oneDNN {report['onednn']}, geometric mean of {len(ratios)}, {name}", f"{mean:.2f}x", ">= 1x", mean >= 1)


def show_convolution(table, name, row, report):
    """Registers are half empty with 16 channels, so the bar is lower there."""
    versus = f" (oneDNN {row['onednn_gflops']:.0f} GFLOP/s)" if row["onednn_gflops"] else ""
    bar = 0.8 if row["channels"] == 16 else 0.85
    fraction(table, f"direct {name}{versus}", report, row["direct_gflops"] / report["peak_gflops"], bar)
    if row["winograd_gflops"]:
        fraction(table, f"  Winograd {name}", report, row["winograd_gflops"] / report["peak_gflops"], 1.5)


def write_images(folder):
    """x_train.npy and y_train.npy of random bytes and classes."""
    draw = random.Random(0)
    write_npy(folder / "x_train.npy", (ROWS, SIDE, SIDE, CHANNELS), draw.randbytes(ROWS * SIDE * SIDE * CHANNELS))
    write_npy(folder / "y_train.npy", (ROWS,), bytes(draw.randrange(CLASSES) for _ in range(ROWS)))


def write_npy(path, shape, data):
    header = f"{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}, }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + data)
