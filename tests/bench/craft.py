"""Figures of the craft of training, as the samples that compare with and without a technique measure them."""
import pathlib

from ours import Program


def variants(options, sample):
    """{name: figures} of a sample; the first is the one without the technique."""
    report = Program(pathlib.Path(options.build) / "bin" / f"compare_{sample}").report("--json", "--out", "out/bench")
    return {variant["name"]: variant for variant in report["variants"]}


def overfitting(table, _, options):
    for sample in ("regularization", "dropout"):
        all_variants = variants(options, sample)
        before = all_variants.pop("without")["gap"]
        table.add(f"gap of val_loss and loss, 2,000 images, dense 512, 3 seeds ({sample})", f"{before:.4f}", "", None)
        for name, figures in all_variants.items():
            narrowed = 1 - figures["gap"] / before
            table.add(f"  {name}", f"{figures['gap']:.4f}, {narrowed:.0%} narrower", ">= 20%", narrowed >= 0.2)


def early_stopping(table, _, options):
    all_variants = variants(options, "early_stopping")
    fixed, stopped = all_variants["30 epochs"], all_variants["early stopping"]
    saved, lost = 1 - stopped["epochs"] / fixed["epochs"], fixed["test_accuracy"] - stopped["test_accuracy"]
    table.add("epochs saved by early stopping, of 30, 3 seeds", f"{saved:.0%}", ">= 30%", saved >= 0.3)
    table.add("  test accuracy lost", f"{lost:.2%} of {fixed['test_accuracy']:.2%}", "<= 0.2%", lost <= 0.002)
