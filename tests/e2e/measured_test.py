"""Metrics, weighted losses and the confusion matrix of compiled models, against the same figures computed here from predictions."""
import csv
import math
import random
import struct
import sys

import support
from support import check

ROWS = 240


def write_npy(path, rows, kind="f4"):
    rows = [list(r) if isinstance(r, (list, tuple)) else [r] for r in rows]
    shape = f"({len(rows)}, {len(rows[0])})"
    header = f"{{'descr': '<{kind}', 'fortran_order': False, 'shape': {shape}, }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    flat = [x for row in rows for x in row]
    body = struct.pack(f"<{len(flat)}{'f' if kind == 'f4' else 'i'}", *flat)
    path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + body)


def near(got, want, what, tolerance=1e-4):
    check(abs(got - want) <= tolerance * max(1, abs(want)), f"{what} is {got}, the predictions say {want}")


def history(folder):
    with open(folder / "history.csv") as file:
        return list(csv.DictReader(file))


def rare_table(path, draw):
    with open(path, "w") as file:
        file.write("a,b,importance,rare\n")
        for _ in range(ROWS):
            a, b = draw.uniform(-1, 1), draw.uniform(-1, 1)
            file.write(f"{a},{b},{draw.choice([0.25, 1, 2])},{int(a * b + draw.gauss(0, 0.1) > 0.25)}\n")


def decisions(p, y):
    tp, fp, fn = (sum(1 for pi, yi in zip(p, y) if pair == (pi > 0.5, yi > 0.5)) for pair in ((True, True), (True, False), (False, True)))
    return tp, fp, fn


def auc(p, y):
    pairs = [(a, b) for a, ya in zip(p, y) if ya > 0.5 for b, yb in zip(p, y) if yb < 0.5]
    return sum(1.0 if a > b else 0.5 if a == b else 0.0 for a, b in pairs) / len(pairs)


def focal(p, y, gamma, alpha=0.5, smoothing=0.05):
    y = y * (1 - smoothing) + smoothing / 2
    wrong = y * (1 - p) + (1 - y) * p
    return (y * alpha + (1 - y) * (1 - alpha)) * wrong**gamma * -(y * math.log(p) + (1 - y) * math.log(1 - p))


def check_rare(project):
    program, table, out = project.program("rare", "tests"), project.scratch / "rare.csv", project.scratch / "rare"
    rare_table(table, random.Random(1))
    data = ["--data", table, "--weight", "importance", "--set", "gamma=1.5", "--set", "weight=4"]
    trained = program.json("train", *data, "--out", out)
    check({"test_f1", "val_auc", "val_precision", "accuracy"} <= trained.keys(), f"figures are missing in {sorted(trained)}")
    check({"val_precision", "val_recall", "val_auc", "val_f1", "val_loss"} <= history(out)[0].keys(), f"columns are {list(history(out)[0])}")
    check("f1" not in history(out)[0], "training steps do not measure f1")
    best = max(range(len(history(out))), key=lambda e: float(history(out)[e]["val_f1"]))
    check(trained["best_epoch"] == best + 1, f"early stopping on val_f1 took epoch {trained['best_epoch']}, history says {best + 1}")

    rows = list(csv.DictReader(open(table)))[ROWS - ROWS // 5:]
    test = project.scratch / "rows.csv"
    with open(test, "w") as file:
        file.write("a,b\n" + "".join(f"{r['a']},{r['b']}\n" for r in rows))
    p = [r["probabilities"][1] for r in program.json("predict", test, "--out", out, "--weights", out / "model.safetensors")["predictions"]]
    y, w = [float(r["rare"]) for r in rows], [float(r["importance"]) for r in rows]
    got = program.json("eval", *data, "--out", out, "--confusion")
    tp, fp, fn = decisions(p, y)
    check(tp > 2, f"the model learned nothing: {tp}, {fp}, {fn}")
    near(got["precision"], tp / max(tp + fp, 1), "precision")
    near(got["recall"], tp / max(tp + fn, 1), "recall")
    near(got["f1"], 2 * tp / max(2 * tp + fp + fn, 1), "f1")
    near(got["auc"], auc(p, y), "auc", 2e-2)  # 200 thresholds
    near(got["loss"], sum(wi * focal(pi, yi, 1.5) for pi, yi, wi in zip(p, y, w)) / len(y), "the weighted loss")
    check(got["confusion"] == [{"output": "score", "classes": ["0", "1"], "counts": [[len(y) - tp - fp - fn, fp], [fn, tp]]}], f"confusion is {got['confusion']}")
    text = program.run("eval", *data, "--out", out, "--confusion").stdout
    check("confusion of score" in text, text)

    search = program.json("search", *data, "--epochs", 3, "--out", project.scratch / "search")
    check(search["objective"] == "val_auc" and 0 < search["best_value"] <= 1, f"search says {search}")
    check(program.json("gradcheck", *data, "--batch", 24)["passed"], "gradcheck of focal loss with weights")
    program.refused("train", "--data", table, "--out", out, code=1, says=["sample_weights", "--weight"])


def check_twofold(project):
    program, data, out = project.program("twofold", "tests"), project.scratch / "twofold", project.scratch / "twofold_out"
    data.mkdir()
    draw = random.Random(2)
    left = [[draw.uniform(-1, 1) for _ in range(3)] for _ in range(ROWS)]
    right = [[draw.uniform(-1, 1) for _ in range(2)] for _ in range(ROWS)]
    kind = [(1 if a[0] > 0 else 0) + (2 if b[0] > 0 else 0) for a, b in zip(left, right)]
    size = [[a[1] + b[1], a[0] * 2 + 5] for a, b in zip(left, right)]
    weight = [draw.choice([0.5, 1, 3]) for _ in range(ROWS)]
    for part, rows in (("train", slice(0, 180)), ("test", slice(180, ROWS))):
        for name, values, code in (("x_{}_left", left, "f4"), ("x_{}_right", right, "f4"), ("y_{}_kind", kind, "i4"), ("y_{}_size", size, "f4")):
            write_npy(data / f"{name.format(part)}.npy", values[rows], code)
    program.refused("train", "--data", data, "--out", out, code=1, says=["w_train.npy"])
    write_npy(data / "w_train.npy", weight[:180])
    trained = program.json("train", "--data", data, "--out", out)
    for name in ("val_kind.top_k_accuracy", "val_kind.f1", "val_size.r2", "val_size.mae", "val_kind.accuracy", "size.mae", "kind.top_k_accuracy"):
        check(name in trained, f"{name} is not in {sorted(trained)}")
    got = program.json("eval", "--data", data, "--out", out, "--confusion")
    near(got["loss"], 0.5 * got["kind.loss"] + 0.5 * got["size.loss"], "the total")
    matrix = got["confusion"][0]["counts"]
    right_ones = sum(matrix[k][k] for k in range(4))
    near(got["kind.accuracy"], right_ones / 60, "accuracy")
    near(got["kind.f1"], sum(2 * matrix[k][k] / max(sum(matrix[k]) + sum(row[k] for row in matrix), 1) for k in range(4)) / 4, "macro f1")
    check(got["kind.top_k_accuracy"] >= got["kind.accuracy"], f"top 2 is below top 1: {got}")
    check(len(got["confusion"]) == 1, "only one output decides for a class")
    check(program.json("gradcheck", "--data", data, "--batch", 12)["passed"], "gradcheck of two weighted outputs")


def check_balanced(project):
    program, table, out = project.program("balanced", "tests"), project.scratch / "kinds.csv", project.scratch / "balanced"
    draw = random.Random(3)
    kinds = [0] * 150 + [1] * 60 + [2] * 30
    draw.shuffle(kinds)
    table.write_text("a,b,kind\n" + "".join(f"{draw.gauss(k, 0.5)},{draw.gauss(-k, 0.5)},{k}\n" for k in kinds))
    program.run("train", "--data", table, "--out", out)
    sys.path.insert(0, str(project.source / "tests" / "golden"))
    import weights

    tensors = weights.read_safetensors(out / "model.safetensors")
    counted = kinds[: int(len(kinds) * 4 // 5 * 0.8)]  # without test and validation
    check("kind.class_weight" in tensors, f"no class weights among {sorted(tensors)}")
    for k, weight in enumerate(struct.unpack("<3f", tensors["kind.class_weight"][1])):
        near(weight, len(counted) / (3 * counted.count(k)), f"the weight of class {k}")
    check(program.json("gradcheck", "--data", table, "--batch", 24)["passed"], "gradcheck of balanced classes")


def main(project):
    check_rare(project)
    check_twofold(project)
    check_balanced(project)


if __name__ == "__main__":
    support.run(main)
