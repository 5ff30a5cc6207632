"""Training and prediction throughput of the reference models in another framework, inputs in memory: a JSON
line for each model and kind, in sequences a second, the median of three runs after a warm-up.

usage: peers.py keras|torch [model ...]
"""

import json
import os
import statistics
import sys
import time

import numpy as np

SENTIMENT = {"lstm": [64], "gru": [64], "stacked": [64, 32, 16], "bidirectional": [64]}
MODELS = ["simple", *SENTIMENT, "forecaster"]


def data(model):
    """Inputs, targets and batch size: words by a power law behind padding, or numbers, as in throughput/main.swift."""
    random = np.random.default_rng(1)
    if model in SENTIMENT:
        x = np.exp(random.random((2560, 200)) * np.log(9999)).astype(np.int32)
        for row, padding in enumerate(random.integers(0, 80, len(x))):
            x[row, :padding] = 0
        batch = 128
    else:
        rows, steps, batch = (12800, 20, 128) if model == "simple" else (3200, 50, 32)
        x = random.random((rows, steps, 1), dtype=np.float32)
    return x, random.integers(0, 2, len(x)).astype(np.float32), batch


def measure(work, rows):
    work()
    times = []
    for _ in range(3):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return round(rows / statistics.median(times))


def keras_model(model):
    import keras
    from keras import layers

    cell = layers.GRU if model == "gru" else layers.LSTM
    if model == "simple":
        stack = [keras.Input((20, 1)), layers.SimpleRNN(32), layers.Dropout(0.3), layers.Dense(16, "relu")]
        stack.append(layers.Dense(1, "sigmoid"))
    elif model == "forecaster":
        stack = [keras.Input((50, 1)), layers.LSTM(50, return_sequences=True), layers.Dropout(0.2)]
        stack += [layers.LSTM(50), layers.Dropout(0.2), layers.Dense(25, "relu"), layers.Dense(1)]
    else:
        units = SENTIMENT[model]
        stack = [keras.Input((200,)), layers.Embedding(10000, 128)]
        for number, width in enumerate(units):
            inner = cell(width, return_sequences=number + 1 < len(units))
            stack.append(layers.Bidirectional(inner) if model == "bidirectional" else inner)
            stack.append(layers.Dropout(0.3 if model == "stacked" else 0.5))
        stack.append(layers.Dense(1, "sigmoid"))
    network = keras.Sequential(stack)
    network.compile(keras.optimizers.Adam(1e-3), "mse" if model == "forecaster" else "binary_crossentropy")
    return network


def keras(model):
    x, y, batch = data(model)
    network = keras_model(model)
    yield "train", measure(lambda: network.fit(x, y, batch_size=batch, epochs=1, verbose=0), len(x))
    yield "predict", measure(lambda: network.predict(x, batch_size=batch, verbose=0), len(x))


def torch_model(model):
    import torch
    from torch import nn

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            tokens = model in SENTIMENT
            self.embedding = nn.Embedding(10000, 128) if tokens else None
            self.rate = {"simple": 0.3, "stacked": 0.3, "forecaster": 0.2}.get(model, 0.5)
            cell = {"simple": nn.RNN, "gru": nn.GRU}.get(model, nn.LSTM)
            widths = SENTIMENT.get(model) or ([32] if model == "simple" else [50, 50])
            inputs, self.cells = 128 if tokens else 1, nn.ModuleList()
            for width in widths:
                self.cells.append(cell(inputs, width, batch_first=True, bidirectional=model == "bidirectional"))
                inputs = width
            inputs *= 2 if model == "bidirectional" else 1
            hidden = {"simple": 16, "forecaster": 25}.get(model)
            self.hidden = nn.Linear(inputs, hidden) if hidden else None
            self.last = nn.Linear(hidden or inputs, 1)

        def forward(self, x):
            x = self.embedding(x) if self.embedding is not None else x
            for number, cell in enumerate(self.cells):
                x, state = cell(x)
                state = state[0] if isinstance(state, tuple) else state
                if number + 1 == len(self.cells):
                    x = torch.cat([state[0], state[1]], 1) if model == "bidirectional" else state[-1]
                x = nn.functional.dropout(x, self.rate, self.training)
            x = torch.relu(self.hidden(x)) if self.hidden is not None else x
            return self.last(x)[:, 0]

    return Network()


def torch(model):
    import torch
    from torch import nn

    x, y, batch = data(model)
    x, y = torch.from_numpy(x.astype(np.int64) if x.dtype == np.int32 else x), torch.from_numpy(y)
    network = torch_model(model)
    optimizer = torch.optim.Adam(network.parameters(), 1e-3, fused=True)
    loss = nn.MSELoss() if model == "forecaster" else nn.BCEWithLogitsLoss()

    def train():
        network.train()
        for start in range(0, len(x), batch):
            optimizer.zero_grad(set_to_none=True)
            loss(network(x[start : start + batch]), y[start : start + batch]).backward()
            optimizer.step()

    def predict():
        network.eval()
        with torch.no_grad():
            for start in range(0, len(x), batch):
                network(x[start : start + batch])

    yield "train", measure(train, len(x))
    yield "predict", measure(predict, len(x))


if __name__ == "__main__":
    peers = {"keras": keras, "torch": torch}
    if len(sys.argv) < 2 or sys.argv[1] not in peers:
        sys.exit(__doc__)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    for name in sys.argv[2:] or MODELS:
        for kind, rate in peers[sys.argv[1]](name):
            print(json.dumps({"peer": sys.argv[1], "model": name, "kind": kind, "sequences_per_second": rate}), flush=True)
