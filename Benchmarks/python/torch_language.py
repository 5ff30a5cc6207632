"""The next characters of a text in PyTorch: LSTMs whose states are carried through the text."""

import torch
from torch import nn

from mappings import Cycle, Language


class Network(nn.Module):
    """Two LSTMs, each followed by dropout; outputs logits and states."""

    def __init__(self, units):
        super().__init__()
        self.embedding = nn.Embedding(Language.vocabulary, Language.width)
        self.cells = nn.LSTM(Language.width, units, num_layers=2, dropout=Language.dropout, batch_first=True)
        self.dropout = nn.Dropout(Language.dropout)
        self.last = nn.Linear(units, Language.vocabulary)

    def forward(self, x, states=None):
        x, states = self.cells(self.embedding(x), states)
        return self.last(self.dropout(x)), states


class Peer:
    """A language model that can train and generate."""

    def __init__(self, mapping, units, rows):
        self.batches = Cycle([
            [torch.from_numpy(column.astype("int64")) for column in batch]
            for batch in rows.batches(mapping.batch, "text.x", "text.y")
        ])
        self.network = Network(units)
        self.optimizer = torch.optim.Adam(self.network.parameters(), 0.004, fused=True)
        self.states = None

    def train(self, batches):
        """Trains on batches, each of which continues the one before; returns the number of characters."""
        self.network.train()
        characters = 0
        for x, y in self.batches.take(batches):
            self.optimizer.zero_grad(set_to_none=True)
            logits, states = self.network(x, self.states)
            self.states = tuple(state.detach() for state in states)
            nn.functional.cross_entropy(logits.flatten(0, 1), y.flatten()).backward()
            nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
            self.optimizer.step()
            characters += x.numel()
        return characters

    def generate(self, count):
        """Generates characters one by one, with the states passed from step to step."""
        self.network.eval()
        token, states, text = torch.zeros(1, 1, dtype=torch.int64), None, []
        with torch.inference_mode():
            for _ in range(count):
                logits, states = self.network(token, states)
                token = torch.multinomial(torch.softmax(logits[:, -1] / Language.temperature, -1), 1)
                text.append(token)
            torch.cat(text).tolist()
        return count
