"""The mappings beside the reference models, for all frameworks: their sizes, which are those of the presets except for
the numbers of units, and their rows, which `throughput --write-mappings` describes."""

from dataclasses import dataclass

import numpy as np

from streams import read_stream

START, END = 1, 3


@dataclass(frozen=True)
class Mapping:
    """A mapping: how it is counted, the numbers of units at which it is measured, and the modules of its peers."""

    name: str
    counted: str
    units: tuple
    kinds: tuple
    sides: dict
    batch: int


TRANSLATION = {"torch": "torch_translator"}
MAPPINGS = {
    mapping.name: mapping
    for mapping in [
        Mapping("tagger", "words", (64, 150, 256), ("train", "predict"), {"torch": "torch_tagger"}, 16),
        Mapping(
            "char-lm", "characters", (64, 128, 256), ("train", "generate"),
            {"torch": "torch_language", "keras-tf": "keras_language"}, 16),
        Mapping(
            "translator-characters", "tokens", (64, 128), ("train", "greedy", "beam", "single"), TRANSLATION, 64),
        Mapping("translator-words", "tokens", (64, 256), ("train", "greedy", "beam", "single"), TRANSLATION, 64),
    ]
}


class Tagger:
    """Sizes of the tagger."""

    vocabulary, characters, width, character_width, character_units, tags = 10_000, 80, 100, 32, 64, 17
    predicted_at_once = 256


class Language:
    """Sizes of the language model."""

    vocabulary, width, dropout, temperature = 68, 64, 0.2, 0.8


@dataclass(frozen=True)
class Translator:
    """Sizes of a translator; `length` is the number of tokens of a result, without the end mark."""

    source: int
    target: int
    wide: bool
    dropout: float
    length: int
    beam = 5
    greedy_rows, beam_rows = 256, 51


TRANSLATORS = {
    "translator-characters": Translator(64, 16, False, 0, 10),
    "translator-words": Translator(8_000, 6_000, True, 0.3, 13),
}


class Rows:
    """The columns of the file; a batch is so many consecutive rows."""

    def __init__(self, path):
        self.columns = read_stream(path)

    def __getitem__(self, name):
        return self.columns[name]

    def batches(self, size, *names):
        """Batches of these columns."""
        columns = [self[name] for name in names]
        return [[column[start : start + size] for column in columns] for start in range(0, len(columns[0]), size)]


class Cycle:
    """Batches that are taken one after the other, and again from the first."""

    def __init__(self, batches):
        self.batches, self.position = batches, 0

    def take(self, count):
        for _ in range(count):
            yield self.batches[self.position]
            self.position = (self.position + 1) % len(self.batches)


def lengths(ids):
    """The number of ids of each row that are not padding."""
    return np.count_nonzero(ids, axis=1)
