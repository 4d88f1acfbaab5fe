"""JAX: 784-units-10, relu, Adam 1e-3, without dropout; one jitted lax.scan over the shuffled batches of an epoch.

usage: jax_mlp.py [--batch N] [--epochs N] [--units N]; JAX takes all cores that the process may use.
"""
import functools
import os

import jax
import jax.numpy as jnp
import numpy as np
import optax

import data


def dense(key, rows, columns):
    limit = np.sqrt(6 / (rows + columns))
    return jax.random.uniform(key, (rows, columns), minval=-limit, maxval=limit), jnp.zeros(columns)


def loss_of(parameters, x, y):
    (w1, b1), (w2, b2) = parameters
    scores = jax.nn.relu(x @ w1 + b1) @ w2 + b2
    return optax.softmax_cross_entropy_with_integer_labels(scores, y).mean()


def make_epoch(optimizer, images, labels):
    @functools.partial(jax.jit, donate_argnums=(0, 1))
    def epoch(parameters, state, order):
        def step(carry, rows):
            parameters, state = carry
            loss, gradient = jax.value_and_grad(loss_of)(parameters, images[rows], labels[rows])
            change, state = optimizer.update(gradient, state, parameters)
            return (optax.apply_updates(parameters, change), state), loss

        (parameters, state), losses = jax.lax.scan(step, (parameters, state), order)
        return parameters, state, losses.mean()

    return epoch


def main():
    options = data.arguments(units=512)
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: options.threads])
    images, labels, _, _ = data.load()
    keys = jax.random.split(jax.random.PRNGKey(0), 2)
    parameters = (dense(keys[0], 784, options.units), dense(keys[1], options.units, 10))
    optimizer = optax.adam(1e-3)
    state = optimizer.init(parameters)
    epoch = make_epoch(optimizer, jnp.asarray(images), jnp.asarray(labels))
    whole = len(images) // options.batch * options.batch
    random = np.random.default_rng(0)
    for number in range(options.epochs + 1):
        order = jnp.asarray(random.permutation(len(images))[:whole].reshape(-1, options.batch))
        with data.EpochClock(whole) as clock:
            parameters, state, loss = epoch(parameters, state, order)
            loss.block_until_ready()
        if number > 0:  # the first epoch compiles
            clock.report(loss)


if __name__ == "__main__":
    main()
