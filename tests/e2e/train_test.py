"""Two epochs on the real Fashion-MNIST reach a bound; every promised file and JSON key is there."""
import csv

import support
from support import check


def main(project):
    fashion, out = project.fashion(), project.scratch / "run"
    report = fashion.json("train", "--epochs", 2, "--seed", 1, "--out", out)
    support.check_keys(report, "test_accuracy test_loss val_accuracy epochs seconds samples_per_s out")
    check(report["epochs"] == 2, f"epochs: {report['epochs']}")
    check(report["test_accuracy"] >= 0.80, f"test accuracy {report['test_accuracy']} after 2 epochs, want >= 0.80")
    check(abs(report["test_accuracy"] - report["val_accuracy"]) < 0.05, f"validation and test disagree: {report}")
    for name in ("model.safetensors", "history.csv", "checkpoint"):
        check((out / name).exists(), f"{name} is not in --out")
    rows = list(csv.DictReader(open(out / "history.csv")))
    check(len(rows) == 2, f"history.csv has {len(rows)} rows, want 2")
    check({"epoch", "loss", "accuracy", "val_loss", "val_accuracy"} <= set(rows[0]), f"columns of history.csv: {list(rows[0])}")
    check(float(rows[1]["loss"]) < float(rows[0]["loss"]), "the loss did not fall in the second epoch")

    again = fashion.json("eval", "--weights", out / "model.safetensors")
    for name in ("loss", "accuracy"):
        check(abs(again[name] - report[f"test_{name}"]) < 1e-6, f"eval gives {name} {again[name]}, train gave {report[f'test_{name}']}")


if __name__ == "__main__":
    support.run(main)
