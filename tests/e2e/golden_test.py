"""Losses of 200 steps against PyTorch's, from the same weights in the same order: within 1e-5 relative at every step."""
import sys

import support
from support import check

TOLERANCE = 1e-5
FORMULA = {"golden_huber": "values", "golden_bce": "labels"}  # rows made by weights.py, the others read Fashion-MNIST
# program: hidden sizes, batch, further options; the rest stands in tests/golden/models.cpp and torch_trace.py
RUNS = {
    "golden_sgd": ([64], 64, []),
    "golden_nesterov": ([48], 64, []),
    "golden_rmsprop": ([40], 50, []),
    "golden_adam": ([96], 128, []),
    "golden_adam_torch": ([33, 17], 33, []),
    "golden_one_cycle": ([40], 64, []),
    "golden_adamw": ([64], 32, []),
    "golden_huber": ([24], 32, []),
    "golden_bce": ([24], 32, []),
    "fashion": ([512], 32, ["--set", "units=512", "--set", "learning_rate=0.001"]),
}


def losses(path):
    pairs = (line.split(",") for line in path.read_text().splitlines() if line and line[0].isdigit())
    return {int(step): float(loss) for step, loss in pairs}


def compare(project, name, hidden, batch, options):
    import weights

    program, folder = project.program(name, "bin" if name == "fashion" else "tests"), project.scratch / name
    folder.mkdir()
    count = 200 * batch
    if name in FORMULA:
        x, y = weights.rows(count, FORMULA[name])
        weights.write_npy(folder / "x_train.npy", [count, 20], x)
        weights.write_npy(folder / "y_train.npy", [count], y)
        where, sizes = ["--data", folder, "--validation", 0], [20, *hidden, 1]
    else:
        where, sizes = ["--validation", 60000 - count], [784, *hidden, 10]
    weights.write_safetensors(folder / "init.safetensors", weights.network(sizes))
    steps = folder / "steps.csv"
    program.run(
        "train", "--epochs", 1, "--batch", batch, "--init", folder / "init.safetensors",
        "--no-shuffle", "--log-steps", steps, "--out", folder, *where, *options
    )  # fmt: skip
    want, got = losses(project.source / "tests" / "golden" / f"{name}.trace"), losses(steps)
    check(len(want) == 200 and got.keys() == want.keys(), f"{name}: steps {min(got)}..{max(got)}, want 1..200")
    step, worst = max(((k, abs(got[k] - want[k]) / abs(want[k])) for k in want), key=lambda pair: pair[1])
    print(f"{name}: worst relative difference {worst:.2e} at step {step}")
    return [] if worst <= TOLERANCE else [f"{name}: {worst:.2e} at step {step} ({got[step]} against {want[step]})"]


def main(project):
    sys.path.insert(0, str(project.source / "tests" / "golden"))
    project.fashion()
    wrong = []
    for name, (hidden, batch, options) in RUNS.items():
        wrong += compare(project, name, hidden, batch, options)
    check(not wrong, "\n".join(wrong))


if __name__ == "__main__":
    support.run(main)
