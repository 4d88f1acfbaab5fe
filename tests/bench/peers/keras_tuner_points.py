"""Keras Tuner over the committed points: 50,000 images train, 10,000 validate, batch 32. Prints `seconds VALUE best VALUE`.

usage: keras_tuner_points.py POINTS.json [--batch N] [--epochs N] [--threads N]
"""
import json
import os
import sys
import tempfile
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import keras_tuner
import tensorflow as tf

import data


class Listed(keras_tuner.Oracle):
    """Hands out the given points in their order."""

    def __init__(self, points, **options):
        super().__init__(max_trials=len(points), **options)
        self.points = points

    def populate_space(self, trial_id):
        number = int(trial_id)
        if number >= len(self.points):
            return {"status": "STOPPED"}
        return {"status": "RUNNING", "values": self.points[number]}


def build(hp):
    units = hp.Int("units", 32, 512, step=32)
    rate = hp.Choice("learning_rate", [1e-2, 1e-3, 1e-4])
    net = keras.Sequential([keras.Input((784,)), keras.layers.Dense(units, activation="relu"), keras.layers.Dense(10)])
    net.compile(optimizer=keras.optimizers.Adam(rate), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    return net


def main():
    points = json.load(open(sys.argv.pop(1)))
    options = data.arguments()
    tf.config.threading.set_intra_op_parallelism_threads(options.threads)
    tf.config.threading.set_inter_op_parallelism_threads(options.threads)
    images, labels, _, _ = data.load()
    train, held = (images[:50000], labels[:50000]), (images[50000:], labels[50000:])
    with tempfile.TemporaryDirectory() as folder:
        oracle = Listed(points, objective="val_accuracy")
        tuner = keras_tuner.Tuner(oracle, build, directory=folder, project_name="points")
        begin = time.perf_counter()
        tuner.search(*train, batch_size=options.batch, epochs=options.epochs, validation_data=held, verbose=0)
        seconds = time.perf_counter() - begin
        best = oracle.get_best_trials(1)[0].score
    print(f"seconds {seconds:.2f} best {best:.4f}", flush=True)


if __name__ == "__main__":
    main()
