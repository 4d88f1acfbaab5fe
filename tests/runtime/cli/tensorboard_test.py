"""What `train --tensorboard` writes, as the package tensorboard reads it."""
import csv

import support
from support import check


def read(folder):
    """{tag: [(step, value), ...]} and {tag: histograms}."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.util import tensor_util

    events = EventAccumulator(str(folder), size_guidance={"histograms": 0})
    events.Reload()
    tags = events.Tags()
    found = {tag: [(e.step, e.value) for e in events.Scalars(tag)] for tag in tags["scalars"]}
    for tag in tags["tensors"]:
        found[tag] = [(e.step, tensor_util.make_ndarray(e.tensor_proto)) for e in events.Tensors(tag)]
    return found, {tag: events.Histograms(tag) for tag in tags["histograms"]}


def main(model, scratch):
    try:
        import tensorboard  # noqa: F401
    except ImportError:
        raise support.Skipped("the package tensorboard is not installed") from None
    out, logs = scratch / "run", scratch / "logs"
    model.run("train", "--epochs", 2, "--validation", 40, "--out", out, "--tensorboard", logs)
    model.run("train", "--epochs", 3, "--validation", 40, "--out", out, "--tensorboard", logs, "--resume")
    history = list(csv.DictReader((out / "history.csv").open()))
    for part, prefix in (("train", ""), ("validation", "val_")):
        found, histograms = read(logs / part)
        for name in ("loss", "accuracy"):
            steps = [step for step, _ in found[f"epoch_{name}"]]
            check(steps == [1, 2, 3], f"{part} epoch_{name} has steps {steps}")
            for (_, value), row in zip(found[f"epoch_{name}"], history):
                check(abs(float(value) - float(row[prefix + name])) < 1e-6, f"{part} {name}: {value}, history.csv has {row}")
        if part == "train":
            kernel = histograms["hidden/kernel"]
            check(len(kernel) == 3 and kernel[-1].histogram_value.num == 24, f"histograms of hidden/kernel: {kernel}")


if __name__ == "__main__":
    support.run(main)
