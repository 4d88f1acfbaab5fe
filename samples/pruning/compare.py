"""Prunes trained weights to several shares, in blocks and as whole filters, and prints and draws what comes of it."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "comparison"))
import script

SHARES = (0.5, 0.8, 0.9, 0.95)
FORMS = ("block:16x16", "filters")
EPOCHS, FINETUNE = 8, 6


def measure(options):
    """[(form, share, report of prune)] and the report of the run that is pruned while it trains."""
    program, dense, gradual = options.bin / "pruning_dense", options.out / "dense", options.out / "gradual"
    common = ["--data", options.data, "--seed", 1]
    script.call(program, "train", *common, "--epochs", EPOCHS, "--out", dense)
    rows = []
    for form in FORMS:
        for share in SHARES:
            report, _ = script.call(program, "prune", *common, "--threads", 1, "--to", share, "--form", form, "--finetune", FINETUNE,
                                    "--weights", dense / "model.safetensors", "--out", options.out / f"{form.replace(':', '_')}_{share}")
            rows.append((form, share, report))
    trained, _ = script.call(options.bin / "pruning_gradual", "train", *common, "--out", gradual)
    return rows, trained


def faster(report, batch):
    return report[f"seconds_before_batch_{batch}"] / report[f"seconds_after_batch_{batch}"]


def draw(path, rows):
    places = {share: k for k, share in enumerate(SHARES)}  # side by side: 90 % and 95 % would lie on each other
    marks = {k: f"{share:.0%}" for share, k in places.items()}
    accuracies = [r["after_accuracy"] for _, _, r in rows] + [rows[0][2]["before_accuracy"]]
    panels = (("test accuracy, fine-tuned", lambda r: r["after_accuracy"], (min(accuracies) - 0.005, max(accuracies) + 0.005), lambda v: f"{v:.3f}"),
              ("file, of the dense one", lambda r: r["bytes_after"] / r["bytes_before"], (0, 0.6), lambda v: f"{v:.2f}"),
              ("inference at batch 64, times as fast", lambda r: faster(r, 64), (0, 1.1 * max(faster(r, 64) for _, _, r in rows)), lambda v: f"{v:.1f}"))
    charts = []
    for left, (title, value, y_range, y_text) in zip((10, 330, 650), panels):
        chart = script.Chart(left, title, (0, len(SHARES) - 1), y_range, marks, y_text)
        for form, colour in zip(FORMS, script.COLOURS):
            chart.curve([(places[share], value(report)) for f, share, report in rows if f == form], colour)
        charts.append(chart)
    script.write_picture(path, charts, FORMS, "share of zeros, or of filters left out")


def main():
    options = script.parse("pruning", __doc__)
    rows, gradual = measure(options)
    first = rows[0][2]
    print("dense 512 on Fashion-MNIST, one thread; without: 8 epochs; pruned: 6 more of fine-tuning")
    table = [("without", f"{first['before_accuracy']:.4f}", "1.000", "1.0x", "1.0x")]
    table += [(f"{form} {share:.0%}", f"{r['after_accuracy']:.4f}", f"{r['bytes_after'] / r['bytes_before']:.3f}", f"{faster(r, 1):.1f}x", f"{faster(r, 64):.1f}x")
              for form, share, r in rows]
    table.append(("while training, blocks 80%", f"{gradual['test_accuracy']:.4f}", "", "", ""))
    script.print_table(("", "test_acc", "file", "batch 1", "batch 64"), table)
    draw(options.out / "pruning.svg", rows)


if __name__ == "__main__":
    main()
