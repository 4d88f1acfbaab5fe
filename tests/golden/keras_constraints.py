"""Golden trajectories of constrained parameters from Keras in float64: what tests/codegen/autodiff/constraint_test.cpp compares with.

usage: keras_constraints.py [--out FILE]

A kernel [3, 2] or a bias [3] under SGD with a learning rate of 1/2 and three given gradients. Each line is the name of a configuration
and the elements after each update. `ema` has a moving average of momentum 1/2 instead of the weights in its line: Keras takes it
before the constraint.
"""
import argparse
import os
import pathlib

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
import numpy as np

KERNEL = [[1.0, -0.5], [0.25, 2.0], [-1.5, 0.125]]
BIAS = [1.0, -2.0, 0.5]
C = keras.constraints
CONFIGURATIONS = {
    "max_norm": (KERNEL, C.MaxNorm(1.25, axis=0)),
    "non_negative": (KERNEL, C.NonNeg()),
    "unit_norm": (KERNEL, C.UnitNorm(axis=0)),
    "min_max_norm": (KERNEL, C.MinMaxNorm(0.75, 1.5, rate=0.25, axis=0)),
    "bias_max_norm": (BIAS, C.MaxNorm(1.25, axis=0)),
    "bias_unit_norm": (BIAS, C.UnitNorm(axis=0)),
    "ema": (KERNEL, C.MaxNorm(1.25, axis=0)),
}


def gradients(shape):
    """Three gradients that the test repeats: 0.5 at the first element, less by 0.25 at each that follows, then turned."""
    first = 0.5 - 0.25 * np.arange(np.prod(shape), dtype=float).reshape(shape)
    return [first, -2 * first, 0.5 * first]


def trajectory(name, start, constraint):
    start = np.array(start)
    optimizer = keras.optimizers.SGD(0.5, use_ema=name == "ema", ema_momentum=0.5)
    w = keras.Variable(start, dtype="float64")
    w.constraint = constraint
    optimizer.build([w])
    path = []
    for g in gradients(start.shape):
        optimizer.apply([keras.ops.convert_to_tensor(g, dtype="float64")], [w])
        seen = optimizer._model_variables_moving_average[0] if name == "ema" else w
        path.extend(keras.ops.convert_to_numpy(seen).ravel().tolist())
    return path


def main():
    keras.config.set_floatx("float64")
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).parent.parent / "codegen/autodiff/golden/keras_constraints.txt")
    options = parser.parse_args()
    with open(options.out, "w") as out:
        for name, (start, constraint) in CONFIGURATIONS.items():
            out.write(name + "".join(f" {value:.12g}" for value in trajectory(name, start, constraint)) + "\n")


if __name__ == "__main__":
    main()
