"""Exit codes and the exact sentences of wrong usage and failures."""
import json
import signal
import time

import support
from support import check

COMMANDS = ("train", "search", "gradcheck", "eval", "predict", "bench", "export", "describe", "cache")
COMMON = ("--help", "--seed", "--threads", "--device", "--json", "--set", "--data", "--out")


def help_texts(model):
    text = model.run("--help").stdout
    for command in COMMANDS:
        check(command in text, f"--help does not list {command}")
        own = model.run(command, "--help").stdout
        for option in COMMON:
            check(option in own, f"{command} --help does not mention {option}")


def refused(model, *arguments, code, text):
    run = model.run(*arguments, code=code)
    message = run.stderr.strip()
    check(message.count("\n") == 0 and text in message, f"{arguments}: want '{text}' in one line, got:\n{message}")
    check(run.stdout == "", f"{arguments}: stdout must stay empty: {run.stdout}")


def wrong_usage(model):
    refused(model, code=2, text="a command is needed: train, search")
    refused(model, "fly", code=2, text="there is no command 'fly'; use train, search")
    refused(model, "train", "--epochz", 2, code=2, text="--epochz")
    refused(model, "train", "--epochs", "many", code=2, text="many")
    refused(model, "train", "--epochs", 0, code=2, text="--epochs")
    refused(model, "train", "--set", "unitz=4", code=2, text="no hyper-parameter 'unitz'; it has units, learning_rate, act, drop, rate")
    refused(model, "train", "--set", "units=5", code=2, text="hyper-parameter units cannot be 5")
    refused(model, "search", "--set", "units=10", code=2, text="hyper-parameter units cannot be 10")
    refused(model, "train", "--device", "abacus", code=2, text="--device abacus: there is no such device; use cpu, cuda, or cuda:N")
    refused(model, "train", "--device", "cuda:-1", code=2, text="--device cuda:-1: there is no such device; use cpu, cuda, or cuda:N")
    refused(model, "train", "--device", "cuda:1x", code=2, text="--device cuda:1x: there is no such device")
    refused(model, "train", "--cuda-driver", "x.so", code=2, text="--cuda-driver is for --device cuda; give both or none")
    refused(model, "gradcheck", "--batch-index", 1, code=2, text="--batch-index and --rows choose among rows of data; name it with --data")
    refused(model, "gradcheck", "--batch-index", 1, "--rows", "1,2", code=2, text="--rows")
    refused(model, "gradcheck", "--weights", "nowhere.safetensors", code=1, text="nowhere.safetensors")
    refused(model, "search", "--resume", "--overwrite", code=2, text="--resume and --overwrite exclude each other")
    refused(model, "train", "--lr-range=1:0.1", code=2, text="--lr-range=1:0.1: write two rates, the lower first")
    refused(model, "train", "--lr-range=fast", code=2, text="--lr-range=fast: write two rates")
    refused(model, "train", "--lr-range", "--resume", code=2, text="--lr-range starts from fresh weights")
    refused(model, "predict", code=2, text="FILE")
    refused(model, "export", "--to", "onnx", code=2, text="onnx")
    refused(model, "cache", code=2, text="ACTION")
    refused(model, "cache", "empty", code=2, text="empty")
    refused(model, "train", "--cache-limit", "much", code=2, text="--cache-limit")


def failures(model, scratch):
    for command in ("train", "search", "gradcheck", "eval", "predict", "bench", "describe"):
        arguments = ["rows.npy"] if command == "predict" else []
        refused(model, command, *arguments, "--device", "cuda:1", "--cuda-driver", scratch / "none.so", code=1,
                text="--device cuda:1: the driver of --cuda-driver cannot be opened (")
    refused(model, "train", "--data", scratch / "nowhere", "--out", scratch / "o", code=1, text="nowhere")
    refused(model, "eval", "--out", scratch / "untrained", code=1, text="run train first or name them with --weights")
    broken = scratch / "broken.safetensors"
    broken.write_bytes(b"\xff" * 100)
    refused(model, "eval", "--weights", broken, code=1, text="broken.safetensors")
    refused(model, "train", "--best", scratch / "none.db", "--out", scratch / "o", code=1, text="there is no study")
    run = model.run("eval", "--weights", broken, "--json", code=1)
    check("broken.safetensors" in json.loads(run.stdout)["error"], f"--json reports the error as an object: {run.stdout}")


def interrupted(model, scratch):
    for arguments in (["train", "--epochs", 1000000], ["search", "--trials", 1000000, "--epochs", 3, "--validation", 40]):
        out = scratch / arguments[0]
        process = model.start(*arguments, "--out", out)
        end = time.monotonic() + 60
        while not list(out.glob("**/checkpoint/*")) and time.monotonic() < end:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        check(process.wait(timeout=60) == 130, f"exit code {process.returncode} of {arguments[0]} after Ctrl-C, want 130")


def main(model, scratch):
    help_texts(model)
    wrong_usage(model)
    failures(model, scratch)
    interrupted(model, scratch)


if __name__ == "__main__":
    support.run(main)
