"""The sizes of the six reference models for all frameworks: those of rnn-train's presets."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Preset:
    """One reference model: its recurrent layers, the layers after them, and the rows it is measured on."""

    name: str
    units: tuple
    dropout: float
    cell: str = "lstm"
    bidirectional: bool = False
    hidden: int = 0
    steps: int = 200
    batch: int = 128
    reads_tokens: bool = True

    @property
    def is_classifier(self):
        """Whether the output is a probability; the forecaster's is a number."""
        return self.name != "lstm-forecaster"


VOCABULARY, EMBEDDING = 10_000, 128

PRESETS = {
    preset.name: preset
    for preset in [
        Preset("simple-rnn-classifier", (32,), 0.3, "simple_rnn", hidden=16, steps=20, reads_tokens=False),
        Preset("lstm-sentiment", (64,), 0.5),
        Preset("gru-sentiment", (64,), 0.5, "gru"),
        Preset("stacked-sentiment", (64, 32, 16), 0.3),
        Preset("bidirectional-sentiment", (64,), 0.5, bidirectional=True),
        Preset("lstm-forecaster", (50, 50), 0.2, hidden=25, steps=50, batch=32, reads_tokens=False),
    ]
}
