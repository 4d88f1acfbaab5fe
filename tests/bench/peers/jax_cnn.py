"""JAX: the network of samples/fashion_cnn, Adam 1e-3; one jitted call a step, which XLA's convolutions prefer to a scan.

usage: jax_cnn.py [--batch N] [--epochs N] [--rows N] [--threads N]; JAX takes all cores that the process may use.
"""
import functools
import os

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import lax

import data
from jax_mlp import dense

RATE = 0.2


def kernel(key, channels, filters):
    limit = np.sqrt(6 / (9 * (channels + filters)))
    return jax.random.uniform(key, (3, 3, channels, filters), minval=-limit, maxval=limit), jnp.zeros(filters)


def layer(parameters, x, key):
    """conv, relu, pool, dropout"""
    w, b = parameters
    x = jax.nn.relu(lax.conv_general_dilated(x, w, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")) + b)
    x = lax.reduce_window(x, -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")
    return x * jax.random.bernoulli(key, 1 - RATE, x.shape) / (1 - RATE)


def loss_of(parameters, x, y, key):
    conv1, conv2, (w1, b1), (w2, b2) = parameters
    first, second = jax.random.split(key)
    x = layer(conv2, layer(conv1, x, first), second)
    scores = jax.nn.relu(x.reshape(x.shape[0], -1) @ w1 + b1) @ w2 + b2
    return optax.softmax_cross_entropy_with_integer_labels(scores, y).mean()


def make_step(optimizer):
    @functools.partial(jax.jit, donate_argnums=(0, 1))
    def step(parameters, state, x, y, key):
        loss, gradient = jax.value_and_grad(loss_of)(parameters, x, y, key)
        change, state = optimizer.update(gradient, state, parameters)
        return optax.apply_updates(parameters, change), state, loss

    return step


def main():
    options = data.arguments(rows=12800)
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: options.threads])
    images, labels = data.images(options.rows)
    key, *keys = jax.random.split(jax.random.PRNGKey(0), 5)
    parameters = (kernel(keys[0], 1, 32), kernel(keys[1], 32, 64), dense(keys[2], 7 * 7 * 64, 128), dense(keys[3], 128, 10))
    optimizer = optax.adam(1e-3)
    state = optimizer.init(parameters)
    step = make_step(optimizer)
    whole = len(images) // options.batch * options.batch
    random = np.random.default_rng(0)
    for number in range(options.epochs + 1):
        order = random.permutation(len(images))[:whole].reshape(-1, options.batch)
        if number == 0:
            order = order[:2]  # compiles
        with data.EpochClock(order.size) as clock:
            total = 0.0
            for rows in order:
                key, now = jax.random.split(key)
                parameters, state, loss = step(parameters, state, images[rows], labels[rows], now)
                total += loss
            jax.block_until_ready(total)
        if number > 0:
            clock.report(total / len(order))


if __name__ == "__main__":
    main()
