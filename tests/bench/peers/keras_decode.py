"""Keras's image_dataset_from_directory: decodes a folder of images to one size, in batches of 32, without anything that uses them.

usage: keras_decode.py FOLDER HEIGHT WIDTH THREADS PASSES     prints "images_per_s N" of each pass
"""
import os
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import tensorflow as tf


def main():
    folder, (height, width, threads, passes) = sys.argv[1], map(int, sys.argv[2:])
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)
    images = keras.utils.image_dataset_from_directory(folder, image_size=(height, width), batch_size=32, shuffle=False, verbose=False)
    images = images.prefetch(tf.data.AUTOTUNE)
    for _ in range(passes):
        begin, rows = time.perf_counter(), 0
        for batch, _ in images:
            rows += batch.shape[0]
        print(f"images_per_s {rows / (time.perf_counter() - begin):.1f}", flush=True)


if __name__ == "__main__":
    main()
