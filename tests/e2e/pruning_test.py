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


def averaged(project, data):
    """Without early stopping the average of the weights is what is written: nothing of pruned weights is left in it."""
    folder = project.scratch / "averaged"
    program = project.program("recipe_pruned", "tests")
    report = program.json("train", "--seed", 3, "--data", data, "--validation", 0, "--epochs", 4, "--out", folder)
    zeros, mixed = zero_blocks(tensors(folder)["hidden.kernel"], 20, 24, 2, 4)
    check(zeros == round(60 * report["sparsity.hidden.kernel"]) and zeros > 30 and not mixed, f"{zeros} of 60 blocks are zero: {report}")


def main(project):
    sys.path.insert(0, str(project.source / "tests" / "golden"))
    data = write_rows(project, "values")
    gradual(project, data)
    averaged(project, data)


if __name__ == "__main__":
    support.run(main)
