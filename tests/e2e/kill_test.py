"""kill -9 at random moments of a run with everything switched on: what is resumed equals the run that nobody disturbed, and no file is lost,
half-written or left over.

usage: kill_test.py --source DIR --build DIR [--moments N] [--seed N]
"""
import json
import random
import shutil
import signal
import struct
import sys
import time
import zlib

import support
from images_test import write_colours
from support import check

TIMES = {"seconds", "validation_seconds", "samples_per_s"}  # of report.json: what no two runs have alike


def argument(name, default):
    """Of this script; support.run reads the others."""
    if name not in sys.argv:
        return default
    at = sys.argv.index(name)
    value = int(sys.argv[at + 1])
    del sys.argv[at : at + 2]
    return value


def without_times(value):
    if isinstance(value, dict):
        return {k: without_times(v) for k, v in value.items() if k not in TIMES}
    return [without_times(v) for v in value] if isinstance(value, list) else value


def events(path):
    """The records of an event file without their wall time (field 1, the first nine bytes)."""
    content, records, at = path.read_bytes(), [], 0
    while at < len(content):
        (length,) = struct.unpack_from("<Q", content, at)
        record = content[at + 12 : at + 12 + length]
        check(len(record) == length and record[0] == 0x09, f"{path}: a half record at byte {at}")
        records.append(record[9:])
        at += 16 + length
    return records


def checkpoint(path):
    """Header and blocks but the times; the checksum must fit."""
    content = path.read_bytes()
    check(struct.unpack("<I", content[-4:])[0] == zlib.crc32(content[:-4]), f"{path}: the checksum does not match")
    length = struct.unpack_from("<I", content, 12)[0]
    header, data = json.loads(content[16 : 16 + length]), content[16 + length : -4]
    starts = [block["offset"] for block in header["blocks"]] + [len(data)]
    blocks = {b["name"]: data[a:e] for b, a, e in zip(header["blocks"], starts, starts[1:]) if b["name"] != "run.seconds"}
    return {k: v for k, v in header.items() if k != "blocks"}, blocks


def outputs(out):
    """{file: what must be equal}."""
    found = {}
    for path in sorted(p for p in out.rglob("*") if p.is_file()):
        name = path.relative_to(out).as_posix()
        if "tfevents" in name:
            found[name] = events(path)
        elif path.name == "state.ingot":
            found[name] = checkpoint(path)
        elif path.name == "report.json":
            found[name] = without_times(json.loads(path.read_text()))
        elif path.name == "report.html":
            found[name] = path.read_text().rstrip().endswith("</html>")
        else:
            found[name] = path.read_bytes()
    return found


class Run:
    def __init__(self, project, data):
        self.program, self.data, self.scratch = project.program("whole_craft", "tests"), data, project.scratch

    def arguments(self, out, rows):
        return ["train", "--data", self.data, "--cache-dir", rows, "--out", out, "--log-steps", out / "steps.csv", "--tensorboard",
                out / "events", "--statistics", "--seed", 4]

    def killed(self, out, rows, seconds):
        """Whether it was killed; it goes on from a checkpoint when there is one."""
        process = self.program.start(*self.arguments(out, rows), *self.resume(out))
        time.sleep(seconds)
        killed = process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait()
        for folder in (out, out / "checkpoint"):  # as if it had been killed while it wrote, which is too short a time to be met every day
            if folder.exists():
                (folder / f".state.ingot.{process.pid}.99.tmp").write_bytes(b"half")
        return killed

    def resume(self, out):
        return ["--resume"] if (out / "checkpoint" / "state.ingot").exists() else []

    def finish(self, out, rows):
        out.mkdir(exist_ok=True)
        return self.program.run(*self.arguments(out, rows), *self.resume(out))


def moment(run, draw, seconds, want, number):
    """One run that is killed once or several times, each time behind a random part of what a run takes."""
    out, rows = run.scratch / f"killed{number}", run.scratch / f"rows{number}"
    out.mkdir()
    kills = 0
    for _ in range(draw.choice((1, 1, 2, 4))):
        kills += run.killed(out, rows, draw.uniform(0, seconds))
        state = out / "checkpoint" / "state.ingot"
        if state.exists():
            checkpoint(state)
    last = run.finish(out, rows)
    check("made again" not in last.stderr, f"a damaged cache was left: {last.stderr}")
    got = outputs(out)
    check(got.keys() == want.keys(), f"moment {number}: files {sorted(got)}, want {sorted(want)}")
    different = [name for name in want if got[name] != want[name]]
    check(not different, f"moment {number}: {different} differ from those of the run that nobody disturbed")
    left = [path.name for path in rows.iterdir()]
    check(len(left) == 1 and left[0].endswith(".rows"), f"moment {number}: the cache folder holds {left}")
    shutil.rmtree(out)
    shutil.rmtree(rows)
    return kills


def main(project):
    draw = random.Random(SEED)
    data = project.scratch / "colours"
    write_colours(data, 30, 1)
    run = Run(project, data)
    whole = project.scratch / "whole"
    run.finish(whole, project.scratch / "rows")
    begin = time.monotonic()
    run.finish(project.scratch / "again", project.scratch / "rows_again")
    seconds = time.monotonic() - begin
    want = outputs(whole)
    check(outputs(project.scratch / "again") == want, "two runs that nobody disturbs are equal")
    header, blocks = want["checkpoint/state.ingot"]
    check(header["epoch"] == 24 and any(name.startswith("best/") for name in blocks), f"the run is whole: {header}")
    check(any(name.endswith("/mask") for name in blocks) and "state/loss_scale" in blocks, f"masks and scale are saved: {sorted(blocks)}")
    kills = [moment(run, draw, seconds, want, number) for number in range(MOMENTS)]
    print(f"{MOMENTS} runs of {seconds:.2f} s killed {sum(kills)} times, {sum(k > 0 for k in kills)} of them before their end")
    check(sum(kills) >= MOMENTS / 2, "too few kills came before the end of a run")


if __name__ == "__main__":
    MOMENTS, SEED = argument("--moments", 5), argument("--seed", 1)
    support.run(main)
