"""Recipes as compiled programs: accumulated gradients equal those of a larger batch; a run with every part of a recipe can be killed, is
checked by gradcheck, and says why it stopped."""
import array
import signal
import sys
import time

import support
from support import check

ROWS = 1280


def write_rows(project):
    import weights

    folder = project.scratch / "data"
    folder.mkdir()
    x, y = weights.rows(ROWS, "values")
    weights.write_npy(folder / "x_train.npy", [ROWS, 20], x)
    weights.write_npy(folder / "y_train.npy", [ROWS], y)
    return folder


def tensors(folder):
    import weights

    return {name: array.array("f", raw) for name, (_, raw) in weights.read_safetensors(folder / "model.safetensors").items()}


def accumulated(project, data):
    folders = []
    for name in ("recipe_whole", "recipe_parts"):
        folders.append(project.scratch / name)
        report = project.program(name, "tests").json(
            "train", "--epochs", 3, "--validation", 0, "--no-shuffle", "--seed", 3, "--data", data, "--out", folders[-1]
        )
        check(report["steps"] == 3 * ROWS / (32 if name == "recipe_whole" else 8), f"{name}: {report}")
    whole, parts = map(tensors, folders)
    worst = max(abs(a - b) for name in whole for a, b in zip(whole[name], parts[name]))
    check(worst < 2e-5, f"four batches of 8 rows and one of 32 differ by {worst}")
    rates = [(folder / "history.csv").read_text().splitlines()[-1].split(",")[-1] for folder in folders]
    check(rates[0] == rates[1] and 0 < float(rates[0]) < 1e-3, f"the last rates are {rates}")


def everything(project, data):
    program = project.program("recipe_everything", "tests")
    arguments = ["train", "--seed", 3, "--data", data, "--threads", 1]
    whole = project.scratch / "everything"
    report = program.json(*arguments, "--out", whole)
    check(report["status"] == "stopped_early" and "stop_when: loss 0." in report["reason"], f"why it stopped: {report}")
    check(1 < report["epochs"] < 40 and report["best_epoch"] is not None, f"{report}")
    cut = project.scratch / "cut"
    process = program.start(*arguments, "--out", cut)
    end = time.monotonic() + 60
    while not (cut / "checkpoint" / "state.ingot").exists() and time.monotonic() < end:
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.wait()
    program.run(*arguments, "--out", cut, "--resume")
    support.same_weights(whole, cut)
    check((whole / "history.csv").read_bytes() == (cut / "history.csv").read_bytes(), "the histories differ")
    check(program.json("gradcheck", "--burn-in", 3, "--data", data)["passed"], "gradcheck fails")


def main(project):
    sys.path.insert(0, str(project.source / "tests" / "golden"))
    data = write_rows(project)
    accumulated(project, data)
    everything(project, data)


if __name__ == "__main__":
    support.run(main)
