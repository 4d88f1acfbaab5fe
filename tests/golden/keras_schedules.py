"""Golden learning rates from Keras's schedules and ReduceLROnPlateau: what tests/runtime/train/rate_schedule_test.cpp compares with.

usage: keras_schedules.py [--out FILE]

Each line is the name of a configuration and the rates at steps 0, 1, ..., 39; for plateau_*, the rate after each of the epochs
whose val_loss stands in the line `figures_*` before it.
"""
import argparse
import os
import pathlib

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras

S = keras.optimizers.schedules
SCHEDULES = {
    "exponential": S.ExponentialDecay(0.1, 10, 0.5),
    "exponential_staircase": S.ExponentialDecay(0.1, 10, 0.5, staircase=True),
    "piecewise": S.PiecewiseConstantDecay([10, 20], [1.0, 0.5, 0.1]),
    "polynomial": S.PolynomialDecay(0.1, 10, 0.01, 2.0),
    "polynomial_cycle": S.PolynomialDecay(0.1, 10, 0.01, 2.0, cycle=True),
    "inverse_time": S.InverseTimeDecay(0.1, 10, 0.5),
    "inverse_time_staircase": S.InverseTimeDecay(0.1, 10, 0.5, staircase=True),
    "cosine": S.CosineDecay(0.1, 10, alpha=0.1),
    "cosine_warmup": S.CosineDecay(0.02, 10, warmup_target=0.1, warmup_steps=5),
    "restarts": S.CosineDecayRestarts(0.1, 10, t_mul=2.0, m_mul=0.5),
    "restarts_equal": S.CosineDecayRestarts(0.1, 7, t_mul=1.0, m_mul=0.9, alpha=0.05),
}
FIGURES = {
    "constant": ([1.0] * 12, dict(factor=0.5, patience=2)),
    "cooldown": ([1.0] * 12, dict(factor=0.5, patience=2, cooldown=2)),
    "floor": ([1.0] * 8, dict(factor=0.5, patience=1, min_lr=0.2)),
    "delta": ([1, 1, 0.9999, 0.99985, 0.9, 1, 1, 0.8], dict(factor=0.1, patience=2)),
}


def plateau(figures, options):
    model = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.SGD(1.0), loss="mse")
    callback = keras.callbacks.ReduceLROnPlateau(**options)
    callback.set_model(model)
    callback.on_train_begin()
    rates = []
    for epoch, figure in enumerate(figures):
        callback.on_epoch_end(epoch, {"val_loss": figure})
        rates.append(float(model.optimizer.learning_rate))
    return rates


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).parent.parent / "runtime/train/golden/keras_schedules.txt")
    options = parser.parse_args()
    with open(options.out, "w") as out:

        def line(name, values):
            out.write(name + "".join(f" {float(value):.9g}" for value in values) + "\n")

        for name, schedule in SCHEDULES.items():
            line(name, [schedule(step) for step in range(40)])
        for name, (figures, arguments) in FIGURES.items():
            line("figures_" + name, figures)
            line("plateau_" + name, plateau(figures, arguments))


if __name__ == "__main__":
    main()
