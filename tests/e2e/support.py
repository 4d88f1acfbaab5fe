"""What the end-to-end tests share: running a compiled model, checking, skipping.

A test is a script with `main(project)`; support.run(main) calls it. Exit codes: 0 passed, 1 failed, 77 skipped with a line
`SKIPPED: reason` (ctest counts it as skipped).
"""
import argparse
import contextlib
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import traceback

FASHION_DATA = pathlib.Path("/usr/share/datasets/fashion-mnist")


class Skipped(Exception):
    pass


def skip(reason):
    raise Skipped(reason)


def check(condition, message):
    if not condition:
        raise AssertionError(message)


def check_keys(report, keys):
    missing = sorted(set(keys.split()) - set(report))
    check(not missing, f"keys missing in the JSON report: {missing}; it has {sorted(report)}")


class Project:
    """The source folder, the build folder and a scratch folder of this test."""

    def __init__(self, source, build, scratch):
        self.source, self.build, self.scratch = pathlib.Path(source), pathlib.Path(build), pathlib.Path(scratch)

    def program(self, name, folder="bin"):
        path = self.build / folder / name
        if not path.exists():
            skip(f"{name} is not built")
        return Program(path)

    def check_no_allocations(self, report):
        """Of a report of `bench`. Sanitizers have a malloc of their own, in which nothing is counted."""
        sanitized = "-fsanitize" in (self.build / "CMakeCache.txt").read_text()
        check(report["allocations_per_step"] == (None if sanitized else 0), f"a steady step allocates: {report}")

    def fashion(self):
        if not FASHION_DATA.exists():
            skip("Fashion-MNIST is not there; apt-get install dataset-fashion-mnist")
        return self.program("fashion")


class Program:
    """A compiled model."""

    def __init__(self, path):
        self.path = path

    def start(self, *arguments):
        """In the background, output dropped: for tests that kill it."""
        return subprocess.Popen([self.path, *map(str, arguments)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def run(self, *arguments, code=0):
        run = subprocess.run([self.path, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL)
        command = " ".join([self.path.name, *map(str, arguments)])
        check(run.returncode == code, f"{command}: exit code {run.returncode}, want {code}\n{run.stdout}\n{run.stderr}")
        return run

    def json(self, *arguments, code=0):
        run = self.run(*arguments, "--json", code=code)
        try:
            return json.loads(run.stdout)
        except json.JSONDecodeError as error:
            raise AssertionError(f"--json must print one object to stdout ({error}):\n{run.stdout}") from error

    def refused(self, *arguments, code, says):
        """Fails with `code` and one sentence on stderr that contains every word of `says`."""
        run = self.run(*arguments, code=code)
        message = run.stderr.strip()
        check(message, f"{arguments}: no message on stderr")
        for word in says:
            check(word in message, f"{arguments}: '{word}' is not in the message: {message}")
        return message


def same_weights(a, b):
    """Two output folders of `train` hold the same model, bit for bit."""
    sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "golden"))
    import weights

    left, right = (weights.read_safetensors(pathlib.Path(folder) / "model.safetensors") for folder in (a, b))
    check(left.keys() == right.keys(), f"tensors differ: {sorted(left)} and {sorted(right)}")
    for name in left:
        check(left[name] == right[name], f"{name} differs between {a} and {b}")


def run(main):
    parser = argparse.ArgumentParser()
    parser.add_argument("--source", required=True)
    parser.add_argument("--build", required=True)
    options = parser.parse_args()
    scratch = tempfile.mkdtemp(prefix="ingot-e2e-")
    try:
        main(Project(options.source, options.build, scratch))
    except Skipped as reason:
        print(f"SKIPPED: {reason}")
        sys.exit(77)
    except Exception:
        traceback.print_exc()
        sys.exit(1)
    finally:
        with contextlib.suppress(OSError):
            shutil.rmtree(scratch)
