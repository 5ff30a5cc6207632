"""SegRNN with parallel decoding in PyTorch: segments through one GRU, each segment of the horizon decoded from the last
state by one step, whose input is the embedding of the segment and the channel."""

import torch
from torch import nn


class SegRNN(nn.Module):
    def __init__(self, length, horizon, channels, segment, units, dropout):
        super().__init__()
        self.segment, self.before, self.after = segment, length // segment, horizon // segment
        self.embed = nn.Sequential(nn.Linear(segment, units), nn.ReLU())
        self.gru = nn.GRU(units, units, batch_first=True)
        self.position = nn.Parameter(torch.randn(self.after, units // 2))
        self.channel = nn.Parameter(torch.randn(channels, units // 2))
        self.predict = nn.Sequential(nn.Dropout(dropout), nn.Linear(units, segment))

    def forward(self, x):
        """Forecasts `[rows, horizon, channels]` from `[rows, length, channels]`."""
        rows, _, channels = x.shape
        last = x[:, -1:]
        segments = (x - last).transpose(1, 2).reshape(rows * channels, self.before, self.segment)
        _, state = self.gru(self.embed(segments))
        places = torch.cat([
            self.position.expand(channels, -1, -1),
            self.channel[:, None].expand(-1, self.after, -1)], 2)
        inputs = places.reshape(1, -1, places.shape[2]).expand(rows, -1, -1).reshape(-1, 1, places.shape[2])
        _, state = self.gru(inputs, state[0].repeat_interleave(self.after, 0)[None])
        return self.predict(state[0]).reshape(rows, channels, -1).transpose(1, 2) + last


class Training:
    """Trains on windows of one series, `[time, channels]`, in random order."""

    def __init__(self, series, length, horizon, s):
        self.series, self.length, self.horizon, self.size = torch.from_numpy(series), length, horizon, s["batch"]
        self.network = SegRNN(length, horizon, series.shape[1], s["segment"], s["units"], s["dropout"])
        self.optimizer = torch.optim.Adam(self.network.parameters(), s["rate"], fused=True)
        self.loss = nn.MSELoss() if s["loss"] == "mse" else nn.L1Loss()

    def run(self, batches):
        self.network.train()
        windows = self.series.unfold(0, self.length + self.horizon, 1).transpose(1, 2)
        order = torch.randperm(len(windows))
        for number in range(batches):
            start = number * self.size % (len(windows) - self.size + 1)
            rows = windows[order[start : start + self.size]]
            self.optimizer.zero_grad(set_to_none=True)
            self.loss(self.network(rows[:, : self.length]), rows[:, self.length :]).backward()
            self.optimizer.step()
