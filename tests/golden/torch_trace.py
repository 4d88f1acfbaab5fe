"""Golden loss traces from PyTorch: 200 steps in file order, on Fashion-MNIST or on rows made by weights.py, the update rules written out as Keras defines them
(golden_one_cycle: PyTorch's own Adam and OneCycleLR).

usage: torch_trace.py [--out DIR] [--only NAME]

Gradients come from PyTorch's autograd. Each configuration runs in float32 and in float64; it is written (the float64 losses,
9 digits) only when both agree within 1e-6 relative at every step, so that what a comparison shows is the program under test
and not the configuration. Initial weights: weights.py. Models: models.cpp, one for each configuration.
"""
import argparse
import gzip
import pathlib
import sys

import numpy as np
import torch
import torch.nn.functional as F

import weights

DATA = pathlib.Path("/usr/share/datasets/fashion-mnist")
STEPS = 200
AGREEMENT = 1e-6

# name: hidden sizes, activation, batch, loss, optimizer, its numbers, l2 on the hidden kernel
CONFIGURATIONS = {
    "golden_sgd": dict(hidden=[64], act="tanh", batch=64, loss="logits", opt="sgd", lr=0.1),
    "golden_nesterov": dict(hidden=[48], act="gelu", batch=64, loss="logits", opt="sgd", lr=0.01, momentum=0.9, nesterov=True, l2=1e-3),
    "golden_rmsprop": dict(hidden=[40], act="sigmoid", batch=50, loss="logits", opt="rmsprop", lr=1e-3, rho=0.9, eps=1e-7),
    "golden_adam": dict(hidden=[96], act="relu", batch=128, loss="logits", opt="adam", lr=1e-3, eps=1e-7),
    "golden_adam_torch": dict(hidden=[33, 17], act="elu", batch=33, loss="logits", opt="adam_torch", lr=1e-3, eps=1e-8),
    "golden_adamw": dict(hidden=[64], act="silu", batch=32, loss="softmax", opt="adamw", lr=1e-3, eps=1e-7, decay=0.004),
    "golden_one_cycle": dict(hidden=[40], act="tanh", batch=64, loss="logits", opt="one_cycle", lr=3e-3, eps=1e-8),
    "golden_huber": dict(rows="values", hidden=[24], act="tanh", batch=32, loss="huber", delta=0.5, opt="sgd", lr=0.05, momentum=0.9, nesterov=False),
    "golden_bce": dict(rows="labels", hidden=[24], act="leaky_relu", batch=32, loss="bce", opt="adam", lr=1e-3, eps=1e-7),
    "fashion": dict(hidden=[512], act="relu", batch=32, loss="logits", opt="adam", lr=1e-3, eps=1e-7),
}


def load(c):
    rows = STEPS * c["batch"]
    if "rows" in c:
        x, y = weights.rows(rows, c["rows"])
        return torch.tensor(x, dtype=torch.float64).reshape(rows, -1), torch.tensor(y, dtype=torch.float64)

    def idx(name, offset):
        with gzip.open(DATA / name) as source:
            return np.frombuffer(source.read(), np.uint8, offset=offset)

    images = idx("train-images-idx3-ubyte.gz", 16).reshape(-1, 784)[:rows]
    labels = idx("train-labels-idx1-ubyte.gz", 8)[:rows]
    return torch.from_numpy(images.astype(np.float64) * (1 / 255.0)), torch.from_numpy(labels.astype(np.int64))


ACTIVATIONS = {
    "relu": torch.relu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "gelu": F.gelu,
    "silu": F.silu,
    "elu": F.elu,
    "leaky_relu": lambda x: F.leaky_relu(x, 0.2),
}


def loss_of(c, parameters, x, y):
    for k in range(0, len(parameters) - 2, 2):
        x = ACTIVATIONS[c["act"]](x @ parameters[k] + parameters[k + 1])
    z = x @ parameters[-2] + parameters[-1]
    if c["loss"] == "softmax":
        p = torch.softmax(z, 1).clamp(1e-7, 1 - 1e-7)
        value = -torch.log(p[torch.arange(len(y)), y]).mean()
    elif c["loss"] == "huber":
        value = F.huber_loss(z[:, 0], y, delta=c["delta"])
    elif c["loss"] == "bce":
        value = F.binary_cross_entropy_with_logits(z[:, 0], y)
    else:
        value = F.cross_entropy(z, y)
    if "l2" in c:
        value = value + c["l2"] * (parameters[0] ** 2).sum()
    return value


def update(c, t, w, g, slots):
    """One parameter tensor in place; slots is its state, made at the first step. t counts from 1."""
    if c["opt"] == "sgd":
        if "momentum" not in c:
            w -= c["lr"] * g
            return
        m = slots.setdefault("m", torch.zeros_like(w))
        m.mul_(c["momentum"]).sub_(c["lr"] * g)
        w += c["momentum"] * m - c["lr"] * g if c["nesterov"] else m
    elif c["opt"] == "rmsprop":
        v = slots.setdefault("v", torch.zeros_like(w))
        v.mul_(c["rho"]).add_((1 - c["rho"]) * g * g)
        w -= c["lr"] * g / torch.sqrt(v + c["eps"])
    else:
        m, v = slots.setdefault("m", torch.zeros_like(w)), slots.setdefault("v", torch.zeros_like(w))
        if "decay" in c:
            w -= w * (c["decay"] * c["lr"])
        m.add_((g - m) * (1 - 0.9))
        v.add_((g * g - v) * (1 - 0.999))
        if c["opt"] == "adam_torch":
            w -= c["lr"] * (m / (1 - 0.9**t)) / (torch.sqrt(v / (1 - 0.999**t)) + c["eps"])
        else:
            alpha = c["lr"] * (1 - 0.999**t) ** 0.5 / (1 - 0.9**t)
            w -= alpha * m / (torch.sqrt(v) + c["eps"])


def trace(c, dtype):
    images, labels = load(c)
    images = images.to(dtype)
    labels = labels.to(dtype) if "rows" in c else labels
    parameters = [
        torch.tensor(np.array(values)).reshape(shape).to(dtype).requires_grad_()
        for shape, values in weights.network([images.shape[1], *c["hidden"], 1 if "rows" in c else 10]).values()
    ]
    slots = [{} for _ in parameters]
    if c["opt"] == "one_cycle":
        optimizer = torch.optim.Adam(parameters, lr=c["lr"], eps=c["eps"])
        scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, c["lr"], total_steps=STEPS)
    losses = []
    for step in range(STEPS):
        rows = slice(step * c["batch"], (step + 1) * c["batch"])
        value = loss_of(c, parameters, images[rows], labels[rows])
        losses.append(value.item())
        gradients = torch.autograd.grad(value, parameters)
        if c["opt"] == "one_cycle":
            for w, g in zip(parameters, gradients):
                w.grad = g
            optimizer.step()
            if step + 1 < STEPS:
                scheduler.step()
            continue
        with torch.no_grad():
            for w, g, state in zip(parameters, gradients, slots):
                update(c, step + 1, w, g, state)
    return np.array(losses)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).parent)
    parser.add_argument("--only")
    options = parser.parse_args()
    torch.set_num_threads(1)
    failed = False
    for name, c in CONFIGURATIONS.items():
        if options.only not in (None, name):
            continue
        single, double = trace(c, torch.float32), trace(c, torch.float64)
        worst = np.max(np.abs(single - double) / np.abs(double))
        agrees = worst <= AGREEMENT
        failed |= not agrees
        print(f"{name:18} loss {double[0]:.6f} -> {double[-1]:.6f}  float32 against float64: {worst:.2e} {'ok' if agrees else 'TOO FAR'}", flush=True)
        if agrees:
            with open(options.out / f"{name}.trace", "w") as out:
                out.write("".join(f"{k + 1},{value:.9g}\n" for k, value in enumerate(double)))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
