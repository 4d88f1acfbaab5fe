"""Recipes as compiled programs: accumulated gradients equal those of a larger batch; a run with every part of a recipe can be killed, is
checked by gradcheck, and says why it stopped; so can one that watches figures of whole passes; one within a limit of memory ends with
the bits of the unlimited one; and frozen layers stay what --init gave them."""
import array
import csv
import signal
import sys
import time

import support
from support import check

ROWS = 1280


def write_rows(project, kind):
    import weights

    folder = project.scratch / kind
    folder.mkdir()
    x, y = weights.rows(ROWS, kind)
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


def killed_and_resumed(program, arguments, folder):
    """A run into `folder` that is killed after its first checkpoint, then resumed."""
    process = program.start(*arguments, "--out", folder)
    end = time.monotonic() + 60
    while not (folder / "checkpoint" / "state.ingot").exists() and time.monotonic() < end:
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.wait()
    program.run(*arguments, "--out", folder, "--resume")


def same_after_kill(program, data, whole):
    """The run in `whole`, killed and resumed, ends with the same bits; and its gradients are right."""
    cut = whole.with_name(whole.name + "_cut")
    killed_and_resumed(program, ["train", "--seed", 3, "--data", data, "--threads", 1], cut)
    support.same_weights(whole, cut)
    check((whole / "history.csv").read_bytes() == (cut / "history.csv").read_bytes(), "the histories differ")
    check(program.json("gradcheck", "--burn-in", 3, "--data", data)["passed"], "gradcheck fails")


def everything(project, data):
    program, whole = project.program("recipe_everything", "tests"), project.scratch / "everything"
    report = program.json("train", "--seed", 3, "--data", data, "--threads", 1, "--out", whole)
    check(report["status"] == "stopped_early" and "stop_when: loss 0." in report["reason"], f"why it stopped: {report}")
    check(1 < report["epochs"] < 40 and report["best_epoch"] is not None, f"{report}")
    same_after_kill(program, data, whole)


def measured(project, data):
    program, whole = project.program("recipe_measured", "tests"), project.scratch / "measured"
    report = program.json("train", "--seed", 3, "--data", data, "--threads", 1, "--out", whole)
    check(report["status"] == "stopped_early" and "stop_when: val_auc 0.9" in report["reason"], f"why it stopped: {report}")
    with open(whole / "history.csv") as file:
        history = list(csv.DictReader(file))
    check(all(float(row["val_auc"]) <= 0.9 for row in history[:-1]) and float(history[-1]["val_auc"]) > 0.9, f"AUC was {history}")
    check(len(history) > 1 and {"val_f1", "learning_rate"} <= history[0].keys(), f"columns are {list(history[0])}")
    same_after_kill(program, data, whole)
    tried = program.json("train", "--lr-range", "--data", data, "--out", project.scratch / "range")
    check(tried["steepest_rate"] is not None and 1e-7 < tried["steepest_rate"] < 10, f"the range test says {tried}")


def limited(project, data):
    """step_memory: the same weights, `describe` shows what it costs, and a batch that cannot fit is refused."""
    folders = []
    for name in ("recipe_unlimited", "recipe_limited"):
        folders.append(project.scratch / name)
        project.program(name, "tests").run("train", "--seed", 3, "--data", data, "--out", folders[-1])
    support.same_weights(*folders)
    program = project.program("recipe_limited", "tests")
    whole, report = project.program("recipe_unlimited", "tests").json("describe"), program.json("describe")
    check(whole["arena_bytes"] == whole["unlimited_arena_bytes"] == report["unlimited_arena_bytes"], f"without a limit: {whole}")
    check(report["arena_bytes"] <= 640 * 1024 < report["unlimited_arena_bytes"], f"the arena has {report['arena_bytes']} bytes")
    check("kernels run again" in program.run("describe").stdout, "describe does not say what the limit costs")
    refused = program.run("train", "--batch", 640, "--data", data, "--out", folders[-1], code=1).stderr
    check("a step of 640 rows takes" in refused and "step_memory allows 655360" in refused, f"a batch too large: {refused}")


def fine_tuned(project, data):
    """A frozen body keeps the weights and batch statistics of another model's file, bit for bit; the head learns."""
    import weights

    before, after = project.scratch / "measured", project.scratch / "fine_tuned"
    options = ("--seed", 3, "--data", data, "--init", before / "model.safetensors", "--out", after)
    report = project.program("recipe_frozen", "tests").json("train", *options)
    check(report["epochs"] == 2, f"train: {report}")
    old, new = (weights.read_safetensors(folder / "model.safetensors") for folder in (before, after))
    check(set(old) == set(new), f"tensors are {sorted(new)}, were {sorted(old)}")
    for name in new:
        moved = old[name] != new[name]
        check(moved == name.startswith("logits."), f"{name} was {'changed' if moved else 'not trained'}")


def main(project):
    sys.path.insert(0, str(project.source / "tests" / "golden"))
    data = write_rows(project, "values")
    accumulated(project, data)
    everything(project, data)
    limited(project, data)
    labels = write_rows(project, "labels")
    measured(project, labels)
    fine_tuned(project, labels)


if __name__ == "__main__":
    support.run(main)
