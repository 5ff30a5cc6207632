"""The reference models in PyTorch: its recurrent modules, its fused Adam."""

import torch
from torch import nn

from presets import EMBEDDING, VOCABULARY


class Network(nn.Module):
    """Embedding, recurrent layers each followed by dropout, dense layers; outputs logits or forecasts."""

    def __init__(self, preset):
        super().__init__()
        self.preset = preset
        self.embedding = nn.Embedding(VOCABULARY, EMBEDDING) if preset.reads_tokens else None
        module = {"simple_rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}[preset.cell]
        width, self.cells = EMBEDDING if preset.reads_tokens else 1, nn.ModuleList()
        for units in preset.units:
            self.cells.append(module(width, units, batch_first=True, bidirectional=preset.bidirectional))
            width = units * (2 if preset.bidirectional else 1)
        self.hidden = nn.Linear(width, preset.hidden) if preset.hidden else None
        self.last = nn.Linear(preset.hidden or width, 1)

    def forward(self, x, states=None):
        """Outputs `[rows]`; with `states`, a list of each layer's state, also the states after the last step."""
        x = x if self.embedding is None else self.embedding(x)
        after = []
        for number, cell in enumerate(self.cells):
            x, state = cell(x, None if states is None else states[number])
            after.append(state)
            if number + 1 == len(self.cells):
                hidden = state[0] if isinstance(state, tuple) else state
                x = torch.cat([hidden[0], hidden[1]], 1) if self.preset.bidirectional else hidden[-1]
            x = nn.functional.dropout(x, self.preset.dropout, self.training)
        x = x if self.hidden is None else torch.relu(self.hidden(x))
        x = self.last(x)[:, 0]
        return x if states is None else (x, after)


class Peer:
    """A network of one shape that can train, predict, and run step by step."""

    def __init__(self, preset):
        self.preset = preset
        self.network = Network(preset)
        self.optimizer = torch.optim.Adam(self.network.parameters(), 0.001, fused=True)
        self.loss = nn.BCEWithLogitsLoss() if preset.is_classifier else nn.MSELoss()

    def _batches(self, x, batches):
        x, size = _tensor(x), self.preset.batch
        for number in range(batches):
            start = number * size % (len(x) - len(x) % size)
            yield slice(start, start + size), x[start : start + size]

    def train(self, x, y, batches):
        self.network.train()
        y = torch.from_numpy(y)
        for place, rows in self._batches(x, batches):
            self.optimizer.zero_grad(set_to_none=True)
            self.loss(self.network(rows), y[place]).backward()
            self.optimizer.step()
        return batches * self.preset.batch

    def predict(self, x, batches):
        self.network.eval()
        with torch.inference_mode():
            for _, rows in self._batches(x, batches):
                self.network(rows)
        return batches * self.preset.batch

    def step(self, x, count):
        """Runs one row for `count` steps, one call each, passing the state from call to call."""
        self.network.eval()
        inputs = _tensor(x)[0]
        with torch.inference_mode():
            states = [self._start(units) for units in self.preset.units]
            for number in range(count):
                place = number % len(inputs)
                output, states = self.network(inputs[None, place : place + 1], states)
                float(output)
        return count

    def _start(self, units):
        zero = torch.zeros(1, 1, units)
        return (zero, zero) if self.preset.cell == "lstm" else zero


def _tensor(x):
    return torch.from_numpy(x.astype("int64") if x.dtype == "int32" else x)


def versions():
    return {"torch": torch.__version__}
