"""The two models of samples/tabular_csv in Keras on the same files: AUC and R2 on the test rows, mean of three seeds.

usage: keras_tabular.py DATA_DIR    (DATA_DIR from samples/tabular_csv/gen_data.py); writes keras.json beside this file.

Encoding as Ingot's CSV reader documents it: missing numbers are the mean of the training rows, categories are one-hot in sorted
order, a missing category is all zeros; then every feature is standardized with the training rows' mean and deviation.
"""
import csv
import json
import os
import pathlib
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np

import scores

EPOCHS, BATCH, SEEDS = 40, 64, (1, 2, 3)


def read(path):
    with open(path) as source:
        rows = list(csv.reader(source))
    return rows[0], rows[1:]


def is_number(text):
    try:
        float(text)
        return True
    except ValueError:
        return False


def encode(train, test):
    """Feature matrices of both parts; the last column is the target and stays out."""
    parts = [[], []]
    for k in range(len(train[0]) - 1):
        column = [row[k] for row in train]
        known = [cell for cell in column if cell]
        if all(map(is_number, known)):
            mean = np.mean([float(cell) for cell in known])
            for part, rows in zip(parts, (train, test)):
                part.append([float(row[k]) if row[k] else mean for row in rows])
        else:
            for category in sorted(set(known)):
                for part, rows in zip(parts, (train, test)):
                    part.append([float(row[k] == category) for row in rows])
    x, v = (np.array(part).T for part in parts)
    mean, deviation = x.mean(0), x.std(0)
    return (((m - mean) / deviation).astype(np.float32) for m in (x, v))


def fit(x, y, v, last, loss, seed):
    keras.utils.set_random_seed(seed)
    layers = [keras.layers.Dense(32, activation="relu"), keras.layers.Dense(16, activation="relu"), keras.layers.Dense(1, activation=last)]
    net = keras.Sequential([keras.Input((x.shape[1],)), *layers])
    net.compile(optimizer=keras.optimizers.Adam(1e-3), loss=loss)
    net.fit(x, y, batch_size=BATCH, epochs=EPOCHS, verbose=0)
    return net.predict(v, verbose=0)[:, 0].tolist()


def main(folder):
    result = {}
    for name, last, loss, score in (("churn", "sigmoid", "binary_crossentropy", scores.auc), ("spend", None, "mse", scores.r2)):
        (_, train), (_, test) = read(folder / name / "train.csv"), read(folder / name / "test.csv")
        x, v = encode(train, test)
        y, w = ([scores.target(row[-1]) for row in rows] for rows in (train, test))
        values = [score(w, fit(x, np.array(y, np.float32), v, last, loss, seed)) for seed in SEEDS]
        print(name, x.shape, " ".join(f"{value:.4f}" for value in values), flush=True)
        result[score.__name__] = round(float(np.mean(values)), 4)
    (pathlib.Path(__file__).parent / "keras.json").write_text(json.dumps(result) + "\n")
    print(result)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
