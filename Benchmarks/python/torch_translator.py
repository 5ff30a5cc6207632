"""Translation in PyTorch: a BiLSTM encoder on packed sequences, an LSTM decoder with attention that is trained with
teacher forcing, and greedy and beam search for a batch of sources at a time, with the states carried."""

import numpy as np
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from mappings import END, START, TRANSLATORS, Cycle, lengths


class Network(nn.Module):
    """Encoder and decoder; outputs logits."""

    def __init__(self, sizes, units):
        super().__init__()
        width = units if sizes.wide else units // 2
        self.sources = nn.Embedding(sizes.source, width, padding_idx=0)
        self.targets = nn.Embedding(sizes.target, width, padding_idx=0)
        self.encoder = nn.LSTM(width, units // 2, batch_first=True, bidirectional=True)
        self.decoder = nn.LSTM(width, units, batch_first=True)
        self.hidden = nn.Linear(2 * units, units)
        self.last = nn.Linear(units, sizes.target)
        self.dropout = nn.Dropout(sizes.dropout)

    def encode(self, source, count):
        """The outputs of the encoder, their mask, and the states with which the decoder begins."""
        packed = pack_padded_sequence(
            self.dropout(self.sources(source)), count, batch_first=True, enforce_sorted=False)
        outputs, (h, c) = self.encoder(packed)
        outputs, _ = pad_packed_sequence(outputs, batch_first=True)
        return outputs, source != 0, tuple(torch.cat([x[0], x[1]], 1)[None] for x in (h, c))

    def decode(self, target, encoded, mask, states):
        x, states = self.decoder(self.dropout(self.targets(target)), states)
        scores = torch.bmm(x, encoded.transpose(1, 2)).masked_fill(~mask[:, None], float("-inf"))
        context = torch.bmm(torch.softmax(scores, 2), encoded)
        x = self.dropout(torch.tanh(self.hidden(torch.cat([x, context], 2))))
        return self.last(x), states


def trimmed(ids):
    """Ids without the padding that all rows have, and their lengths."""
    count = lengths(ids)
    return torch.from_numpy(ids[:, : count.max()].astype("int64")), torch.from_numpy(count)


class Peer:
    """A translator that can train and decode."""

    def __init__(self, mapping, units, rows):
        self.sizes = TRANSLATORS[mapping.name]
        form = mapping.name.removeprefix("translator-")
        names = [f"{form}.{column}" for column in ("source", "target", "y")]
        self.training = Cycle([
            [trimmed(column) for column in batch] for batch in rows.batches(mapping.batch, *names)
        ])
        sources = rows[names[0]]
        sources = sources[np.argsort(lengths(sources), kind="stable")]
        self.sources = {
            size: Cycle([trimmed(sources[start : start + size]) for start in range(0, len(sources) - size + 1, size)])
            for size in (1, self.sizes.beam_rows, self.sizes.greedy_rows)
        }
        self.network = Network(self.sizes, units)
        self.optimizer = torch.optim.Adam(self.network.parameters(), 0.001, fused=True)

    def train(self, batches):
        """Trains on batches; returns the number of target tokens."""
        self.network.train()
        tokens = 0
        for (source, count), (target, _), (y, target_count) in self.training.take(batches):
            self.optimizer.zero_grad(set_to_none=True)
            logits, _ = self.network.decode(target, *self.network.encode(source, count))
            nn.functional.cross_entropy(logits.flatten(0, 1), y.flatten(), ignore_index=0).backward()
            nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
            self.optimizer.step()
            tokens += int(target_count.sum())
        return tokens

    def greedy(self, batches):
        return self._decode(self._greedy, self.sizes.greedy_rows, batches)

    def single(self, sources):
        return self._decode(self._greedy, 1, sources)

    def beam(self, batches):
        return self._decode(self._beam, self.sizes.beam_rows, batches)

    def _decode(self, search, size, batches):
        """Decodes batches; returns the number of tokens of the results."""
        self.network.eval()
        tokens = 0
        with torch.inference_mode():
            for source, count in self.sources[size].take(batches):
                search(source, count).tolist()
                tokens += len(source) * self.sizes.length
        return tokens

    def _logits(self, token, encoded, mask, states):
        """The logits of the next token. An untrained network wouldn't end in a sensible place, so it never ends."""
        logits, states = self.network.decode(token, encoded, mask, states)
        logits = logits[:, -1]
        logits[:, END] = float("-inf")
        return logits, states

    def _greedy(self, source, count):
        encoded, mask, states = self.network.encode(source, count)
        token, result = torch.full((len(source), 1), START), []
        finished = torch.zeros(len(source), 1, dtype=torch.bool)
        # The last step is the one that would find the end mark.
        for _ in range(self.sizes.length + 1):
            logits, states = self._logits(token, encoded, mask, states)
            token = logits.argmax(1, keepdim=True)
            result.append(token)
            finished |= token == END
            if finished.all():
                break
        return torch.cat(result, 1)

    def _beam(self, source, count):
        width, rows = self.sizes.beam, len(source)
        encoded, mask, states = self.network.encode(source, count)
        encoded, mask = (x.repeat_interleave(width, 0) for x in (encoded, mask))
        states = tuple(x.repeat_interleave(width, 1) for x in states)
        # At first, all beginnings of a row are the same, so only one of them counts.
        scores = torch.full((rows, width), float("-inf"))
        scores[:, 0] = 0
        tokens = torch.full((rows * width, 1), START)
        first = torch.arange(rows)[:, None] * width
        for _ in range(self.sizes.length + 1):
            logits, states = self._logits(tokens[:, -1:], encoded, mask, states)
            total = scores[:, :, None] + torch.log_softmax(logits, 1).view(rows, width, -1)
            scores, best = total.view(rows, -1).topk(width, 1)
            parents = (first + best // self.sizes.target).view(-1)
            tokens = torch.cat([tokens[parents], (best % self.sizes.target).view(-1, 1)], 1)
            states = tuple(x[:, parents] for x in states)
            if (tokens == END).any(1).all():
                break
        return tokens.view(rows, width, -1)[:, 0]
