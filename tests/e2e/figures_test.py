"""The network of samples/cats_vs_dogs, on 40 x 40 pixels, tells drawn discs from crosses: from flat files and from folders of classes."""
import subprocess
import sys

import support
from support import check

SIDE, EACH = 40, 1000


def draw(project, name, *options):
    folder = project.scratch / name
    script = project.source / "samples" / "cats_vs_dogs" / "gen_images.py"
    subprocess.run([sys.executable, script, folder, "--side", str(SIDE), *map(str, options)], check=True)
    return folder


def train(project, program):
    """The class is in the name of the file; the same images in folders of classes give the same weights."""
    outs = []
    for name, options in (("flat", []), ("folders", ["--folders"])):
        data, out = draw(project, name, "--count", EACH, *options), project.scratch / f"out_{name}"
        report = program.json("train", "--data", data, "--out", out)
        check(report["val_accuracy"] >= 0.95, f"{name}: {report}")
        check(report["seconds"] < 60, f"{name}: trained in {report['seconds']} s")
        outs.append(out)
    support.same_weights(*outs)
    return outs[0]


def predict(project, program, out):
    """Images that training has not seen: other seed."""
    data = draw(project, "new", "--count", 20, "--seed", 1)
    files = [data / "cross.0.png", data / "disc.0.png"]
    lines = program.run("predict", *files, "--out", out).stdout.splitlines()
    check(len(lines) == 2, f"a line for each file: {lines}")
    for path, line in zip(files, lines):
        label = path.name.split(".")[0]
        check(line.startswith(f"{path}: {label} 0.") or line.startswith(f"{path}: {label} 1"), f"class and probability of {path.name}: {line}")
        check(line.count(", ") == 1, f"both classes: {line}")
    for line in program.run("predict", *files, "--top", 1, "--out", out).stdout.splitlines():
        check(line.count(", ") == 0, f"predict --top 1: {line}")
    answer = program.json("predict", data, "--top", 2, "--out", out)
    check(answer["rows"] == 40, f"a folder: {answer['rows']} rows")
    for row in answer["predictions"]:
        first, second = row["top"]
        check(first["label"] == row["label"] and first["probability"] >= 0.5, f"{row}")
        check(abs(first["probability"] + second["probability"] - 1) < 1e-6, f"two classes: {row}")
    right = sum(f"/{row['label']}." in row["file"] for row in answer["predictions"])
    check(right >= 37, f"{right} of 40 right")


def main(project):
    program = project.program("figures", "tests")
    predict(project, program, train(project, program))
    report = program.json("gradcheck", "--data", project.scratch / "flat", "--coordinates", 6)
    check(report["passed"], f"gradcheck: {report}")


if __name__ == "__main__":
    support.run(main)
