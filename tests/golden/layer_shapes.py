"""Writes layer_shapes.txt: what Keras 3 makes of random convolutions, pools and paddings.

    python layer_shapes.py > layer_shapes.txt

One layer a row: kind, input extents, filters (depthwise: multiplier), kernel, strides, dilation, groups, padding, the four
paddings or the two factors where the kind has them, then the output extents, or `error` where Keras refuses the layer or its
input. conv1d rows have 1 for what belongs to the second axis. dsl/layer_shapes.cpp compares our shape rules with the rows.
"""
import os
import random

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
from keras import layers

KINDS = ["conv1d", "conv2d", "conv2d_transpose", "depthwise_conv2d", "max_pool", "avg_pool", "zero_pad", "upsample"]


def make(kind, filters, kernel, strides, dilation, groups, padding, extra):
    options = dict(strides=tuple(strides), padding=padding)
    if kind == "conv1d":
        return layers.Conv1D(filters, kernel[0], strides=strides[0], dilation_rate=dilation[0], groups=groups, padding=padding)
    if kind == "conv2d":
        return layers.Conv2D(filters, tuple(kernel), dilation_rate=tuple(dilation), groups=groups, **options)
    if kind == "conv2d_transpose":
        return layers.Conv2DTranspose(filters, tuple(kernel), **options)
    if kind == "depthwise_conv2d":
        return layers.DepthwiseConv2D(tuple(kernel), depth_multiplier=filters, dilation_rate=tuple(dilation), **options)
    if kind == "max_pool":
        return layers.MaxPooling2D(tuple(kernel), **options)
    if kind == "avg_pool":
        return layers.AveragePooling2D(tuple(kernel), **options)
    if kind == "zero_pad":
        return layers.ZeroPadding2D(((extra[0], extra[1]), (extra[2], extra[3])))
    return layers.UpSampling2D((extra[0], extra[1]))


def shape(kind, source, *arguments):
    """The output extents without the batch, or None where building or calling the layer is an error."""
    try:
        layer = make(kind, *arguments)
        out = layer(keras.KerasTensor((None, *source)))
        return list(out.shape[1:]) if all(d > 0 for d in out.shape[1:]) else None
    except (ValueError, TypeError):
        return None


def main():
    draw = random.Random(5)
    print("# keras", keras.__version__)
    for number in range(600):
        kind = KINDS[number % len(KINDS)]
        one_axis = kind == "conv1d"
        pair = lambda low, high: [draw.randint(low, high), 1 if one_axis else draw.randint(low, high)]
        source = [draw.randint(1, 12), draw.randint(1, 12), draw.choice([2, 4, 6])]
        if one_axis:
            del source[1]
        kernel = pair(1, 4)
        strides = pair(1, 3) if draw.random() < 0.6 else [1, 1]
        plain = kind not in ("conv1d", "conv2d", "depthwise_conv2d") or draw.random() < 0.5
        if kind == "depthwise_conv2d" and not plain:
            strides = [1, 1]  # tf.nn.depthwise_conv2d asks for that; Keras does not check it here, we do
        dilation = [1, 1] if plain else pair(1, 3)
        groups = draw.choice([1, 2, 3]) if kind in ("conv1d", "conv2d") else 1
        padding = draw.choice(["valid", "same"] + (["causal"] if one_axis else []))
        extra = [draw.randint(0, 3) for _ in range(4)] if kind == "zero_pad" else [draw.randint(1, 3), draw.randint(1, 3), 0, 0]
        filters = draw.randint(1, 3) if kind == "depthwise_conv2d" else draw.choice([2, 3, 4, 6])
        out = shape(kind, source, filters, kernel, strides, dilation, groups, padding, extra)
        words = [len(source), *source, filters, *kernel, *strides, *dilation, groups, padding, *extra]
        print(kind, *words, *(["error"] if out is None else out))


main()
