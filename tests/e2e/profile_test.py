"""`--profile`: the same weights, a row for every kernel that adds up to the step, and a trace whose slices do not overlap."""
import json

import support
from support import check

SETTINGS = ["--set", "units=96", "--set", "learning_rate=0.001", "--epochs", 1, "--batch", 128, "--validation", 0]


def slices_of(path):
    events = json.loads(path.read_text())["traceEvents"]
    names = [e["args"]["name"] for e in events if e["ph"] == "M"]
    check(names == ["thread 0", "thread 1"], f"threads of the trace: {names}")
    return [e for e in events if e["ph"] == "X"]


def check_trace(slices, kernels):
    steps = [s for s in slices if s["cat"] == "step"]
    check(1 <= len(steps) <= 8, f"{len(steps)} steps in the trace")
    for thread in (0, 1):
        work = sorted((s for s in slices if s["tid"] == thread and s["cat"] != "step"), key=lambda s: s["ts"])
        check(work, f"thread {thread} has done nothing")
        for a, b in zip(work, work[1:]):
            check(b["ts"] >= a["ts"] + a["dur"] - 1e-3, f"slices overlap on thread {thread}: {a} {b}")
    begins = {int(s["name"].split()[1]): s for s in steps}
    for kernel in kernels:
        for number, step in begins.items():
            groups = [s for s in slices if s["name"] == kernel["name"] and s["args"].get("step") == number and s["args"].get("ops") == kernel["ops"]]
            check(len(groups) == kernel["groups"], f"{kernel['name']} ran {len(groups)} groups in step {number}, of {kernel['groups']}")
            for s in groups:
                check(step["ts"] <= s["ts"] and s["ts"] + s["dur"] <= step["ts"] + step["dur"] + 1e-3, f"{s} lies outside {step}")


def main(project):
    fashion = project.fashion()
    plain, out = project.scratch / "plain", project.scratch / "profiled"
    fashion.json("train", *SETTINGS, "--threads", 2, "--out", plain)
    profile = fashion.json("train", *SETTINGS, "--threads", 2, "--profile", "--out", out)["profile"]
    support.same_weights(plain, out)
    check(profile["steps"] == 469 and profile["threads"] == 2, f"profile: {profile['steps']} steps, {profile['threads']} threads")
    *kernels, waiting = profile["kernels"]
    described = fashion.json("describe", "--set", "units=96", "--batch", 128)["kernels"]
    check(sorted(k["name"] for k in kernels) == sorted(k["name"] for k in described), "the kernels are those of describe")
    check(waiting["name"] == "waiting", f"the last row: {waiting}")
    total = sum(k["us_per_step"] for k in profile["kernels"]) * profile["steps"] * 1e-6
    check(abs(total / profile["seconds"] - 1) < 0.01, f"rows add up to {total} s, the steps took {profile['seconds']} s")
    check(abs(sum(k["share"] for k in profile["kernels"]) - 1) < 0.01, "shares add up to 1")
    times = [k["us_per_step"] for k in kernels]
    check(times == sorted(times, reverse=True) and times[0] > 0, f"sorted by time: {times}")
    check_trace(slices_of(out / "profile.json"), kernels)
    text = fashion.run("train", *SETTINGS, "--profile", "--out", out, "--threads", 1).stdout
    for word in ("profile of 469 steps on 1 thread", "hidden.matmul", "GB/s", "waiting", "profile.json"):
        check(word in text, f"the table lacks {word}:\n{text}")
    bench = fashion.json("bench", "--epochs", 2, "--threads", 1, "--profile", "--out", out)
    check(bench["profile"]["kernels"], f"bench --profile: {bench}")


if __name__ == "__main__":
    support.run(main)
