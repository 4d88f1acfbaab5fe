"""Weights are equal bit for bit for any number of threads, and when a run is killed and resumed."""
import signal
import time

import support
from support import check


def wait_for(path, process, seconds=60):
    end = time.monotonic() + seconds
    while not path.exists() and time.monotonic() < end:
        check(process.poll() is None, f"the run ended before {path.name} appeared")
        time.sleep(0.005)
    check(path.exists(), f"{path} did not appear within {seconds} s")


def threads(project, fashion):
    for setting in ([], ["--set", "units=96"]):
        folders = []
        for number in (1, 2, 3):
            folders.append(project.scratch / f"threads{number}{len(setting)}")
            fashion.run("train", "--epochs", 1, "--seed", 5, "--batch", 48, "--threads", number, "--out", folders[-1], *setting)
        support.same_weights(folders[0], folders[1])
        support.same_weights(folders[0], folders[2])


def killed(project, fashion):
    arguments = ["train", "--epochs", 6, "--seed", 7, "--threads", 1]
    whole = project.scratch / "whole"
    fashion.run(*arguments, "--out", whole)
    for attempt, delay in enumerate((0.0, 0.15)):
        out = project.scratch / f"killed{attempt}"
        process = fashion.start(*arguments, "--out", out)
        wait_for(out / "checkpoint" / "state.ingot", process)
        time.sleep(delay)
        check(process.poll() is None, "the run was over before it could be killed")
        process.send_signal(signal.SIGKILL)
        process.wait()
        fashion.run(*arguments, "--out", out, "--resume")
        support.same_weights(whole, out)
        check((whole / "history.csv").read_text().count("\n") == (out / "history.csv").read_text().count("\n"), "history.csv lost or doubled epochs")


def main(project):
    fashion = project.fashion()
    threads(project, fashion)
    killed(project, fashion)


if __name__ == "__main__":
    support.run(main)
