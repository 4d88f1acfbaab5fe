"""Figures of a CUDA device: training throughput of the samples against PyTorch, compiled and in mixed precision, and the fractions of its
peaks that every launch reaches. Without such a device one row says why there are none."""
import pathlib
import subprocess
import tempfile

import convolutional
from ours import Program

BAR = 2  # times PyTorch's rate
CASES = {  # program: batch, arguments, PyTorch's script
    "fashion": (128, ("--set", "units=512", "--set", "learning_rate=0.001"), "torch_mlp.py"),
    "fashion_cnn": (convolutional.BATCH, convolutional.POINT, "torch_cnn.py"),
    "resnet20": (convolutional.BATCH, (), "torch_resnet20.py"),
}


def reason_for_none(program, device):
    """Why a device cannot be used, as our program says it; None: it can."""
    run = subprocess.run([program.path, "describe", *map(str, device)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    return None if run.returncode == 0 else run.stderr.strip().splitlines()[-1]


def measure(table, program, name, device, arguments, theirs):
    """Rows of one program; `theirs`: samples/s of PyTorch, None when it was not run."""
    report = program.json("bench", *device, *arguments)
    ours = report["train_samples_per_s"]
    table.add(f"{name} on {report['device']}: train samples/s, float32", f"{ours:.0f}", "", None)
    if theirs:
        table.add(f"  against PyTorch compiled, AMP ({theirs:.0f})", f"{ours / theirs:.2f}x", f">= {BAR}x", ours / theirs >= BAR)
    for row in report["launches"]:
        reached = f"{row['us']:.1f} us, {row['bandwidth_fraction']:.2f} of bandwidth, {row['arithmetic_fraction']:.2f} of float32 peak"
        table.add(f"  {row['name'][:50]}{' (cuBLASLt)' if row['library'] else ''}", reached, "", None)


def on_gpu(table, fashion, options):
    device = ("--device", "cuda")
    if reason := reason_for_none(fashion, device):
        table.add("figures of a CUDA device", f"none: {reason}", "", None)
        return
    with tempfile.TemporaryDirectory() as folder:
        convolutional.write_images(pathlib.Path(folder))
        for name, (batch, point, script) in CASES.items():
            program = Program(pathlib.Path(options.build) / "bin" / name)
            data = ("--data", folder) if name == "resnet20" else ()
            peer = ("torch", script, ["--mode", "compile", "--device", "cuda", "--amp", 1])
            theirs = options.environments.throughput(peer, batch, epochs=3) if options.environments else None
            measure(table, program, name, device, ("--batch", batch, *point, *data), theirs)
