"""gradcheck, predict, export, describe and bench on a trained model: exit codes, JSON keys, contents."""
import gzip
import json
import math
import struct

import support
from support import check


def write_npy(path, rows):
    """`rows` images of bytes as a .npy file, written by hand: magic, version, header, data."""
    header = f"{{'descr': '|u1', 'fortran_order': False, 'shape': ({len(rows)}, 28, 28), }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + b"".join(rows))


def gradcheck(fashion):
    report = fashion.json("gradcheck", "--seed", 2)
    support.check_keys(report, "passed worst_relative_error tensors")
    check(report["passed"] is True and report["worst_relative_error"] <= 1e-6, f"gradcheck: {report}")
    names = {tensor["name"] for tensor in report["tensors"]}
    check({"hidden.kernel", "hidden.bias", "logits.kernel", "logits.bias"} <= names, f"tensors checked: {names}")
    check(any("input" in name for name in names), f"the input was not checked: {names}")


def predict(project, fashion, model):
    with gzip.open(support.FASHION_DATA / "t10k-images-idx3-ubyte.gz") as source:
        images = source.read()[16:]
    with gzip.open(support.FASHION_DATA / "t10k-labels-idx1-ubyte.gz") as source:
        labels = source.read()[8:]
    rows = [images[784 * k : 784 * (k + 1)] for k in range(101)]
    write_npy(project.scratch / "images.npy", rows)
    idx = struct.pack(">IIII", 0x803, len(rows), 28, 28) + b"".join(rows)
    (project.scratch / "images-idx3-ubyte").write_bytes(idx)
    answers = [
        fashion.json("predict", project.scratch / name, "--weights", model)["predictions"] for name in ("images.npy", "images-idx3-ubyte")
    ]
    check(answers[0] == answers[1], "the same images as NPY and as IDX are predicted differently")
    check(len(answers[0]) == len(rows), f"{len(answers[0])} predictions of {len(rows)} rows")
    right = 0
    for answer, label in zip(answers[0], labels):
        p = answer["probabilities"]
        check(len(p) == 10 and math.isclose(sum(p), 1, abs_tol=1e-5), f"probabilities: {p}")
        check(p[answer["class"]] == max(p), f"the class is not the most probable one: {answer}")
        right += answer["class"] == label
    check(right >= 70, f"{right} of 101 test images right")


def export(project, fashion, model):
    folder = project.scratch
    fashion.run("export", "--to", "weights", "--weights", model, "--out", folder / "exported")
    support.same_weights(model.parent, folder / "exported")
    fashion.run("export", "--to", "npz", "--weights", model, "--out", folder / "exported")
    check(next((folder / "exported").glob("*.npz")).read_bytes()[:2] == b"PK", "the .npz is not a zip archive")
    fashion.run("export", "--to", "object", "--weights", model, "--out", folder / "exported")
    check(next((folder / "exported").glob("*.o")).read_bytes()[:4] == b"\x7fELF", "the object is not an ELF file")


def bench(project, fashion):
    report = fashion.json("bench", "--batch", 128, "--threads", 1)
    support.check_keys(
        report,
        "train_samples_per_s infer_samples_per_s train_gflops peak_gflops peak_fraction compile_ms_cold compile_ms_cached"
        " kernels_per_step bytes_per_step allocations_per_step",
    )
    project.check_no_allocations(report)
    check(report["train_samples_per_s"] > 1000 and report["kernels_per_step"] > 0, f"bench: {report}")


def main(project):
    fashion, out = project.fashion(), project.scratch / "run"
    fashion.run("train", "--epochs", 1, "--seed", 1, "--out", out)
    gradcheck(fashion)
    predict(project, fashion, out / "model.safetensors")
    export(project, fashion, out / "model.safetensors")
    text = fashion.run("describe").stdout
    for word in ("hidden", "logits", "units", "learning_rate", "784"):
        check(word in text, f"describe does not mention {word}:\n{text}")
    json.dumps(fashion.json("describe"))
    bench(project, fashion)


if __name__ == "__main__":
    support.run(main)
