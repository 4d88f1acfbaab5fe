"""Keras on TensorFlow: the network of samples/fashion_cnn, Adam 1e-3; model.fit over the first `rows` images.

usage: keras_cnn.py [--batch N] [--epochs N] [--rows N] [--threads N]
"""
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import tensorflow as tf
from keras import layers

import data
from keras_mlp import Report


def network():
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Dropout(0.2),
            layers.Conv2D(64, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Dropout(0.2),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dense(10),
        ]
    )


def main():
    options = data.arguments(rows=12800)
    tf.config.threading.set_intra_op_parallelism_threads(options.threads)
    tf.config.threading.set_inter_op_parallelism_threads(options.threads)
    images, labels = data.images(options.rows)
    net = network()
    net.compile(optimizer=keras.optimizers.Adam(1e-3), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    net.fit(images, labels, batch_size=options.batch, epochs=options.epochs, verbose=0, callbacks=[Report(len(images))])


if __name__ == "__main__":
    main()
