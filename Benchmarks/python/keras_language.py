"""The next characters of a text in Keras on TensorFlow: stateful LSTMs, and for generation a compiled function of one
step, as in TensorFlow's tutorial on text generation."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from mappings import Language


class Peer:
    """A language model that can train and generate."""

    def __init__(self, mapping, units, rows):
        self.mapping, self.units = mapping, units
        self.x, self.y = rows["text.x"], rows["text.y"]
        self.network = self._trained()
        self.step = self._step()
        self.position = 0

    def _trained(self):
        network = keras.Sequential([
            keras.Input(batch_shape=(self.mapping.batch, self.x.shape[1]), dtype="int32"),
            layers.Embedding(Language.vocabulary, Language.width),
            layers.LSTM(self.units, return_sequences=True, stateful=True),
            layers.Dropout(Language.dropout),
            layers.LSTM(self.units, return_sequences=True, stateful=True),
            layers.Dropout(Language.dropout),
            layers.Dense(Language.vocabulary),
        ])
        network.compile(
            keras.optimizers.Adam(0.004, global_clipnorm=1.0),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        return network

    def _step(self):
        """A function of a character and the states to the next character and states."""
        embedding = layers.Embedding(Language.vocabulary, Language.width)
        cells = [layers.LSTM(self.units, return_state=True, return_sequences=True) for _ in range(2)]
        last = layers.Dense(Language.vocabulary)

        @tf.function
        def step(token, states):
            x, after = embedding(token), []
            for cell, state in zip(cells, states):
                x, *state = cell(x, initial_state=state)
                after.append(state)
            token = tf.random.categorical(last(x)[:, -1] / Language.temperature, 1, dtype=tf.int32)
            return token, after

        return step

    def train(self, batches):
        """Trains on about `batches` batches, each of which continues the one before; returns the number of
        characters."""
        size = self.mapping.batch
        rows = min(batches * size, len(self.x))
        passes = max(1, batches * size // rows)
        if self.position + rows > len(self.x):
            self.position = 0
        part = slice(self.position, self.position + rows)
        self.network.fit(self.x[part], self.y[part], batch_size=size, epochs=passes, shuffle=False, verbose=0)
        self.position += rows
        return rows * passes * self.x.shape[1]

    def generate(self, count):
        """Generates characters one by one, with the states passed from step to step."""
        token = tf.zeros((1, 1), tf.int32)
        states = [[tf.zeros((1, self.units))] * 2 for _ in range(2)]
        text = []
        for _ in range(count):
            token, states = self.step(token, states)
            text.append(token)
        np.concatenate(text)
        return count
