"""Convolutional networks as programs: they learn, weights are equal for any number of threads and batch tails, gradients are right."""
import subprocess
import sys

import support
from support import check


def residual(project):
    net, data = project.program("resnet20"), project.scratch / "data"
    generator = project.source / "samples" / "resnet" / "gen_data.py"
    subprocess.run([sys.executable, generator, data, "--train", "300", "--test", "40"], check=True)
    arguments = ["train", "--data", data, "--validation", 30, "--epochs", 2, "--seed", 3, "--set", "learning_rate=0.03"]
    folders = []
    for threads in (1, 3):
        folders.append(project.scratch / f"threads{threads}")
        net.run(*arguments, "--threads", threads, "--out", folders[-1])
    support.same_weights(folders[0], folders[1])


def fashion(project):
    project.fashion()  # skips without the data
    net, out = project.program("fashion_cnn"), project.scratch / "fashion"
    report = net.json("train", "--epochs", 1, "--out", out)
    check(report["val_accuracy"] > 0.8, f"one epoch of fashion_cnn: {report}")
    test = net.json("eval", "--out", out)
    check(abs(test["accuracy"] - report["test_accuracy"]) < 1e-9, f"eval and train disagree: {test}, {report}")
    gradients = net.json("gradcheck", "--batch", 2, "--coordinates", 8)
    check(gradients["passed"], f"gradients of fashion_cnn: {gradients}")
    project.check_no_allocations(net.json("bench", "--epochs", 1))


def main(project):
    residual(project)
    fashion(project)


if __name__ == "__main__":
    support.run(main)
