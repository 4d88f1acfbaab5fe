"""Samples that compare: each has its program, README and picture; wrong usage is one sentence; what is printed adds up."""
import json
import re
import subprocess

import support
from support import check


def compare(project, name, *arguments):
    path = project.build / "bin" / f"compare_{name}"
    if not path.exists():
        support.skip(f"{path.name} is not built")
    return subprocess.run([path, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL)


def refused(project, says, *arguments):
    run = compare(project, "dropout", *arguments)
    check(run.returncode == 1 and run.stderr.count("\n") == 1 and says in run.stderr, f"{arguments}: exit code {run.returncode}, {run.stderr}")


def scripted(project):
    """One of those whose comparison is a script, the shortest."""
    run = compare(project, "gradient_check", "--out", project.scratch / "check")
    check(run.returncode == 0 and "passed" in run.stdout and "not a number at" in run.stdout, run.stdout + run.stderr)
    check((project.scratch / "check" / "loss.svg").read_text().rstrip().endswith("</svg>"), "the picture is whole")
    check(compare(project, "gradient_check", "--seeds", 3).returncode == 2, "an option that there is not")


def main(project):
    names = (project.build / "samples.txt").read_text().split()
    want = "regularization dropout early_stopping caching mixed_precision gradient_check pruning augmentation schedules"
    check(set(names) == set(want.split()), f"samples.txt: {names}")
    for name in names:
        folder = project.source / "samples" / name
        readme = (folder / "README.md").read_text()
        pictures = re.findall(r"!\[[^]]*\]\(([^)]+)\)", readme)
        check(pictures and all((folder / picture).exists() for picture in pictures), f"README.md of {name} shows {pictures}")
        check(f"build/bin/compare_{name}" in readme, f"README.md of {name} does not say how to compare")
        check((project.build / "bin" / f"compare_{name}").exists(), f"compare_{name} is not built")
    refused(project, "there is no option --epochs", "--epochs", 3)
    refused(project, "--seeds wants a number from 1 to 1000", "--seeds", "none")
    refused(project, "--data wants a value", "--data")
    refused(project, "nowhere", "--data", project.scratch / "nowhere")
    run = subprocess.run([(project.source / "ingot").resolve(), "help"], stdout=subprocess.PIPE, text=True)
    check("samples [NAME...]" in run.stdout, "./ingot help names samples")
    if not support.FASHION_DATA.exists():
        return
    scripted(project)
    run = compare(project, "dropout", "--seeds", 1, "--json", "--out", project.scratch / "out")
    check(run.returncode == 0, run.stderr)
    variants = json.loads(run.stdout)["variants"]
    check(variants[0]["name"] == "without" and len(variants) == 4, f"variants: {variants}")
    for v in variants:
        check(abs(v["gap"] - (v["val_loss"] - v["loss"])) < 1e-6 and v["epochs"] == 40 and 0.75 < v["val_accuracy"] < 0.9, f"{v}")
    check(all(v["gap"] < 0.8 * variants[0]["gap"] for v in variants[1:]), f"each narrows the gap by a fifth: {variants}")
    check((project.scratch / "out" / "curves.svg").read_text().count("<polyline") == 4, "a curve for each variant")


if __name__ == "__main__":
    support.run(main)
