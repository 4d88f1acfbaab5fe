"""What the tests of the command line share: data for the hand-written model, running it, checking."""
import argparse
import contextlib
import json
import os
import pathlib
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import traceback


class Skipped(Exception):
    pass


def check(condition, message):
    if not condition:
        raise AssertionError(message)


def npy(path, kind, shape, content):
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + content)


def write_data(folder, train=200, test=80):
    """Rows of 6 bytes in 3 classes: which pair of pixels is brightest."""
    folder.mkdir()
    draw = random.Random(7)
    for part, rows in (("train", train), ("test", test)):
        pixels = [[draw.randrange(256) for _ in range(6)] for _ in range(rows)]
        labels = [max(range(3), key=lambda c: row[2 * c] + row[2 * c + 1]) for row in pixels]
        npy(folder / f"x_{part}.npy", "|u1", (rows, 6), b"".join(map(bytes, pixels)))
        npy(folder / f"y_{part}.npy", "<i4", (rows,), struct.pack(f"<{rows}i", *labels))
    return folder


class Model:
    """The executable of the hand-written model."""

    def __init__(self, path, data):
        self.path, self.data = path, data

    def arguments(self, arguments):
        needs_data = arguments and arguments[0] in ("train", "search", "eval", "bench") and "--data" not in arguments and "--help" not in arguments
        return [str(self.path), *map(str, arguments), *(["--data", str(self.data)] if needs_data else [])]

    def start(self, *arguments):
        return subprocess.Popen(self.arguments(arguments), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def run(self, *arguments, code=0):
        line = self.arguments(arguments)
        run = subprocess.run(line, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120)
        check(run.returncode == code, f"{' '.join(line)}: exit code {run.returncode}, want {code}\n{run.stdout}\n{run.stderr}")
        return run

    def json(self, *arguments, code=0):
        run = self.run(*arguments, "--json", code=code)
        check(run.stdout.count("\n") == 1, f"--json must print one line: {run.stdout}")
        return json.loads(run.stdout)


def run(main):
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    program = pathlib.Path(parser.parse_args().program)
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="ingot-cli-"))
    os.environ["XDG_CACHE_HOME"] = str(scratch / "cache")
    try:
        main(Model(program, write_data(scratch / "data")), scratch)
    except Skipped as reason:
        print(f"SKIPPED: {reason}")
        sys.exit(77)
    except Exception:
        traceback.print_exc()
        sys.exit(1)
    finally:
        with contextlib.suppress(OSError):
            shutil.rmtree(scratch)
