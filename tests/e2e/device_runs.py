"""A compiled model on a CUDA device against the same model on the CPU: every command, on rows of Fashion-MNIST few enough for a simulation."""
import gzip
import math
import pathlib
import struct
import sys

import support
from support import check

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "golden"))
import weights

SMALL = ("--set", "units=32", "--batch", 4)


def few_rows(folder, train, test):
    """The first rows of each part, in the layout of the whole."""
    folder.mkdir()
    for part, rows in (("train", train), ("t10k", test)):
        for kind, header, row in (("images-idx3", 16, 784), ("labels-idx1", 8, 1)):
            name = f"{part}-{kind}-ubyte"
            with gzip.open(support.FASHION_DATA / f"{name}.gz") as source:
                content = bytearray(source.read(header + rows * row))
            content[4:8] = struct.pack(">I", rows)
            (folder / name).write_bytes(content)
    return folder


def floats(raw):
    return struct.unpack(f"<{len(raw) // 4}f", raw)


def check_same_weights(left, right, tolerance):
    """Of each tensor, the norm of the difference against the norm."""
    a, b = (weights.read_safetensors(folder / "model.safetensors") for folder in (left, right))
    check(a.keys() == b.keys(), f"tensors differ: {sorted(a)} and {sorted(b)}")
    for name in a:
        x, y = floats(a[name][1]), floats(b[name][1])
        distance, norm = math.dist(x, y), math.hypot(*y)
        check(distance <= tolerance * norm, f"{name} differs by {distance:.3g}, its norm is {norm:.3g}")


def close(a, b, tolerance=1e-5):
    return abs(a - b) <= tolerance * max(abs(b), 1e-3)


def first_step(fashion, scratch, device):
    data = few_rows(scratch / "four", 4, 4)
    for out, where in (("step_cpu", ()), ("step_device", device)):
        fashion.run("train", *SMALL, "--data", data, "--validation", 0, "--epochs", 1, "--out", scratch / out, *where)
    check_same_weights(scratch / "step_device", scratch / "step_cpu", 1e-5)


def training(fashion, scratch, data, device):
    """22 rows in batches of 4: the last has 2."""
    losses = []
    for out, where in (("cpu", ()), ("device", device)):
        log = scratch / f"{out}.csv"
        fashion.run("train", *SMALL, "--data", data, "--validation", 0, "--epochs", 2, "--log-steps", log, "--out", scratch / out, *where)
        losses.append([float(line.split(",")[1]) for line in log.read_text().split() if line[0].isdigit()])
    check(len(losses[0]) == len(losses[1]) == 12, f"12 steps each: {losses}")
    check(all(close(a, b, 1e-3) for a, b in zip(*losses)), f"losses of the steps differ: {losses}")
    check(close(losses[1][0], losses[0][0], 1e-6), f"the first loss differs: {losses[1][0]} and {losses[0][0]}")
    check_same_weights(scratch / "device", scratch / "cpu", 1e-2)


def averages(model, scratch, device):
    """Gradients of two steps in one update, and the weights' average in their place after every seventh."""
    data = scratch / "values.csv"
    rows = [[math.sin(r * 7 + c * 3) for c in range(20)] for r in range(110)]
    data.write_text("\n".join([",".join(f"x{c}" for c in range(20)) + ",y", *(",".join(f"{x:.6f}" for x in [*row, sum(row[:3])]) for row in rows)]))
    for out, where in (("averages_cpu", ()), ("averages_device", device)):
        model.run("train", "--data", data, "--validation", 16, "--epochs", 6, "--out", scratch / out, *where)
    check_same_weights(scratch / "averages_device", scratch / "averages_cpu", 1e-4)


def serving(fashion, scratch, data, device):
    a, b = (fashion.json("eval", "--data", data, "--batch", 4, "--out", scratch / "cpu", *where) for where in ((), device))
    check(close(a["loss"], b["loss"]) and a["accuracy"] == b["accuracy"], f"eval differs: {a} and {b}")
    images = data / "t10k-images-idx3-ubyte"
    left, right = (fashion.json("predict", images, "--batch", 4, "--out", scratch / "cpu", *where)["predictions"] for where in ((), device))
    check(len(left) == len(right) == 10, "predict gives one line for each of 10 rows")
    check([row["class"] for row in left] == [row["class"] for row in right], f"predict differs: {left} and {right}")


def search(fashion, scratch, data, device):
    options = ("--trials", 2, "--epochs", 1, "--batch", 4, "--validation", 6, "--set", "units=32", "--data", data)
    runs = (("search_cpu", ()), ("search_device", (*device, "--jobs", 2)))
    a, b = (fashion.json("search", *options, "--out", scratch / out, *where) for out, where in runs)
    check(a["best_value"] == b["best_value"] and a["best_params"] == b["best_params"], f"search differs: {a} and {b}")
    fashion.refused("search", *options, "--resume", "--out", scratch / "search_device", code=1, says=["target"])


def every_command(fashion, scratch, device):
    first_step(fashion, scratch, device)
    data = few_rows(scratch / "data", 22, 10)
    training(fashion, scratch, data, device)
    serving(fashion, scratch, data, device)
    search(fashion, scratch, data, device)
    report = fashion.json("gradcheck", "--set", "units=32", "--batch", 3, "--coordinates", 4, *device)
    check(report["passed"] and len(report["tensors"]) == 5, f"gradcheck: {report}")
    report = fashion.json("describe", *SMALL, *device)
    check(report["launches_per_step"] <= 8, f"a step of two dense layers has {report['launches_per_step']} launches, at most 8")
    launched = sum(launch["library_calls"] + launch["own_launches"] for launch in report["launches"])
    check(launched == report["launches_per_step"] and report["device"].startswith("cuda:0: "), f"describe: {report}")
    report = fashion.json("bench", *SMALL, "--data", data, "--validation", 0, "--epochs", 2, *device)
    check(report["train_samples_per_s"] > 0 and report["device"] == "cuda:0", f"bench: {report}")
    times = report["launches"]
    check(len(times) == report["kernels_per_step"] and all(row["us"] > 0 for row in times), f"bench: {times}")
    check(report["peak_gb_per_s"] > 0 and report["peak_device_gflops"] > 0, f"the device says nothing of its peaks: {report}")
    check(all(0 <= row[f"{of}_fraction"] for row in times for of in ("bandwidth", "arithmetic")), f"bench: {times}")
