"""Every command on the hand-written model: files, JSON keys, and that the figures of different commands agree."""
import math
import zipfile

import support
from support import check


def keys(report, names):
    missing = sorted(set(names.split()) - set(report))
    check(not missing, f"keys missing: {missing}; there are {sorted(report)}")


def train(model, scratch):
    out = scratch / "run"
    report = model.json("train", "--epochs", 8, "--validation", 40, "--seed", 1, "--threads", 1, "--out", out, "--log-steps", scratch / "steps.csv")
    keys(report, "test_accuracy test_loss val_accuracy epochs seconds samples_per_s out")
    check(report["epochs"] == 8 and report["status"] == "finished", f"train: {report}")
    check(report["test_accuracy"] > 0.5, f"three classes are told apart better than by chance: {report}")
    for name in ("model.safetensors", "history.csv", "checkpoint"):
        check((out / name).exists(), f"{name} is missing")
    check(len((scratch / "steps.csv").read_text().split()) >= 8 * 20, "one line per step in --log-steps")
    again = model.json("train", "--epochs", 8, "--validation", 40, "--seed", 1, "--threads", 2, "--out", scratch / "again")
    check((scratch / "again/model.safetensors").read_bytes() == (out / "model.safetensors").read_bytes(), "--threads 2 gives other weights")
    check(again["test_loss"] == report["test_loss"], "--threads 2 gives another loss")
    short = model.json("train", "--epochs", 3, "--validation", 40, "--seed", 1, "--out", scratch / "short")
    check(short["epochs"] == 3, f"train: {short}")
    longer = model.json("train", "--epochs", 8, "--validation", 40, "--seed", 1, "--out", scratch / "short", "--resume")
    check(longer["epochs"] == 8, f"resumed: {longer}")
    check((scratch / "short/model.safetensors").read_bytes() == (out / "model.safetensors").read_bytes(), "a resumed run gives other weights")
    return out, report


def lr_range(model, scratch):
    out = scratch / "range"
    report = model.json("train", "--lr-range", "--out", out)
    keys(report, "steepest_rate updates highest_rate status out")
    check(1e-7 < report["steepest_rate"] < 10, f"train --lr-range: {report}")
    table = (out / "lr_range.csv").read_text().split()
    check(table[0] == "learning_rate,loss,smoothed" and len(table) == 1 + report["updates"], f"lr_range.csv: {table[:2]}")
    check((out / "lr_range.svg").read_text().startswith("<svg "), "lr_range.svg is a plot")
    check(not (out / "model.safetensors").exists() and not (out / "checkpoint").exists(), "a range test leaves no model")
    text = model.run("train", "--lr-range=1e-3:1e6", "--out", out).stdout
    check("where the loss diverged" in text and "the loss falls fastest at" in text, f"train --lr-range=1e-3:1e6: {text}")


def evaluate(model, out, report):
    again = model.json("eval", "--out", out)
    check(abs(again["accuracy"] - report["test_accuracy"]) < 1e-9 and abs(again["loss"] - report["test_loss"]) < 1e-9, f"eval {again}, train {report}")
    validation = model.json("eval", "--out", out, "--split", "validation", "--validation", 40)
    check(validation["rows"] == 40 and abs(validation["accuracy"] - report["val_accuracy"]) < 1e-9, f"eval --split validation: {validation}")
    check("test (80 rows): loss" in model.run("eval", "--out", out).stdout, "eval prints a line")


def predict(model, scratch, out, report):
    answer = model.json("predict", scratch / "data/x_test.npy", "--out", out)
    check(len(answer["predictions"]) == 80, f"{len(answer['predictions'])} predictions")
    labels = (scratch / "data/y_test.npy").read_bytes()[-80 * 4 :: 4]
    right = sum(p["class"] == label for p, label in zip(answer["predictions"], labels))
    check(abs(right / 80 - report["test_accuracy"]) < 1e-6, f"{right} of 80 right, accuracy was {report['test_accuracy']}")
    for p in answer["predictions"]:
        check(math.isclose(sum(p["probabilities"]), 1, abs_tol=1e-5) and p["probabilities"][p["class"]] == max(p["probabilities"]), f"{p}")
    lines = model.run("predict", scratch / "data/x_test.npy", "--out", out).stdout.splitlines()
    check(lines[0] == "row,class,p0,p1,p2" and len(lines) == 81, f"text of predict: {lines[:2]}")


def export(model, scratch, out):
    folder = scratch / "exported"
    report = model.json("export", "--weights", out / "model.safetensors", "--out", folder)
    check((folder / "model.safetensors").read_bytes() == (out / "model.safetensors").read_bytes() and report["to"] == "weights", f"export: {report}")
    report = model.json("export", "--to", "npz", "--weights", out, "--out", folder)
    names = set(zipfile.ZipFile(report["file"]).namelist())
    check({"hidden.kernel.npy", "hidden.bias.npy", "logits.kernel.npy", "logits.bias.npy"} <= names, f"members of the .npz: {names}")


def gradcheck(model, scratch, out):
    report = model.json("gradcheck", "--seed", 2)
    keys(report, "passed worst_relative_error tensors")
    check(report["passed"] and report["worst_relative_error"] <= 1e-6, f"gradcheck: {report}")
    check({"hidden.kernel", "logits.bias"} <= {t["name"] for t in report["tensors"]}, f"tensors: {report['tensors']}")
    table = model.run("gradcheck").stdout
    check("passed, worst relative error" in table, f"the table ends with the verdict: {table}")
    check(" of 24 " in table and "worst element" in table, f"the table says how many elements were checked, and the worst: {table}")
    fast = model.json("gradcheck", "--fast")
    check(fast["passed"] and all(t["checked"] == 0 and t["directions"] == 3 for t in fast["tensors"]), f"gradcheck --fast: {fast}")
    data = ("--data", scratch / "data")
    losses = {model.json("gradcheck", *data, *rows)["loss"] for rows in (["--batch-index", 1, "--batch", 3], ["--rows", "3,4,5"])}
    check(len(losses) == 1, f"batch 1 of 3 rows is rows 3, 4 and 5: {losses}")
    trained = model.json("gradcheck", *data, "--weights", out, "--rows", "3,4,5")
    check(trained["passed"] and trained["loss"] not in losses, f"gradcheck --weights: {trained}")
    saved = model.json("gradcheck", *data, "--weights", out / "checkpoint/state.ingot", "--rows", "3,4,5")
    check(saved["passed"] and saved["loss"] == trained["loss"], f"the checkpoint holds the weights of the end: {saved}")


def bench(model):
    report = model.json("bench", "--epochs", 2, "--threads", 1)
    keys(
        report,
        "train_samples_per_s infer_samples_per_s train_gflops peak_gflops peak_fraction compile_ms_cold compile_ms_cached kernels_per_step "
        "bytes_per_step allocations_per_step startup_ms executable_bytes",
    )
    check(report["train_samples_per_s"] > 0 and report["infer_samples_per_s"] > 0 and report["executable_bytes"] > 0, f"bench: {report}")
    check(report["allocations_per_step"] in (0, None), f"allocations in a steady step: {report['allocations_per_step']}")


def describe(model):
    text = model.run("describe").stdout
    for word in ("hidden", "logits", "units: 2..8 step 2", "unlimited: rate is continuous", "proof:", "arena", "kernels in"):
        check(word in text, f"describe does not mention {word}:\n{text}")
    report = model.json("describe")
    keys(report, "layers space_size proof kernels kernels_per_step bytes_per_step unfused_bytes_per_step arena_bytes plan_hash parameters point")
    check(report["space_size"] is None and report["parameters"] > 0, f"describe: {report}")


def cache(model, scratch):
    folder = scratch / "rows"
    folder.mkdir()
    (folder / "abc.rows").write_bytes(bytes(2 << 20))
    (folder / "def.part").write_bytes(bytes(1 << 20))
    report = model.json("cache", "list", "--cache-dir", folder)
    check({(f["file"], f["complete"]) for f in report["files"]} == {("abc.rows", True), ("def.part", False)}, f"cache list: {report}")
    text = model.run("cache", "list", "--cache-dir", folder).stdout
    check("abc.rows        2.0 MB  used 0.0 h ago" in text and "unfinished" in text and text.endswith(f"2 files of 3.0 MB in {folder}\n"), f"cache list: {text}")
    text = model.run("cache", "clear", "--cache-dir", folder).stdout
    check(text.endswith(f"2 files of 3.0 MB removed from {folder}\n") and not list(folder.iterdir()), f"cache clear: {text}")
    check(model.json("cache", "list")["folder"] == str(scratch / "cache/ingot/rows"), "the default folder")


def main(model, scratch):
    out, report = train(model, scratch)
    lr_range(model, scratch)
    evaluate(model, out, report)
    predict(model, scratch, out, report)
    export(model, scratch, out)
    gradcheck(model, scratch, out)
    bench(model)
    describe(model)
    cache(model, scratch)


if __name__ == "__main__":
    support.run(main)
