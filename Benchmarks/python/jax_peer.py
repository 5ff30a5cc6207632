"""The reference models in plain JAX: one jitted training step, `lax.scan` through time, Optax's Adam."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import optax

from presets import EMBEDDING, VOCABULARY

GATES = {"simple_rnn": 1, "lstm": 4, "gru": 3}


def parameters(preset, seed=0):
    """Small random weights."""
    random = np.random.default_rng(seed)

    def weight(*shape):
        return jnp.asarray(random.standard_normal(shape, dtype="float32") * 0.08)

    width, cells = EMBEDDING if preset.reads_tokens else 1, []
    for units in preset.units:
        size = GATES[preset.cell] * units
        directions = 2 if preset.bidirectional else 1
        cells.append([{"w": weight(width, size), "u": weight(units, size), "b": weight(size), "c": weight(size)}
                      for _ in range(directions)])
        width = units * directions
    result = {"cells": cells}
    if preset.reads_tokens:
        result["embedding"] = weight(VOCABULARY, EMBEDDING)
    if preset.hidden:
        result["hidden"] = {"w": weight(width, preset.hidden), "b": weight(preset.hidden)}
    result["last"] = {"w": weight(preset.hidden or width, 1), "b": weight(1)}
    return result


def cell_step(kind, weights, state, projected):
    """One step of a cell from its state and x W + b: the new state, and h."""
    if kind == "lstm":
        hidden, memory = state
        i, f, g, o = jnp.split(projected + hidden @ weights["u"], 4, axis=1)
        memory = jax.nn.sigmoid(f) * memory + jax.nn.sigmoid(i) * jnp.tanh(g)
        hidden = jax.nn.sigmoid(o) * jnp.tanh(memory)
        return (hidden, memory), hidden
    if kind == "gru":
        xz, xr, xh = jnp.split(projected, 3, axis=1)
        uz, ur, uh = jnp.split(state @ weights["u"] + weights["c"], 3, axis=1)
        update, reset = jax.nn.sigmoid(xz + uz), jax.nn.sigmoid(xr + ur)
        hidden = update * state + (1 - update) * jnp.tanh(xh + reset * uh)
        return hidden, hidden
    hidden = jnp.tanh(projected + state @ weights["u"])
    return hidden, hidden


def start(kind, rows, units):
    zero = jnp.zeros((rows, units))
    return (zero, zero) if kind == "lstm" else zero


def walk(kind, weights, x, state, reverse=False):
    """All steps of `x` `[steps, rows, width]`: the last state and every h."""
    projected = x @ weights["w"] + weights["b"]
    return jax.lax.scan(partial(cell_step, kind, weights), state, projected, reverse=reverse)


def dropout(key, x, rate):
    return jnp.where(jax.random.bernoulli(key, 1 - rate, x.shape), x / (1 - rate), 0)


def forward(preset, weights, x, key=None, states=None):
    """Logits or forecasts `[rows]` of `x` `[rows, steps, ...]`, and the states after the last step."""
    x = weights["embedding"][x] if preset.reads_tokens else x
    x, after = jnp.swapaxes(x, 0, 1), []
    for number, (units, directions) in enumerate(zip(preset.units, weights["cells"])):
        begin = start(preset.cell, x.shape[1], units) if states is None else states[number]
        walks = [walk(preset.cell, cell, x, begin, reverse=way == 1) for way, cell in enumerate(directions)]
        after.append(walks[0][0])
        if number + 1 < len(preset.units):
            x = walks[0][1]
        else:
            x = jnp.concatenate([state[0] if preset.cell == "lstm" else state for state, _ in walks], axis=1)
        if key is not None:
            key, own = jax.random.split(key)
            x = dropout(own, x, preset.dropout)
    if preset.hidden:
        x = jax.nn.relu(x @ weights["hidden"]["w"] + weights["hidden"]["b"])
    return (x @ weights["last"]["w"] + weights["last"]["b"])[:, 0], after


class Peer:
    """A network of one shape that can train, predict, and run step by step."""

    def __init__(self, preset):
        self.preset = preset
        self.weights = parameters(preset)
        optimizer = optax.adam(0.001)
        self.state = optimizer.init(self.weights)
        self.key = jax.random.PRNGKey(0)

        def loss(weights, x, y, key):
            output, _ = forward(preset, weights, x, key)
            if preset.is_classifier:
                return jnp.mean(optax.sigmoid_binary_cross_entropy(output, y))
            return jnp.mean((output - y) ** 2)

        @partial(jax.jit, donate_argnums=(0, 1))
        def train_step(weights, state, x, y, key):
            updates, state = optimizer.update(jax.grad(loss)(weights, x, y, key), state)
            return optax.apply_updates(weights, updates), state

        self.train_step = train_step
        self.forward = jax.jit(lambda weights, x: forward(preset, weights, x)[0])
        self.walk_step = jax.jit(lambda weights, x, states: forward(preset, weights, x, states=states))

    def _places(self, x, batches):
        size = self.preset.batch
        for number in range(batches):
            place = number * size % (len(x) - len(x) % size)
            yield number, slice(place, place + size)

    def train(self, x, y, batches):
        for number, place in self._places(x, batches):
            key = jax.random.fold_in(self.key, number)
            self.weights, self.state = self.train_step(self.weights, self.state, x[place], y[place], key)
        jax.block_until_ready(self.weights)
        return batches * self.preset.batch

    def predict(self, x, batches):
        for _, place in self._places(x, batches):
            result = self.forward(self.weights, x[place])
        jax.block_until_ready(result)
        return batches * self.preset.batch

    def step(self, x, count):
        """Runs one row for `count` steps, one call each, passing the state from call to call."""
        states = [start(self.preset.cell, 1, units) for units in self.preset.units]
        for number in range(count):
            place = number % x.shape[1]
            output, states = self.walk_step(self.weights, x[:1, place : place + 1], states)
            float(output[0])
        return count


def versions():
    return {"jax": jax.__version__, "optax": optax.__version__}
