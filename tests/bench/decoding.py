"""The figure of decoding: a folder of JPEGs to one size, as training does when images do not stay in memory."""
import pathlib
import re
import subprocess
import tempfile

from ours import Failure, Program

IMAGES, SIDE, THREADS, PASSES = 2000, 150, 2, 3
BAR = 1.5


def rates(text):
    return [float(value) for value in re.findall(r"images_per_s ([\d.]+)", text)]


def output(program, *arguments):
    run = subprocess.run([program.path, *map(str, arguments)], capture_output=True, text=True)
    if run.returncode != 0:
        raise Failure(f"{program.path.name} failed: {run.stderr.strip().splitlines()[-1:]}")
    return run.stdout


def decode(table, _, options):
    """Best passes of alternating runs over the same files."""
    tests = pathlib.Path(options.build) / "tests"
    decoder, photos = Program(tests / "bench_decode"), Program(tests / "bench_photos")
    ours = theirs = 0
    with tempfile.TemporaryDirectory() as folder:
        output(photos, folder, IMAGES)
        arguments = [folder, SIDE, SIDE, THREADS, PASSES]
        for _ in range(options.rounds):
            ours = max(ours, *rates(output(decoder, *arguments)))
            if options.environments:
                theirs = max(theirs, *rates(options.environments.run("tf", "keras_decode.py", arguments)))
    table.add(f"images/s, {IMAGES} JPEGs of 300x300 to {SIDE}x{SIDE}, two threads", f"{ours:.0f}", "", None)
    if theirs:
        table.add(f"  against Keras ({theirs:.0f})", f"{ours / theirs:.2f}x", f">= {BAR}x", ours / theirs >= BAR)
