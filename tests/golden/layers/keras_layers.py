"""Writes layers.txt: what single Keras 3 layers make of small random inputs, in float64.

    python keras_layers.py > layers.txt

For each case a line `case NAME`, then tensors, one a line: name, extents, a colon, the numbers in row-major order. `input`, `target` and
the weights (`kernel`, `bias`, ...) are drawn; `output` is the layer's in inference; `loss` is the mean squared error of its output
in training, with the layer's own losses; `NAME/grad` are gradients of that loss, `NAME/next` weights that the step moves by itself.
tests/codegen/import/layer_golden_test.cpp has the same layers as declarations.
"""
import os
import zlib

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
import tensorflow as tf
from keras import layers, regularizers

keras.config.set_floatx("float64")


def pool_cases():
    yield "max_pool", (5, 7, 2), layers.MaxPooling2D((2, 3))
    yield "max_pool_same", (5, 6, 2), layers.MaxPooling2D(3, strides=2, padding="same")
    yield "avg_pool_same", (5, 6, 2), layers.AveragePooling2D((3, 2), strides=(2, 1), padding="same")
    yield "global_avg_pool", (3, 4, 3), layers.GlobalAveragePooling2D()
    yield "global_max_pool", (3, 4, 3), layers.GlobalMaxPooling2D()
    yield "zero_pad", (3, 2, 2), layers.ZeroPadding2D(((1, 2), (0, 3)))
    yield "upsample", (2, 3, 2), layers.UpSampling2D((3, 2))


def convolution_cases():
    yield "conv2d", (5, 6, 3), layers.Conv2D(4, (3, 2))
    yield "conv2d_same_strides", (4, 6, 2), layers.Conv2D(3, 3, strides=(2, 3), padding="same", activation="tanh")
    yield "conv2d_dilation", (7, 8, 2), layers.Conv2D(3, (3, 2), dilation_rate=(2, 3))
    yield "conv2d_dilation_same", (5, 6, 2), layers.Conv2D(2, (2, 3), dilation_rate=2, padding="same")
    yield "conv2d_groups", (4, 4, 6), layers.Conv2D(4, 3, groups=2, padding="same")
    for padding in ("same", "valid"):
        for kernel, strides in ((3, 2), (2, 3), (4, 2), (3, 1), ((2, 3), (3, 2))):
            text = "_".join(str(n) for n in np.ravel([kernel, strides]))
            yield f"transpose_{padding}_{text}", (3, 2, 2), layers.Conv2DTranspose(3, kernel, strides=strides, padding=padding)
    yield "depthwise", (5, 4, 3), layers.DepthwiseConv2D((3, 2))
    yield "depthwise_multiplier", (4, 5, 2), layers.DepthwiseConv2D(3, depth_multiplier=3, strides=2, padding="same")
    yield "depthwise_dilation", (6, 7, 2), layers.DepthwiseConv2D(2, dilation_rate=(2, 3), activation="relu")
    yield "conv1d", (7, 2), layers.Conv1D(3, 3)
    yield "conv1d_same", (7, 3), layers.Conv1D(2, 4, strides=2, padding="same")
    yield "conv1d_causal", (7, 2), layers.Conv1D(3, 3, dilation_rate=2, padding="causal")
    yield "conv1d_causal_strides", (8, 2), layers.Conv1D(2, 3, strides=3, padding="causal")
    yield "conv1d_groups", (5, 4), layers.Conv1D(6, 2, groups=2, use_bias=False)


def norm_cases():
    yield "batch_norm", (3, 4, 2), layers.BatchNormalization()
    yield "batch_norm_options", (5,), layers.BatchNormalization(momentum=0.7, epsilon=0.05)
    yield "batch_norm_no_scale", (5,), layers.BatchNormalization(scale=False)
    yield "batch_norm_no_center", (2, 2, 3), layers.BatchNormalization(center=False)
    yield "batch_norm_plain", (4,), layers.BatchNormalization(center=False, scale=False)


def frozen_cases():
    yield "frozen_batch_norm", (3, 4, 2), layers.BatchNormalization(trainable=False)
    yield "frozen_dense", (4,), layers.Dense(3, activation="tanh", kernel_regularizer=regularizers.L2(0.1), trainable=False)


def layer_norm_cases():
    yield "layer_norm", (3, 4), layers.LayerNormalization()
    yield "layer_norm_options", (5,), layers.LayerNormalization(epsilon=0.05, center=False)
    yield "layer_norm_no_scale", (2, 2, 3), layers.LayerNormalization(scale=False)


def activation_cases():
    for name in ("selu", "softplus", "softsign", "mish", "hard_sigmoid", "hard_silu", "relu6", "exponential"):
        yield name, (40,), Spread(name)


def regularized_cases():
    both = regularizers.L1L2(0.03125, 0.0625)  # float32 in Keras, hence powers of two
    yield "activity_dense", (3, 4), layers.Dense(2, activation="tanh", activity_regularizer=both)
    yield "activity_conv2d", (4, 4, 2), layers.Conv2D(3, 2, activity_regularizer=regularizers.L2(0.125))


def embedding_cases():
    yield "embedding", (6,), layers.Embedding(5, 3, embeddings_regularizer=regularizers.L2(0.0078125))


class Spread(layers.Layer):
    """An activation over a wider range than the inputs are drawn from: times 8."""

    def __init__(self, name):
        super().__init__()
        self.function = keras.activations.get(name)

    def call(self, x):
        return self.function(x * 8)


def cases():
    for family in FAMILIES:
        yield from family()


FAMILIES = [pool_cases, convolution_cases, norm_cases, frozen_cases, layer_norm_cases, activation_cases, regularized_cases,
            embedding_cases]


def put(name, tensor):
    values = np.asarray(tensor, dtype="float64")
    print(name, *values.shape, ":", *(f"{v:.10g}" for v in values.ravel()))


def draw_weights(layer, random):
    for w in layer.weights:
        low, high = (0.5, 1.5) if w.name in ("gamma", "moving_variance") else (-1, 1)
        w.assign(random.uniform(low, high, w.shape).round(3))


def main():
    print("# keras", keras.__version__)
    for name, shape, layer in cases():
        print("case", name)
        random = np.random.default_rng(zlib.crc32(name.encode()))  # a case more leaves the others as they are
        tokens = isinstance(layer, layers.Embedding)
        drawn = random.integers(0, layer.input_dim, (2, *shape)) if tokens else random.uniform(-1, 1, (2, *shape)).round(3)
        x = tf.constant(drawn, dtype="float64")
        layer.build(x.shape)
        draw_weights(layer, random)
        y = layer(x, training=False)
        target = random.uniform(-1, 1, y.shape).round(3)
        put("input", x)
        put("target", target)
        for w in layer.weights:
            put(w.name, w)
        put("output", y)
        with tf.GradientTape() as tape:
            tape.watch(x)
            trained = layer(x, training=True)
            loss = tf.reduce_mean(tf.square(trained - target)) + sum(layer.losses)
        variables = layer.trainable_variables
        gradients = tape.gradient(loss, [x] + [v.value for v in variables])
        put("loss", loss)
        put("input/grad", tf.zeros_like(x) if tokens else gradients[0])
        for v, g in zip(variables, gradients[1:]):
            put(v.name + "/grad", tf.convert_to_tensor(g))
        for w in layer.non_trainable_variables:
            if w.name.startswith("moving"):
                put(w.name + "/next", w)


main()
