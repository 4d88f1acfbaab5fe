"""Trains on image files without a cache, while a cache file is filled, and from that file; prints and draws the time of each epoch."""
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "comparison"))
import script

IMAGES, EPOCHS = 250, 4  # of each of two classes


def main():
    options = script.parse("caching", __doc__)
    figures, rows = options.out / "figures", options.out / "rows"
    shutil.rmtree(rows, ignore_errors=True)
    generator = pathlib.Path(__file__).parent.parent / "cats_vs_dogs" / "gen_images.py"
    if not figures.exists():
        subprocess.run([sys.executable, generator, figures, "--side", "300", "--count", str(IMAGES), "--folders"], check=True)
    runs = (("without", "streaming", ["--memory-limit", 0]), ("cache(file), which is filled", "caching", ["--cache-dir", rows]),
            ("cache(file), the next run", "caching", ["--cache-dir", rows]))
    print(f"{2 * IMAGES} PNGs of 300 x 300 for a small network of 150 x 150, {EPOCHS} epochs")
    table, seconds = [], []
    for k, (name, program, more) in enumerate(runs):
        out = options.out / f"run{k}"
        report, _ = script.call(options.bin / program, "train", "--data", figures, "--epochs", EPOCHS, "--out", out, *more)
        done = script.epochs(out)
        rates = [epoch["samples_per_s"] for epoch in done]
        seconds.append([epoch["seconds"] + epoch["validation_seconds"] for epoch in done])
        table.append((name, f"{rates[0]:,.0f}", f"{max(rates[1:]):,.0f}", f"{report['loss']:.6g}", f"{report['val_accuracy']:.4f}"))
    script.print_table(("", "images/s, first epoch", "later epochs", "loss", "val_acc"), table)
    chart = script.Chart(10, "seconds of each epoch, with validation", (1, EPOCHS), (0, max(map(max, seconds)) * 1.05), {e: e for e in range(1, EPOCHS + 1)})
    for times, colour in zip(seconds, script.COLOURS):
        chart.curve(list(enumerate(times, 1)), colour)
    script.write_picture(options.out / "epochs.svg", [chart], ("without", "filled", "next run"), "epoch")


if __name__ == "__main__":
    main()
