"""The reference models in Keras, on whichever backend KERAS_BACKEND names."""

import keras_networks


class Peer:
    """A network of one shape, ready to train and to predict."""

    def __init__(self, preset):
        self.preset = preset
        self.network = keras_networks.build(preset, metrics=False)

    def train(self, x, y, batches):
        """Trains on about `batches` batches and returns how many rows that were."""
        rows, passes = self._cut(x, batches)
        self.network.fit(x[:rows], y[:rows], batch_size=self.preset.batch, epochs=passes, verbose=0)
        return rows * passes

    def predict(self, x, batches):
        """Predicts about `batches` batches and returns how many rows that were."""
        rows, passes = self._cut(x, batches)
        for _ in range(passes):
            self.network.predict(x[:rows], batch_size=self.preset.batch, verbose=0)
        return rows * passes

    def _cut(self, x, batches):
        """Keras pays for each call of `fit` and `predict`, so the calls get all rows there are."""
        rows = min(batches * self.preset.batch, len(x))
        return rows, max(1, batches * self.preset.batch // rows)


def versions():
    import keras

    backend = keras.backend.backend()
    module = __import__(backend)
    return {"keras": keras.__version__, backend: module.__version__}
