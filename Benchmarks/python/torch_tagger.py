"""Tags of words in PyTorch: a BiLSTM over the words and one over their characters, both on packed sequences, and the
conditional random field of pytorch-crf."""

import numpy as np
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence
from torchcrf import CRF

from mappings import Cycle, Tagger, lengths


class Network(nn.Module):
    """The scores of each word's tags, and the field over them."""

    def __init__(self, units):
        super().__init__()
        self.words = nn.Embedding(Tagger.vocabulary, Tagger.width, padding_idx=0)
        self.characters = nn.Embedding(Tagger.characters, Tagger.character_width, padding_idx=0)
        self.spelling = nn.LSTM(
            Tagger.character_width, Tagger.character_units, batch_first=True, bidirectional=True)
        self.sentence = nn.LSTM(
            Tagger.width + 2 * Tagger.character_units, units, batch_first=True, bidirectional=True)
        self.dropout = nn.Dropout(0.5)
        self.scores = nn.Linear(2 * units, Tagger.tags)
        self.field = CRF(Tagger.tags, batch_first=True)

    def forward(self, batch):
        spelled = self.words.weight.new_zeros(*batch.words.shape, 2 * Tagger.character_units)
        spelled[batch.mask] = self.spell(batch)
        x = self.dropout(torch.cat([self.words(batch.words), spelled], 2))
        packed = pack_padded_sequence(x, batch.lengths, batch_first=True)
        x, _ = pad_packed_sequence(self.sentence(packed)[0], batch_first=True)
        return self.scores(self.dropout(x))

    def spell(self, batch):
        """A vector for each word that is not padding: the last states of both directions."""
        packed = pack_padded_sequence(
            self.characters(batch.characters), batch.word_lengths, batch_first=True, enforce_sorted=False)
        _, (state, _) = self.spelling(packed)
        return torch.cat([state[0], state[1]], 1)


class Batch:
    """Sentences by falling length, padded behind to that of the first."""

    def __init__(self, words, characters, tags):
        self.lengths = torch.from_numpy(lengths(words))
        self.count = int(self.lengths.sum())
        # Padding is in front in the file.
        longest = int(self.lengths[0])
        rows = [np.roll(row, int(n), 0)[:longest] for row, n in zip(words, self.lengths)]
        self.words = torch.from_numpy(np.stack(rows).astype("int64"))
        rows = [np.roll(row, int(n), 0)[:longest] for row, n in zip(tags, self.lengths)]
        self.tags = torch.from_numpy(np.stack(rows).astype("int64"))
        self.mask = self.words != 0
        spelled = characters[words != 0]
        self.word_lengths = torch.from_numpy(lengths(spelled))
        self.characters = torch.from_numpy(spelled[:, : int(self.word_lengths.max())].astype("int64"))


class Peer:
    """A tagger that can train and predict."""

    def __init__(self, mapping, units, rows):
        names = ("tags.words", "tags.characters", "tags.tags")
        self.training = Cycle([Batch(*columns) for columns in rows.batches(mapping.batch, *names)])
        order = np.argsort(-lengths(rows[names[0]]), kind="stable")
        size = Tagger.predicted_at_once
        self.prediction = Cycle([
            Batch(*(rows[name][order[start : start + size]] for name in names))
            for start in range(0, len(order), size)
        ])
        self.network = Network(units)
        self.optimizer = torch.optim.Adam(self.network.parameters(), 0.002, fused=True)

    def train(self, batches):
        """Trains on batches; returns the number of words."""
        self.network.train()
        words = 0
        for batch in self.training.take(batches):
            self.optimizer.zero_grad(set_to_none=True)
            loss = -self.network.field(self.network(batch), batch.tags, batch.mask, reduction="token_mean")
            loss.backward()
            nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
            self.optimizer.step()
            words += batch.count
        return words

    def predict(self, batches):
        """Finds the best tags of batches; returns the number of words."""
        self.network.eval()
        words = 0
        with torch.inference_mode():
            for batch in self.prediction.take(batches):
                self.network.field.decode(self.network(batch), batch.mask)
                words += batch.count
        return words
