"""tf.data's file cache behind Keras's image_dataset_from_directory: decodes a folder of images in the first pass, reads the cache in the others.

usage: keras_caching.py FOLDER HEIGHT WIDTH THREADS PASSES CACHE_DIR     prints "images_per_s N" of each pass
"""
import os
import pathlib
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import tensorflow as tf


def main():
    folder, cache, (height, width, threads, passes) = sys.argv[1], sys.argv[6], map(int, sys.argv[2:6])
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)
    images = keras.utils.image_dataset_from_directory(folder, image_size=(height, width), batch_size=None, shuffle=False, verbose=False)
    # Bytes, as we keep them: the floats that come out of the resizing would be four times as much to read.
    images = images.map(lambda pixels, label: (tf.cast(tf.round(pixels), tf.uint8), label), num_parallel_calls=tf.data.AUTOTUNE)
    images = images.cache(str(pathlib.Path(cache) / "images")).batch(32).prefetch(tf.data.AUTOTUNE)
    for _ in range(passes):
        begin, rows = time.perf_counter(), 0
        for batch, _ in images:
            rows += batch.shape[0]
        print(f"images_per_s {rows / (time.perf_counter() - begin):.1f}", flush=True)


if __name__ == "__main__":
    main()
