"""Cached, augmented and mixed training data: same weights with the cache filling, full and damaged, for any threads, killed and resumed."""
import os
import shutil
import signal
import time

import support
from images_test import COLOURS, write_colours
from support import check


def cached(project, data):
    """The first run fills the files, the second reads them and no image; a damaged one is made again."""
    program, rows = project.program("cached", "tests"), project.scratch / "rows"
    out = [project.scratch / f"cached{k}" for k in range(2)]
    arguments = ["train", "--data", data, "--cache-dir", rows, "--json"]
    first = program.run(*arguments, "--threads", 1, "--out", out[0])
    check("come from the cache file" not in first.stderr, f"stderr: {first.stderr}")
    files = program.json("cache", "list", "--cache-dir", rows)["files"]
    check(len(files) == 1 and files[0]["complete"] and files[0]["bytes"] > 90 * 360, f"cache list: {files}")
    for image in data.rglob("*.png"):  # same size and time: only who opens a file notices
        time_ns = image.stat().st_mtime_ns
        image.write_bytes(bytes(image.stat().st_size))
        os.utime(image, ns=(time_ns, time_ns))
    second = program.run(*arguments, "--threads", 2, "--out", out[1])
    check("90 rows come from the cache file" in second.stderr, f"stderr: {second.stderr}")
    support.same_weights(out[0], out[1])
    return program, rows, out[0]


def damaged(project, data, program, rows, want):
    (file,) = rows.glob("*.rows")
    content = bytearray(file.read_bytes())
    content[5000] ^= 1
    file.write_bytes(content)
    out = project.scratch / "damaged"
    run = program.run("train", "--data", data, "--cache-dir", rows, "--out", out)
    check("does not match its check; it is made again" in run.stderr, f"stderr: {run.stderr}")
    support.same_weights(want, out)
    check("come from the cache file" in program.run("train", "--data", data, "--cache-dir", rows, "--out", out).stderr, "the file was made again")


def killed(project, data):
    """Killed at some moments while the file fills: no complete file is left half, and the next run is as good as the first."""
    program, rows = project.program("cached", "tests"), project.scratch / "killed_rows"
    want = project.scratch / "cached0"
    for milliseconds in (5, 15, 25, 40, 60, 90):
        shutil.rmtree(rows, ignore_errors=True)
        process = program.start("train", "--data", data, "--cache-dir", rows, "--out", project.scratch / "killed")
        time.sleep(milliseconds / 1000)
        process.send_signal(signal.SIGKILL)
        process.wait()
        run = program.run("train", "--data", data, "--cache-dir", rows, "--out", project.scratch / "again")
        check("made again" not in run.stderr, f"a damaged file was left: {run.stderr}")
        support.same_weights(want, project.scratch / "again")
        check([f.suffix for f in rows.iterdir()] == [".rows"], f"left over: {list(rows.iterdir())}")


def crafted(project, data):
    """Everything at once: the bits depend neither on threads nor on a kill; validation sees the images as they are."""
    program, rows = project.program("crafted", "tests"), project.scratch / "crafted_rows"
    whole = project.scratch / "crafted"
    arguments = ["train", "--data", data, "--cache-dir", rows, "--seed", 4]
    report = program.json(*arguments, "--threads", 1, "--out", whole)
    program.run(*arguments, "--threads", 3, "--out", project.scratch / "crafted3")
    support.same_weights(whole, project.scratch / "crafted3")
    got = program.json("eval", "--data", data, "--cache-dir", rows, "--split", "validation", "--out", whole)
    check(abs(got["loss"] - report["val_loss"]) < 1e-6 and abs(got["f1"] - report["val_f1"]) < 1e-6, f"eval: {got}, train: {report}")
    cut = project.scratch / "crafted_cut"
    process = program.start(*arguments, "--out", cut, "--set", "epochs=40")
    end = time.monotonic() + 60
    while not (cut / "checkpoint" / "state.ingot").exists() and time.monotonic() < end:
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.wait()
    program.run(*arguments, "--out", cut, "--set", "epochs=40", "--resume")
    program.run(*arguments, "--out", project.scratch / "crafted40", "--set", "epochs=40")
    support.same_weights(project.scratch / "crafted40", cut)
    check(program.json("gradcheck", "--data", data, "--cache-dir", rows)["passed"], "gradcheck of mixed targets")
    return report


def binary(project, data):
    two = project.scratch / "two"
    for name in ("blue", "red"):
        shutil.copytree(data / name, two / name)
    report = project.program("binary_mixed", "tests").json("train", "--data", two, "--out", project.scratch / "binary")
    check(report["val_accuracy"] > 0.9, f"two colours are learned from mixed rows: {report}")
    check(report["loss"] > 1.5 * report["val_loss"], f"mixed rows are harder than the others: {report}")


def main(project):
    data = project.scratch / "colours"
    write_colours(data, 30, 1)
    killed_data = project.scratch / "killed_colours"
    shutil.copytree(data, killed_data)
    program, rows, want = cached(project, data)
    shutil.rmtree(data)
    shutil.copytree(killed_data, data)
    binary(project, data)
    report = crafted(project, data)
    check(len(COLOURS) == 3 and report["val_accuracy"] > 0.5, f"the colours are learned: {report}")
    fresh = project.scratch / "fresh_rows"
    program.run("train", "--data", data, "--cache-dir", fresh, "--out", project.scratch / "fresh")
    support.same_weights(want, project.scratch / "fresh")
    damaged(project, data, program, fresh, want)
    killed(project, data)


if __name__ == "__main__":
    support.run(main)
