"""Figures of mixed precision: throughput against our own f32, and the loss after as many steps."""
import pathlib
import statistics
import tempfile

from ours import Program

BATCH = 256
STEPS, LAST = 300, 30  # the loss is the mean of the last steps of so many
BAR, TOLERANCE = 1.5, 0.01
EPOCHS = 2  # 235 steps each


def mixed(table, _, options):
    if " avx512_bf16" not in pathlib.Path("/proc/cpuinfo").read_text():
        table.add("mixed precision, 4 x 2048, batch 256", "void: this processor has no AVX512_BF16", f">= {BAR}x", None)
        return
    programs = {name: Program(pathlib.Path(options.build) / "tests" / f"wide_{name}") for name in ("f32", "bf16")}
    best = dict.fromkeys(programs, 0)
    for _ in range(options.rounds):
        for name, program in programs.items():
            report = program.json("bench", "--batch", BATCH, "--threads", 2, "--epochs", 1, "--validation", 50000)
            best[name] = max(best[name], report["train_samples_per_s"])
    ratio = best["bf16"] / best["f32"]
    table.add("train samples/s, 4 x 2048, batch 256, f32", f"{best['f32']:.0f}", "", None)
    table.add("train samples/s, 4 x 2048, batch 256, bf16 against f32", f"{best['bf16']:.0f} ({ratio:.2f}x)", f">= {BAR}x", ratio >= BAR)
    losses = {name: loss_after(program) for name, program in programs.items()}
    off = abs(losses["bf16"] / losses["f32"] - 1)
    table.add(f"loss after {STEPS} steps, bf16 against f32", f"{losses['bf16']:.4f} / {losses['f32']:.4f} ({100 * off:.2f} %)", "<= 1 %", off <= TOLERANCE)


def loss_after(program):
    with tempfile.TemporaryDirectory() as out:
        log = pathlib.Path(out) / "steps.csv"
        program.json("train", "--batch", BATCH, "--epochs", EPOCHS, "--validation", 0, "--threads", 2, "--out", out, "--log-steps", log)
        rows = log.read_text().split()
    return statistics.mean(float(row.split(",")[1]) for row in rows[STEPS - LAST : STEPS])
