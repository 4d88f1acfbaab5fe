"""Folders of images through train, eval and predict: class names, parts, streaming, damaged files, refusals."""
import random
import struct
import zlib

import support
from support import check

COLOURS = {"blue": (30, 40, 200), "green": (40, 190, 40), "red": (210, 30, 30)}


def png(path, width, height, pixel):
    """A PNG of RGB pixels, written by hand."""
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + bytes(value for x in range(width) for value in pixel(x, y)) for y in range(height))
    path.parent.mkdir(parents=True, exist_ok=True)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def noisy(draw, colour):
    return lambda x, y: [min(255, max(0, c + draw.randrange(-60, 60))) for c in colour]


def write_colours(folder, count, seed):
    draw = random.Random(seed)
    for name, colour in COLOURS.items():
        for i in range(count):
            png(folder / name / f"{i}.png", draw.randrange(8, 30), draw.randrange(8, 30), noisy(draw, colour))


def parts(project):
    """train/, validation/ and test/; the same weights whatever the memory and the threads."""
    data, program = project.scratch / "colours", project.program("colours", "tests")
    for name, count, seed in (("train", 40, 1), ("validation", 10, 2), ("test", 10, 3)):
        write_colours(data / name, count, seed)
    (data / "train/red/empty.png").write_bytes(b"")
    folders = []
    for k, options in enumerate((["--threads", 1], ["--threads", 2, "--memory-limit", 0], ["--threads", 3, "--memory-limit", "100KB"])):
        folders.append(project.scratch / f"colours{k}")
        run = program.run("train", "--data", data, "--out", folders[-1], "--json", *options)
        check("skipped 1 of 121 images that cannot be decoded" in run.stderr and "empty.png is empty" in run.stderr, f"stderr: {run.stderr}")
        check(("decoded in every pass" in run.stderr) == (k > 0), f"stderr: {run.stderr}")
        support.same_weights(folders[0], folders[-1])
    report = program.json("eval", "--data", data, "--out", folders[0])
    check(report["rows"] == 30 and report["accuracy"] > 0.9, f"eval: {report}")
    report = program.json("eval", "--data", data, "--split", "validation", "--out", folders[0])
    check(report["rows"] == 30, f"eval --split validation: {report}")
    program.refused("train", "--data", data, "--validation", 5, "--out", folders[1], code=2, says=["--validation 5", "leave the option out"])
    program.refused("train", "--data", data, "--strict", "--out", folders[1], code=1, says=["1 of 121 images cannot be decoded", "empty.png"])
    return program, data, folders[0]


def predict(program, data, out):
    files = [data / "test/red/0.png", data / "test/blue/3.png"]
    lines = program.run("predict", *files, "--out", out).stdout.splitlines()
    check(len(lines) == 2 and lines[0].startswith(f"{files[0]}: red ") and lines[1].startswith(f"{files[1]}: blue "), f"predict: {lines}")
    check(all(line.count(", ") == 2 for line in lines), f"three classes each: {lines}")
    (line,) = program.run("predict", files[0], "--top", 1, "--out", out).stdout.splitlines()
    check(line.startswith(f"{files[0]}: red ") and "," not in line, f"predict --top 1: {line}")
    answer = program.json("predict", data / "test", "--top", 2, "--out", out)
    check(answer["rows"] == 30, f"a folder: {answer['rows']} rows")
    for row in answer["predictions"]:
        best = row["top"][0]
        check(len(row["top"]) == 2 and best["label"] == row["label"] and best["probability"] == max(row["probabilities"]), f"{row}")
    right = sum(f"/{row['label']}/" in row["file"] for row in answer["predictions"])
    check(right >= 27, f"{right} of 30 right")
    listed = data / "list.csv"
    listed.write_text("path\n" + "".join(f"test/green/{i}.png\n" for i in range(3)))
    check(program.json("predict", listed, "--out", out)["rows"] == 3, "a .csv of paths")
    program.refused("predict", data / "train/red/empty.png", "--out", out, code=1, says=["empty.png is empty"])
    program.refused("predict", listed.parent / "x.npy", listed.parent / "y.npy", "--out", out, code=2, says=["one file of rows, or images"])


def classes(project, program, data, out):
    """Another folder is numbered by the classes of the training; a folder that does not fit is refused."""
    few = project.scratch / "few"
    write_colours(few, 4, 9)
    for name in ("blue", "green"):
        for path in (few / name).iterdir():
            path.unlink()
        (few / name).rmdir()
    check(program.json("eval", "--data", few, "--split", "train", "--validation", 0, "--out", out)["accuracy"] > 0.7, "red alone")
    program.refused("train", "--data", few, "--out", project.scratch / "x", code=1, says=["there are 1 classes (red)", "'scores' has 3"])
    fashion_like = data / "train/red"
    program.refused("train", "--data", fashion_like, "--out", project.scratch / "x", code=1, says=["holds no data set", "images per class"])


def binary(project):
    """One sigmoid output, classes in the names of the files, statistics of streamed images."""
    program, data, draw = project.program("brightness", "tests"), project.scratch / "brightness", random.Random(4)
    for i in range(60):
        png(data / f"day.{i}.png", 12, 9, noisy(draw, (180, 180, 180)))
        png(data / f"night.{i}.png", 12, 9, noisy(draw, (70, 70, 70)))
    folders = [project.scratch / name for name in ("kept", "streamed")]
    for folder, limit in zip(folders, ("1GB", "1KB")):
        report = program.json("train", "--data", data, "--memory-limit", limit, "--out", folder)
        check(report["val_accuracy"] > 0.9, f"train: {report}")
    support.same_weights(*folders)
    (line,) = program.run("predict", data / "night.7.png", "--out", folders[0]).stdout.splitlines()
    check(": night " in line and ", day " in line, f"predict: {line}")
    check(program.json("gradcheck", "--data", data, "--memory-limit", 0)["passed"], "gradcheck on streamed images")


def main(project):
    program, data, out = parts(project)
    predict(program, data, out)
    classes(project, program, data, out)
    binary(project)


if __name__ == "__main__":
    support.run(main)
