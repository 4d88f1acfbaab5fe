"""Runs our executables for the figures; every function returns plain numbers."""
import json
import pathlib
import shutil
import sqlite3
import statistics
import subprocess
import tempfile
import time


class Failure(Exception):
    """One sentence for the user."""


def points_of(study):
    """The parameters of every trial of a study, in the order of the trials."""
    points = {}
    with sqlite3.connect(f"file:{study}?mode=ro", uri=True) as db:
        query = "SELECT number, param_name, param_value, distribution_json FROM trials JOIN trial_params USING (trial_id) ORDER BY number"
        for number, name, value, distribution in db.execute(query):
            choices = json.loads(distribution)["attributes"].get("choices")
            points.setdefault(number, {})[name] = choices[int(value)] if choices else int(value)
    return list(points.values())


class Program:
    """A compiled model, or another of our programs that prints JSON."""

    def __init__(self, path):
        self.path = pathlib.Path(path).resolve()
        if not self.path.exists():
            raise Failure(f"{self.path} does not exist; run ./ingot build first")

    def json(self, *arguments):
        return self.report(*arguments, "--json")

    def report(self, *arguments):
        run = subprocess.run([self.path, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if run.returncode != 0:
            raise Failure(f"{self.path.name} {' '.join(map(str, arguments))} failed: {run.stderr.strip().splitlines()[-1:]}")
        return json.loads(run.stdout)


class Fashion(Program):
    """The sample."""

    def bench(self, batch, threads=2, units=512):
        return self.json("bench", "--batch", batch, "--threads", threads, "--set", f"units={units}", "--set", "learning_rate=0.001")

    def accuracy(self, seed):
        with tempfile.TemporaryDirectory() as out:
            return self.json("train", "--validation", 0, "--epochs", 10, "--batch", 32, "--set", "units=512", "--set", "learning_rate=0.001", "--seed", seed, "--out", out)[
                "test_accuracy"
            ]

    def search(self, points, seed, epochs):
        """Seconds of a search over the committed points; they are what `search` draws with this seed."""
        with tempfile.TemporaryDirectory() as out:
            result = self.json("search", "--trials", len(points), "--epochs", epochs, "--batch", 32, "--jobs", 2, "--seed", seed, "--out", out)
            if points_of(result["study"]) != points:
                raise Failure(f"search --seed {seed} no longer draws the committed points; write them to peers/points.json anew")
        return result["seconds"], result["best_value"]

    def stripped_bytes(self):
        with tempfile.TemporaryDirectory() as folder:
            copy = pathlib.Path(folder) / "fashion"
            shutil.copy(self.path, copy)
            subprocess.run(["strip", copy], check=True)
            return copy.stat().st_size

    def start_ms(self, runs=30):
        times = []
        for _ in range(runs):
            begin = time.perf_counter()
            subprocess.run([self.path, "--help"], stdout=subprocess.DEVNULL, check=True)
            times.append((time.perf_counter() - begin) * 1e3)
        return statistics.median(times)
