"""Golden trajectories of optimizer updates from Keras, its variables in float64: what tests/codegen/autodiff/update_test.cpp compares with.

usage: keras_updates.py [--out FILE]

Two weights, w0 = (1, -1), and eight given gradients that do not depend on the weights; lr 1/8.
All numbers are exact in float32, which Keras rounds some of them to. Each line is the name of a
configuration and the weights after each update: w0 w1 w0 w1 ...
"""
import argparse
import os
import pathlib

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
import numpy as np

GRADIENTS = [(0.5, -2.0), (-0.3, 1.0), (0.2, 0.1), (0.0, -0.4), (1.5, 0.7), (-0.05, 0.6), (0.01, -0.02), (0.3, 0.3)]
OPTIMIZERS = keras.optimizers
BETAS = dict(beta_1=0.875, beta_2=0.984375)
CONFIGURATIONS = {
    "sgd": lambda **k: OPTIMIZERS.SGD(0.125, **k),
    "sgd_momentum": lambda **k: OPTIMIZERS.SGD(0.125, momentum=0.875, **k),
    "sgd_nesterov": lambda **k: OPTIMIZERS.SGD(0.125, momentum=0.875, nesterov=True, **k),
    "rmsprop": lambda **k: OPTIMIZERS.RMSprop(0.125, rho=0.875, **k),
    "rmsprop_momentum": lambda **k: OPTIMIZERS.RMSprop(0.125, rho=0.875, momentum=0.875, **k),
    "rmsprop_centered": lambda **k: OPTIMIZERS.RMSprop(0.125, rho=0.875, centered=True, **k),
    "rmsprop_centered_momentum": lambda **k: OPTIMIZERS.RMSprop(0.125, rho=0.875, centered=True, momentum=0.875, **k),
    "adam": lambda **k: OPTIMIZERS.Adam(0.125, **BETAS, **k),
    "adam_amsgrad": lambda **k: OPTIMIZERS.Adam(0.125, beta_1=0.875, beta_2=0.5, amsgrad=True, **k),
    "adamw": lambda **k: OPTIMIZERS.AdamW(0.125, weight_decay=0.25, **BETAS, **k),
    "nadam": lambda **k: OPTIMIZERS.Nadam(0.125, **BETAS, **k),
    "adagrad": lambda **k: OPTIMIZERS.Adagrad(0.125, initial_accumulator_value=0.125, **k),
    "adadelta": lambda **k: OPTIMIZERS.Adadelta(0.125, rho=0.875, epsilon=2**-10, **k),
    "adamax": lambda **k: OPTIMIZERS.Adamax(0.125, **BETAS, **k),
    "lion": lambda **k: OPTIMIZERS.Lion(0.125, **BETAS, **k),
    "lamb": lambda **k: OPTIMIZERS.Lamb(0.125, **BETAS, **k),
    "lamb_decay": lambda **k: OPTIMIZERS.Lamb(0.125, weight_decay=0.5, **BETAS, **k),
}


def trajectory(make, gradients=GRADIENTS, **options):
    """The weights after each call, as one flat list."""
    optimizer = make(**options)
    w = keras.Variable(np.array([1.0, -1.0]), dtype="float64")
    optimizer.build([w])
    path = []
    for g in gradients:
        optimizer.apply([keras.ops.convert_to_tensor(np.array(g), dtype="float64")], [w])
        path.extend(keras.ops.convert_to_numpy(w).tolist())
    return path


def main():
    keras.config.set_floatx("float64")
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).parent.parent / "codegen/autodiff/golden/keras_updates.txt")
    options = parser.parse_args()
    with open(options.out, "w") as out:
        for name, make in CONFIGURATIONS.items():
            out.write(name + "".join(f" {value:.12g}" for value in trajectory(make)) + "\n")


if __name__ == "__main__":
    main()
