"""Rules of one's own as compiled programs: trained beside the same network of built-in formulas they give the same figures, with as many
kernels; gradcheck passes for them at several values of their numbers; and gradcheck_every says what it saw."""
import array
import random
import struct

import support
from support import check

ROWS = 640


def write_npy(path, rows):
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({len(rows)}, {len(rows[0])}), }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    flat = array.array("f", [value for row in rows for value in row])
    path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + flat.tobytes())


def write_rows(folder):
    folder.mkdir()
    draw = random.Random(1)
    x = [[draw.gauss(0, 1) for _ in range(12)] for _ in range(ROWS)]
    y = [[row[0] * row[1], row[2] - row[3], abs(row[4])] for row in x]
    write_npy(folder / "x_train.npy", x)
    write_npy(folder / "y_train.npy", y)
    return folder


def main(project):
    data = write_rows(project.scratch / "rows")
    own, built_in = project.program("own", "tests"), project.program("built_in", "tests")
    gain = ["--set", "gain=1"]
    reports = [p.json("train", *s, "--seed", 4, "--data", data, "--out", project.scratch / p.path.name) for p, s in ((own, gain), (built_in, []))]
    a, b = (report["loss"] for report in reports)
    check(0.01 < b < 0.5 and abs(a - b) < 1e-4 * b, f"losses are {a} with own rules and {b} with the built-in ones")
    kernels = [p.json("describe")["kernels_per_step"] for p in (own, built_in)]
    check(kernels[0] <= kernels[1], f"rules are not fused: {kernels[0]} kernels for {kernels[1]}")

    for settings in (gain, ["--set", "gain=1.7", "--set", "delta=1.3"]):
        report = own.json("gradcheck", *settings, "--data", data, "--batch", 8)
        check(report["passed"], f"gradcheck at {settings}: {report}")
    naive = project.program("naive").json("gradcheck", code=1)["problem"]
    check("the gradient of hidden.kernel is not a number at [" in naive and "loss is 2." in naive, f"a root of what is not taken: {naive}")
    check(project.program("mended").json("gradcheck", "--fast")["passed"], "the mended rule fails")
    text = own.run("train", *gain, "--data", data, "--out", project.scratch / "again").stderr
    check(text.count("gradient check after step") == 3 and text.count(": passed, 7 tensors") == 3, f"three checks in 60 steps:\n{text}")


if __name__ == "__main__":
    support.run(main)
