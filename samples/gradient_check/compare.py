"""Checks and trains an activation whose gradient is no number in places, and the one that was mended after the check; prints and draws both."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "comparison"))
import script

PROGRAMS = ("naive", "mended")
SHOWN = 200  # steps of the picture


def main():
    options = script.parse("gradient_check", __doc__)
    print("the root of |x| with the sign of x as an activation, written twice; 1 epoch of 50,000 images of Fashion-MNIST")
    table, losses, said = [], [], []
    for name in PROGRAMS:
        out = options.out / name
        out.mkdir(exist_ok=True)
        check, _ = script.call(options.bin / name, "gradcheck", "--data", options.data, codes=(0, 1))
        log = out / "steps.csv"
        trained, _ = script.call(options.bin / name, "train", "--data", options.data, "--epochs", 1, "--out", out, "--log-steps", log, codes=(0, 1))
        losses.append(script.step_losses(log))
        error = f"{check['worst_relative_error']:.1e}" if check["passed"] else "none"
        accuracy = trained.get("val_accuracy") if trained else None
        table.append((name, "passed" if check["passed"] else "failed", error, len(losses[-1]), f"{accuracy:.4f}" if accuracy else "none"))
        if not check["passed"]:
            said.append(f"{name}: {check['problem']}")
    script.print_table(("", "gradient check", "worst error", "steps trained", "val_acc"), table)
    print("\n".join(said))
    highest = max(loss for run in losses for loss in run[:SHOWN] if loss == loss)
    chart = script.Chart(10, "training loss", (1, SHOWN), (0, highest * 1.05), {1: 1, SHOWN // 2: SHOWN // 2, SHOWN: SHOWN})
    for run, colour in zip(losses, script.COLOURS[1::-1]):
        chart.curve([(k, loss) for k, loss in enumerate(run[:SHOWN], 1) if loss == loss], colour, dots=len(run) < 3)
    script.write_picture(options.out / "loss.svg", [chart], PROGRAMS[::-1], "step")


if __name__ == "__main__":
    main()
