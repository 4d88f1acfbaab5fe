"""Wrong usage exits 2, failures exit 1 with one sentence, Ctrl-C exits 130; a missing code generator is named."""
import shutil
import signal
import stat
import time

import support
from support import Program, check

COMMANDS = ("train", "search", "gradcheck", "eval", "predict", "bench", "export", "describe")


def wrong_usage(fashion):
    fashion.refused(code=2, says=["train"])
    fashion.refused("fly", code=2, says=["fly"])
    fashion.refused("train", "--epochz", 2, code=2, says=["epochz"])
    fashion.refused("train", "--epochs", "many", code=2, says=["epochs", "many"])
    fashion.refused("train", "--set", "unitz=64", code=2, says=["unitz", "units"])
    fashion.refused("train", "--set", "units=63", code=2, says=["units", "63"])
    fashion.refused("train", "--set", "units=1024", code=2, says=["units", "1024", "512"])
    fashion.refused("train", "--device", "abacus", code=2, says=["abacus"])


def failures(project, fashion):
    fashion.refused("train", "--data", project.scratch / "nowhere", code=1, says=["nowhere"])
    broken = project.scratch / "broken.safetensors"
    broken.write_bytes(b"\xff" * 100)
    fashion.refused("eval", "--weights", broken, code=1, says=["broken.safetensors"])
    data = project.scratch / "data"
    data.mkdir()
    for path in support.FASHION_DATA.iterdir():
        (data / path.name).write_bytes(path.read_bytes()[:5000] if "train-images" in path.name else path.read_bytes())
    fashion.refused("train", "--data", data, code=1, says=["train-images"])


def missing_library(project, fashion):
    """A copy of the executable in which the folder of the library, baked in at build time, names nothing."""
    here = str(project.build / "lib").encode()
    image = fashion.path.read_bytes()
    lonely = project.scratch / "lonely"
    lonely.write_bytes(image.replace(here, b"/nowhere".ljust(len(here), b"x")))
    lonely.chmod(lonely.stat().st_mode | stat.S_IXUSR)
    Program(lonely).refused("train", "--epochs", 1, "--set", "units=160", "--out", project.scratch / "l", code=1, says=["libingot_codegen.so"])
    Program(lonely).run("train", "--epochs", 1, "--out", project.scratch / "l")


def interrupted(project, fashion):
    out = project.scratch / "interrupted"
    process = fashion.start("train", "--epochs", 1000, "--out", out)
    end = time.monotonic() + 60
    while not (out / "checkpoint" / "state.ingot").exists() and time.monotonic() < end:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    check(process.wait(timeout=60) == 130, f"exit code {process.returncode} after Ctrl-C, want 130")


def main(project):
    fashion = project.fashion()
    check("train" in fashion.run("--help").stdout, "--help does not list train")
    for command in COMMANDS:
        text = fashion.run(command, "--help").stdout
        for option in ("--seed", "--threads", "--device", "--json", "--set", "--data", "--out"):
            check(option in text, f"{command} --help does not mention {option}")
    wrong_usage(fashion)
    failures(project, fashion)
    missing_library(project, fashion)
    interrupted(project, fashion)
    shutil.rmtree(project.scratch / "interrupted")


if __name__ == "__main__":
    support.run(main)
