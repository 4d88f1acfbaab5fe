"""Figures of the input: image files decoded once and cached, images augmented beside the steps."""
import pathlib
import re
import subprocess
import tempfile

from convolutional import BATCH, POINT, fashion_cnn
from ours import Failure, Program

IMAGES, SIDE, THREADS, PASSES = 2000, 150, 2, 4  # of 300 x 300, decoded to SIDE


def caching(table, _, options):
    """The first epoch against the later ones, and those against tf.data's file cache."""
    tests = pathlib.Path(options.build) / "tests"
    with tempfile.TemporaryDirectory() as folder:
        photos = pathlib.Path(folder) / "photos"
        text_of([tests / "bench_photos", photos, IMAGES])
        arguments = [photos, SIDE, SIDE, THREADS, PASSES]
        ours, theirs = [], []
        for number in range(options.rounds):
            ours.append(rates(text_of([tests / "bench_caching", *arguments, pathlib.Path(folder) / f"ours{number}"])))
            if options.environments:
                cache = pathlib.Path(folder) / f"theirs{number}"
                cache.mkdir()
                theirs.append(rates(options.environments.run("tf", "keras_caching.py", [*arguments, cache])))
    first, later = max(run[0] for run in ours), max(max(run[1:]) for run in ours)
    table.add(f"images/s, {IMAGES} JPEGs of 300 x 300 to {SIDE} x {SIDE}, first epoch, cache file filled", f"{first:.0f}", "", None)
    table.add("  later epochs", f"{later:.0f} ({later / first:.1f}x)", ">= 5x", later >= 5 * first)
    if theirs:
        their_first, their_later = max(run[0] for run in theirs), max(max(run[1:]) for run in theirs)
        table.add(f"  later epochs against tf.data's file cache ({their_later:.0f})", f"{later / their_later:.1f}x", ">= 1.5x", later >= 1.5 * their_later)
        table.add(f"  first epoch against tf.data's ({their_first:.0f})", f"{first / their_first:.1f}x", "", None)


def augmentation(table, _, options):
    """What flip, rotation, zoom, translation and contrast cost the training of fashion_cnn, both cores busy with it."""
    programs = fashion_cnn(options), Program(pathlib.Path(options.build) / "tests" / "augmented_cnn")
    best = [0, 0]
    for _ in range(options.rounds):
        for k, program in enumerate(programs):
            run = program.json("bench", "--batch", BATCH, "--threads", 2, "--epochs", 2, *POINT)
            best[k] = max(best[k], run["train_samples_per_s"])
    plain, augmented = best
    table.add("train samples/s, fashion_cnn with augmentation", f"{augmented:.0f} ({augmented / plain:.2f}x of {plain:.0f})", ">= 0.9x", augmented >= 0.9 * plain)


def rates(text):
    return [float(rate) for rate in re.findall(r"images_per_s ([\d.]+)", text)]


def text_of(command):
    run = subprocess.run([*map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if run.returncode != 0:
        raise Failure(f"{pathlib.Path(command[0]).name} failed: {run.stderr.strip().splitlines()[-1:]}")
    return run.stdout
