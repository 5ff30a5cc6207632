"""The reference models in Keras, with the backend KERAS_BACKEND."""

import keras_networks


class Peer:
    """A network of one shape that can train and predict."""

    def __init__(self, preset):
        self.preset = preset
        self.network = keras_networks.build(preset, metrics=False)

    def train(self, x, y, batches):
        """Trains on about `batches` batches; returns the number of rows."""
        rows, passes = self._cut(x, batches)
        self.network.fit(x[:rows], y[:rows], batch_size=self.preset.batch, epochs=passes, verbose=0)
        return rows * passes

    def predict(self, x, batches):
        """Predicts about `batches` batches; returns the number of rows."""
        rows, passes = self._cut(x, batches)
        for _ in range(passes):
            self.network.predict(x[:rows], batch_size=self.preset.batch, verbose=0)
        return rows * passes

    def _cut(self, x, batches):
        """Each call of `fit` and `predict` has overhead, so each call gets all rows."""
        rows = min(batches * self.preset.batch, len(x))
        return rows, max(1, batches * self.preset.batch // rows)


def versions():
    import keras

    backend = keras.backend.backend()
    module = __import__(backend)
    return {"keras": keras.__version__, backend: module.__version__}
