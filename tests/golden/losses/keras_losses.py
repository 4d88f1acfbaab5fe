"""Golden numbers of losses, metrics and weighted means from Keras: losses.txt, metrics.txt and weights.txt beside this file.

usage: keras_losses.py [--out DIR]

Everything is computed in float64. losses.txt has one row of a prediction and its target per line, for the op of the code
generator that it belongs to; metrics.txt has whole sets of rows with the figures that Keras gives after several batches;
weights.txt the loss of a batch with weights of rows or classes, as fit reduces it.
"""
import argparse
import pathlib

import keras
import numpy as np

keras.config.set_floatx("float64")
rng = np.random.default_rng(7)

Y, Z, P = [0.0, 1.0, 0.0], [2.0, 1.0, 0.0], [0.7, 0.2, 0.1]
SOFT = [0.3, 0.6, 0.1]


def numbers(values):
    return " ".join(repr(float(v)) for v in np.ravel(values))


def loss_lines():
    L = keras.losses
    cases = []  # op, attribute, prediction, target, numbers of the loss, function of (y, p)

    def add(op, x, y, function, attribute=0.0, extra=()):
        value = np.asarray(function(np.array([y]), np.array([x]))).reshape(-1)[0]
        cases.append(f"{op} {attribute!r} | {numbers(x)} | {numbers(y)} | {numbers(extra)} | {float(value)!r}")

    for x, y in ((Z, Y), (P, Y), ([0.5, -1.5, 3.0], [0.25, 2.0, -4.0]), ([0.0, 0.0, 0.0], Y)):
        add("log_cosh", x, y, L.log_cosh)
        add("hinge", x, np.sign(y), L.hinge)
        add("squared_hinge", x, np.sign(y), L.squared_hinge)
        add("cosine_similarity", x, y, L.cosine_similarity)
        add("mape", x, y, L.mean_absolute_percentage_error)
        add("msle", x, y, L.mean_squared_logarithmic_error)
    for x, y in ((P, Y), (P, SOFT), ([1.0, 0.0, 0.5], [0.5, 0.5, 0.0])):
        add("kl_divergence", x, y, L.kl_divergence)
        add("poisson", x, y, L.poisson)
    add("kl_divergence", [0.9, 0.1], [0.5, 0.5], L.kl_divergence)
    for gamma, alpha in ((2.0, 0.25), (0.5, 0.75), (0.0, 0.5)):
        for y in (Y, SOFT):
            for balance in (0, 1):
                options = dict(gamma=gamma, alpha=alpha, apply_class_balancing=bool(balance))
                add("binary_focal_probs", P, y, lambda t, p: L.binary_focal_crossentropy(t, p, **options), float(balance), (gamma, alpha))
                add("binary_focal_logits", Z, y, lambda t, p: L.binary_focal_crossentropy(t, p, from_logits=True, **options), float(balance), (gamma, alpha))
            focal = dict(gamma=gamma, alpha=1.0)  # alpha is a factor that the graph multiplies by
            add("categorical_focal_probs", P, y, lambda t, p: L.categorical_focal_crossentropy(t, p, **focal), extra=(gamma,))
            add("categorical_focal_logits", Z, y, lambda t, p: L.categorical_focal_crossentropy(t, p, from_logits=True, **focal), extra=(gamma,))
    scores = [0.1, 0.4, 0.4, 0.9, 0.2]
    for k in (1, 2, 3):
        for label in range(5):
            add("sparse_top_k_accuracy", scores, [float(label)],
                lambda t, p: keras.metrics.sparse_top_k_categorical_accuracy(t[:, 0], p.astype("float32"), k=k), float(k))
    return cases


def metric_case(name, kind, p, y, metrics):
    lines = [f"case {name} {kind} {p.shape[0]} {p.shape[1]}"]
    lines += [f"row {numbers(a)} | {numbers(b)}" for a, b in zip(p, y)]
    for figure, metric in metrics.items():
        for first in range(0, len(p), 7):  # several batches
            metric.update_state(y[first:first + 7], p[first:first + 7])
        lines.append(f"expect {figure} {float(np.asarray(metric.result()).reshape(-1)[0])!r}")
    return lines


def class_metrics(threshold):
    M = keras.metrics
    return {"precision": M.Precision(), "recall": M.Recall(), "auc": M.AUC(), "f1": M.F1Score(average="macro", threshold=threshold)}


def value_metrics():
    M = keras.metrics
    return {"r2": M.R2Score()}


def metric_lines():
    lines = []
    p = np.round(rng.uniform(size=(40, 1)), 3)
    y = (rng.uniform(size=(40, 1)) < p).astype(float)
    lines += metric_case("binary", "binary", p, y, class_metrics(0.5))
    lines += metric_case("spec", "binary", np.array([[0.1], [0.4], [0.35], [0.8]]), np.array([[0.0], [0], [1], [1]]), class_metrics(0.5))
    lines += metric_case("limits", "binary", np.array([[0.0], [1.0], [0.5], [1.0], [0.0]]), np.array([[0.0], [1], [1], [0], [1]]), class_metrics(0.5))
    lines += metric_case("all_negative", "binary", np.array([[0.2], [0.3]]), np.array([[0.0], [0.0]]), class_metrics(0.5))
    lines += metric_case("multi_label", "binary", np.round(rng.uniform(size=(25, 3)), 3), (rng.uniform(size=(25, 3)) < 0.4).astype(float), class_metrics(0.5))
    z = rng.normal(size=(50, 4)) * 2
    p = np.exp(z) / np.exp(z).sum(1, keepdims=True)
    lines += metric_case("classes", "classes", p, np.eye(4)[rng.integers(0, 4, 50)], class_metrics(None))
    lines += metric_case("absent_class", "classes", p[:9], np.eye(4)[rng.integers(0, 2, 9)], class_metrics(None))
    y = rng.normal(size=(30, 2)) * [1, 10] + [0, 100]
    lines += metric_case("values", "values", y + rng.normal(size=y.shape), y, value_metrics())
    lines += metric_case("constant_target", "values", np.array([[1.0], [2.0], [3.0]]), np.full((3, 1), 2.0), value_metrics())
    return lines


class Fixed(keras.layers.Layer):
    """The input as it is, with a weight that nothing reads, so that there is something to fit."""

    def build(self, shape):
        self.unread = self.add_weight(shape=(1,))

    def call(self, x):
        return x + 0 * self.unread


def fit_loss(x, y, loss, **weights):
    model = keras.Sequential([keras.Input(x.shape[1:]), Fixed()])
    model.compile(optimizer=keras.optimizers.SGD(0.0), loss=loss)
    history = model.fit(x, y, batch_size=len(x), epochs=1, verbose=0, **weights)
    return float(history.history["loss"][0])


def weight_lines():
    L = keras.losses
    x = rng.normal(size=(6, 3))
    label = np.array([0, 2, 1, 1, 0, 2])
    rows = np.array([1.0, 0.0, 2.0, 0.5, 3.0, 1.25])
    classes = {0: 0.5, 1: 2.0, 2: 1.25}
    binary_x, binary = rng.normal(size=(6, 1)), np.array([[0.0], [1], [1], [0], [1], [0]])
    two = {0: 0.25, 1: 4.0}
    out = []

    def add(name, x, y, loss, sample=None, by_class=None):
        weights = {} if sample is None else {"sample_weight": sample}
        if by_class is not None:
            weights["class_weight"] = by_class
        out.append(f"{name} | {numbers(x)} | {numbers(y)} | {numbers([] if sample is None else sample)} | "
                   f"{numbers([] if by_class is None else list(by_class.values()))} | {fit_loss(x, y, loss, **weights)!r}")

    sparse = lambda: L.SparseCategoricalCrossentropy(from_logits=True)
    add("sparse", x, label, sparse())
    add("sparse", x, label, sparse(), sample=rows)
    add("sparse", x, label, sparse(), by_class=classes)
    one_hot = np.eye(3)[label]
    add("categorical", x, one_hot, L.CategoricalCrossentropy(from_logits=True), by_class=classes)
    add("categorical_smoothed", x, one_hot, L.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1))
    add("categorical_smoothed", x, one_hot, L.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1), sample=rows)
    add("binary", binary_x, binary, L.BinaryCrossentropy(from_logits=True), by_class=two)
    add("binary_smoothed", binary_x, binary, L.BinaryCrossentropy(from_logits=True, label_smoothing=0.2))
    add("categorical_focal", x, one_hot, L.CategoricalFocalCrossentropy(from_logits=True))
    add("binary_focal", binary_x, binary, L.BinaryFocalCrossentropy(from_logits=True))
    add("mse", x, rng.normal(size=(6, 3)), L.MeanSquaredError(), sample=rows)
    return out


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).parent)
    out = parser.parse_args().out
    for name, lines in (("losses", loss_lines()), ("metrics", metric_lines()), ("weights", weight_lines())):
        (out / f"{name}.txt").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
