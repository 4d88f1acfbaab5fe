"""samples/resnet: both networks on generated images; the searched one at points that are compiled when they are asked for."""
import subprocess
import sys

import support
from search_test import trials
from support import check

# Away from the first value of every structural range: another width, window, depth, head, and a dense layer with dropout behind it.
OTHER_POINT = {"width": 32, "kernel": 5, "depth1": 2, "head": 1, "layers": 1, "units_0": 64, "act_0": "gelu", "drop_0": 1}
LEARNS = {"width": 32, "kernel": 5, "depth2": 2, "layers": 1, "units_0": 64, "act_0": "gelu", "learning_rate": 0.01}


def generate(project, train):
    """A small data set in CIFAR-10's binaries, as samples/resnet/README.md says."""
    folder = project.scratch / f"data{train}"
    script = project.source / "samples" / "resnet" / "gen_data.py"
    subprocess.run([sys.executable, script, folder, "--train", str(train), "--test", "50"], check=True)
    return folder


def settings(point):
    return [word for name, value in point.items() for word in ("--set", f"{name}={value}")]


def search(project, program, data):
    """Two trials at two structures, both heads among them, of which one learns in two epochs (guessing: 0.1)."""
    out = project.scratch / "study"
    report = program.json("search", "--data", data, "--trials", 2, "--epochs", 2, "--batch", 16, "--seed", 6, "--out", out)
    found = trials(out)
    check([t[:2] for t in found] == [(0, "COMPLETE"), (1, "COMPLETE")], f"trials of the study: {found}")
    check({t[3]["head"] for t in found} == {0, 1} and len({t[3]["width"] for t in found}) == 2, f"two heads and widths: {found}")
    check(report["best_value"] == max(t[2] for t in found) > 0.25, f"best_value {report['best_value']}: {found}")


def train(project, program, data):
    report = program.json("train", "--data", data, "--epochs", 3, "--batch", 16, *settings(LEARNS), "--out", project.scratch / "searched")
    check(report["accuracy"] > 0.8, f"train at {LEARNS}: {report}")


def gradients(program, data):
    report = program.json("gradcheck", "--data", data, "--batch", 2, "--coordinates", 1, *settings(OTHER_POINT))
    check(report["passed"], f"gradcheck at {OTHER_POINT}: {report}")


def main(project):
    resnet20, searched, data = project.program("resnet20"), project.program("searched"), generate(project, 600)
    report = resnet20.json("train", "--data", data, "--epochs", 2, "--set", "learning_rate=0.03", "--out", project.scratch / "resnet20")
    check(report["loss"] < 2.1, f"resnet20, two epochs: {report}")
    search(project, searched, data)
    train(project, searched, data)
    gradients(searched, data)


if __name__ == "__main__":
    support.run(main)
