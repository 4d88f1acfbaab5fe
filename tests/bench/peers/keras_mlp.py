"""Keras on TensorFlow: 784-units-10, relu, Adam 1e-3, without dropout; model.fit over all 60,000 images.

usage: keras_mlp.py [--batch N] [--epochs N] [--units N] [--threads N]
"""
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import tensorflow as tf

import data


class Report(keras.callbacks.Callback):
    def __init__(self, rows):
        super().__init__()
        self.clock = data.EpochClock(rows)

    def on_epoch_begin(self, epoch, logs=None):
        self.clock.__enter__()

    def on_epoch_end(self, epoch, logs=None):
        self.clock.__exit__()
        self.clock.report(logs["loss"])


def main():
    options = data.arguments(units=512)
    tf.config.threading.set_intra_op_parallelism_threads(options.threads)
    tf.config.threading.set_inter_op_parallelism_threads(options.threads)
    images, labels, _, _ = data.load()
    net = keras.Sequential([keras.Input((784,)), keras.layers.Dense(options.units, activation="relu"), keras.layers.Dense(10)])
    net.compile(optimizer=keras.optimizers.Adam(1e-3), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    net.fit(images, labels, batch_size=options.batch, epochs=options.epochs, verbose=0, callbacks=[Report(len(images))])


if __name__ == "__main__":
    main()
