"""Pruning in compiled programs: the share of zeros of every tensor is what was asked for, on disk too; a run that is killed while weights are
being chosen ends with the same bits."""
import csv
import sys

import support
from recipe_test import same_after_kill, tensors, write_rows
from support import check


def zero_blocks(values, rows, cols, height, width):
    """How many blocks of a row-major matrix are zero throughout, and whether all others have no zero."""
    zeros, mixed = 0, False
    for top in range(0, rows, height):
        for left in range(0, cols, width):
            block = [values[r * cols + c] for r in range(top, min(top + height, rows)) for c in range(left, min(left + width, cols))]
            zeros += not any(block)
            mixed = mixed or (any(block) and not all(block))
    return zeros, mixed


def gradual(project, data):
    program, whole = project.program("recipe_pruned", "tests"), project.scratch / "pruned"
    report = program.json("train", "--seed", 3, "--data", data, "--threads", 1, "--out", whole)
    # 20 x 24 in blocks of 2 x 4: 45 of 60; 24 x 1: 9 of 12 blocks of 2 x 1
    check(report["sparsity.hidden.kernel"] == 0.75 and report["sparsity.logits.kernel"] == 0.75, f"the shares of zeros are {report}")
    weights = tensors(whole)
    check(zero_blocks(weights["hidden.kernel"], 20, 24, 2, 4) == (45, False), "blocks of hidden.kernel are not zero")
    check(zero_blocks(weights["logits.kernel"], 24, 1, 2, 4) == (9, False), "blocks of logits.kernel are not zero")
    check(all(weights["dense_2.kernel"]), "a layer that prune does not name has zeros")
    with open(whole / "history.csv") as file:
        history = [float(row["sparsity"]) for row in csv.DictReader(file)]
    check(history == sorted(history) and history[0] < 0.2 and history[5:] == [history[5]] * 7, f"sparsity over the epochs: {history}")
    check(report["best_epoch"] > 6, f"the best epoch is one before the last choice: {report}")
    same_after_kill(program, data, whole)
    for file in ("model.safetensors", "checkpoint/state.ingot"):
        described = program.json("describe", "--weights", whole / file)
        zeros = {tensor["name"]: tensor["zeros"] for tensor in described["sparsity"]}
        check(zeros["hidden.kernel"] == 45 * 8 and zeros["logits.kernel"] == 18 and zeros["dense_2.kernel"] == 0, f"{file}: {zeros}")
    check("hidden.kernel              [20, 24]                  360    75.00 %" in program.run("describe", "--weights", whole / file).stdout, "the table")
    check("sparsity" not in program.json("describe"), "without --weights nothing is said of weights")
    program.refused("describe", "--weights", whole / "none.safetensors", code=1, says=["none.safetensors"])


def averaged(project, data):
    """Without early stopping the average of the weights is what is written: nothing of pruned weights is left in it."""
    folder = project.scratch / "averaged"
    program = project.program("recipe_pruned", "tests")
    report = program.json("train", "--seed", 3, "--data", data, "--validation", 0, "--epochs", 4, "--out", folder)
    zeros, mixed = zero_blocks(tensors(folder)["hidden.kernel"], 20, 24, 2, 4)
    check(zeros == round(60 * report["sparsity.hidden.kernel"]) and zeros > 30 and not mixed, f"{zeros} of 60 blocks are zero: {report}")


def close(a, b):
    return abs(a - b) <= 1e-5 * max(abs(a), abs(b), 1)


def trained(project, data):
    folder = project.scratch / "dense"
    arguments = ["--data", data, "--validation", 200, "--out", folder]
    project.program("recipe_whole", "tests").json("train", "--epochs", 3, "--seed", 3, *arguments)
    return folder / "model.safetensors"


def command(project, data):
    """Blocks of zeros are kept through fine-tuning; the sparse file is read by the program that skips them, and by that of export."""
    program, dense = project.program("recipe_whole", "tests"), trained(project, data)
    out = project.scratch / "blocks"
    judged = ["--data", data, "--validation", 200]
    report = program.json(
        "prune", "--to", 0.5, "--form", "block:4x8", "--finetune", 2, "--weights", dense, "--out", out, *judged
    )
    check(report["sparsity.hidden.kernel"] == 8 / 15, f"half of 15 blocks, rounded, are zero: {report}")
    check("sparsity.logits.kernel" not in report and report["bytes_after"] < report["bytes_before"], f"{report}")
    seen = program.json("eval", "--split", "validation", "--weights", out / "model.safetensors", *judged)
    check(close(seen["loss"], report["after_loss"]), f"eval says {seen}, prune said {report}")
    program.json("export", "--weights", out / "model.safetensors", "--out", project.scratch / "back")
    dense_again = tensors(project.scratch / "back")["hidden.kernel"]
    check(zero_blocks(dense_again, 20, 24, 4, 8)[0] == round(15 * report["sparsity.hidden.kernel"]), "blocks of the exported kernel")
    program.json("export", "--sparse", "--weights", project.scratch / "back" / "model.safetensors", "--out", project.scratch / "again")
    again = project.scratch / "again" / "model.sparse.safetensors"
    check(again.read_bytes() == (out / "model.safetensors").read_bytes(), "export --sparse writes another file than prune")


def filters(project, data):
    """Filters are left out: the tensors of the smaller program are columns and rows of the old one's, and it computes what they say."""
    program, dense = project.program("recipe_whole", "tests"), project.scratch / "dense" / "model.safetensors"
    out, judged = project.scratch / "filters", ["--data", data, "--validation", 200]
    report = program.json("prune", "--to", 0.75, "--form", "filters", "--weights", dense, "--out", out, *judged)
    check(report["width.hidden"] == 6 and report["after_loss"] != report["before_loss"], f"{report}")
    was, now = tensors(dense.parent), tensors(out)
    columns = [list(was["hidden.kernel"][c::24]) for c in range(24)]
    kept = [columns.index(list(now["hidden.kernel"][c::6])) for c in range(6)]
    norms = sorted(range(24), key=lambda c: sum(v * v for v in columns[c]))
    check(sorted(kept) == kept == sorted(norms[18:]), f"the filters kept are {kept}")
    check(list(now["logits.kernel"]) == [was["logits.kernel"][c] for c in kept], "rows of the layer behind")
    seen = program.json("eval", "--split", "validation", "--weights", out / "model.safetensors", *judged)
    check(close(seen["loss"], report["after_loss"]), f"eval says {seen}, prune said {report}")
    tuned = program.json(
        "prune", "--to", 0.75, "--form", "filters", "--finetune", 3, "--weights", dense, "--out", project.scratch / "tuned", *judged
    )
    check(tuned["after_loss"] < report["after_loss"], f"fine-tuning does not help: {tuned}")


def mistakes(project, data):
    program, dense = project.program("recipe_whole", "tests"), project.scratch / "dense" / "model.safetensors"
    judged = ["--data", data, "--validation", 200, "--weights", dense]
    for arguments, code, text in (
        (["--to", 0.5, "--form", "block:16"], 2, "want unstructured, block:ROWSxCOLUMNS"),
        (["--to", 0.5, "--layer", "hiden"], 2, "has no such layer"),
        (["--to", 1.5], 2, "--to"),
        (["--to", 0.5, "--out", dense.parent], 1, "would be overwritten"),
    ):
        program.refused("prune", *arguments, *judged, code=code, says=[text])


def main(project):
    sys.path.insert(0, str(project.source / "tests" / "golden"))
    data = write_rows(project, "values")
    gradual(project, data)
    averaged(project, data)
    command(project, data)
    filters(project, data)
    mistakes(project, data)


if __name__ == "__main__":
    support.run(main)
