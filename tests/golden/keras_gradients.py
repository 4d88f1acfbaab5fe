"""Golden trajectories of clipping, accumulation, averages and decay from Keras: what tests/codegen/autodiff/gradients_test.cpp compares with.

usage: keras_gradients.py [--out FILE]

Two tensors, kernel (1, -1) and bias (0.5), and eight given gradients of each that do not depend on them; lr 1/8. Each line is the name of
a configuration and kernel0 kernel1 bias after each call, for `average_*` followed by the same of the averages.
"""
import argparse
import os
import pathlib

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
import numpy as np

from keras_updates import GRADIENTS

BIAS_GRADIENTS = [1.0, -0.5, 0.25, 3.0, 0.0, -0.125, 0.5, -2.0]
OPTIMIZERS = keras.optimizers
MOMENTUM = dict(momentum=0.875)
BETAS = dict(beta_1=0.875, beta_2=0.984375)
CONFIGURATIONS = {
    "clip_value": lambda: OPTIMIZERS.SGD(0.125, clipvalue=0.25),
    "clip_norm": lambda: OPTIMIZERS.SGD(0.125, clipnorm=0.75),
    "clip_global_norm": lambda: OPTIMIZERS.SGD(0.125, global_clipnorm=1.0),
    "clip_global_norm_adam": lambda: OPTIMIZERS.Adam(0.125, global_clipnorm=0.5, **BETAS),
    "accumulate": lambda: OPTIMIZERS.SGD(0.125, gradient_accumulation_steps=3, **MOMENTUM),
    "accumulate_adam": lambda: OPTIMIZERS.Adam(0.125, gradient_accumulation_steps=2, **BETAS),
    "accumulate_clip_norm": lambda: OPTIMIZERS.SGD(0.125, gradient_accumulation_steps=2, clipnorm=0.5),
    "accumulate_clip_global_norm": lambda: OPTIMIZERS.RMSprop(0.125, rho=0.875, gradient_accumulation_steps=4, global_clipnorm=0.5),
    "average": lambda: OPTIMIZERS.SGD(0.125, use_ema=True, ema_momentum=0.75, **MOMENTUM),
    "average_adamw": lambda: OPTIMIZERS.AdamW(0.125, weight_decay=0.25, use_ema=True, ema_momentum=0.5, **BETAS),
    "decay_without_bias": lambda: without_bias(OPTIMIZERS.SGD(0.125, weight_decay=0.5)),
}


def without_bias(optimizer):
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    return optimizer


def trajectory(optimizer, with_average):
    kernel = keras.Variable(np.array([1.0, -1.0]), dtype="float64", name="kernel")
    bias = keras.Variable(np.array([0.5]), dtype="float64", name="bias")
    optimizer.build([kernel, bias])
    path = []
    for g, h in zip(GRADIENTS, BIAS_GRADIENTS):
        gradients = [keras.ops.convert_to_tensor(np.array(x), dtype="float64") for x in (g, [h])]
        optimizer.apply(gradients, [kernel, bias])
        tensors = [kernel, bias] + (optimizer._model_variables_moving_average if with_average else [])
        for tensor in tensors:
            path.extend(keras.ops.convert_to_numpy(tensor).tolist())
    return path


def main():
    keras.config.set_floatx("float64")
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).parent.parent / "codegen/autodiff/golden/keras_gradients.txt")
    options = parser.parse_args()
    with open(options.out, "w") as out:
        for name, make in CONFIGURATIONS.items():
            values = trajectory(make(), name.startswith("average"))
            out.write(name + "".join(f" {value:.12g}" for value in values) + "\n")


if __name__ == "__main__":
    main()
